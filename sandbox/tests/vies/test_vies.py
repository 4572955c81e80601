"""The register of VAT numbers: verdicts, evidence, and every way in which it gives none."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.process import SandboxProcess

QUESTION = {"countryCode": "FR", "vatNumber": "40303265045"}
WE = {"requesterMemberStateCode": "DE", "requesterNumber": "136695976"}


@pytest.fixture(scope="module")
def process() -> Iterator[SandboxProcess]:
    sandbox = SandboxProcess().start()
    yield sandbox
    sandbox.stop()


@pytest.fixture
def sandbox(process: SandboxProcess) -> SandboxProcess:
    process.admin.post("/reset")
    return process


def ask(sandbox: SandboxProcess, **body: str) -> httpx.Response:
    url = f"{sandbox.url}/vies/rest-api/check-vat-number"
    return httpx.post(url, json=body or QUESTION, timeout=60, trust_env=False)


def arm(sandbox: SandboxProcess, kind: str, **more: Any) -> None:
    body = {"vendor": "vies", "operation": "check", "kind": kind, **more}
    assert sandbox.admin.post("/faults", json=body).status_code == 201


def test_a_number_in_use(sandbox: SandboxProcess) -> None:
    verdict = ask(sandbox, **QUESTION, **WE).json()
    assert (verdict["valid"], verdict["countryCode"], verdict["vatNumber"]) == (True, "FR", "40303265045")
    assert verdict["name"] == "COMPANY 40303265045"
    assert verdict["requestIdentifier"] == "WAPIAAAA00000001"
    assert verdict["requestDate"].endswith("Z")
    assert ask(sandbox, **QUESTION, **WE).json()["requestIdentifier"] == "WAPIAAAA00000002"


def test_who_does_not_say_who_asks_gets_no_consultation_number(sandbox: SandboxProcess) -> None:
    assert ask(sandbox).json()["requestIdentifier"] == ""


def test_germany_tells_no_names(sandbox: SandboxProcess) -> None:
    verdict = ask(sandbox, countryCode="DE", vatNumber="136695976").json()
    assert (verdict["valid"], verdict["name"], verdict["address"]) == (True, "---", "---")


def test_what_the_register_holds_is_set_by_hand(sandbox: SandboxProcess) -> None:
    entered = sandbox.admin.put("/vies/numbers/FR40303265045", json={"valid": False})
    assert entered.status_code == 200
    verdict = ask(sandbox).json()
    assert (verdict["valid"], verdict["name"]) == (False, "---")
    sandbox.admin.put("/vies/numbers/FR40303265045", json={"valid": True, "name": "SA EXEMPLE", "address": "PARIS"})
    verdict = ask(sandbox).json()
    assert (verdict["valid"], verdict["name"], verdict["address"]) == (True, "SA EXEMPLE", "PARIS")
    assert [entry["number"] for entry in sandbox.admin.get("/vies/numbers").json()["numbers"]] == ["FR40303265045"]


@pytest.mark.parametrize(
    ("number", "body"),
    [("FR1", {"valid": True}), ("US123456789", {"valid": True}), ("FR40303265045", {}), ("FR40303265045", {"name": 1})],
)
def test_nonsense_is_not_entered(sandbox: SandboxProcess, number: str, body: dict[str, Any]) -> None:
    assert sandbox.admin.put(f"/vies/numbers/{number}", json=body).status_code == 400
    assert sandbox.admin.get("/vies/numbers").json()["numbers"] == []


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"countryCode": "US", "vatNumber": "123456789"}, "INVALID_INPUT"),
        ({"countryCode": "GR", "vatNumber": "094259216"}, "INVALID_INPUT"),
        ({"countryCode": "FR"}, "INVALID_INPUT"),
        ({**QUESTION, "requesterMemberStateCode": "XX", "requesterNumber": "1"}, "INVALID_REQUESTER_INFO"),
    ],
)
def test_questions_it_does_not_take(sandbox: SandboxProcess, body: dict[str, str], error: str) -> None:
    answer = ask(sandbox, **body)
    assert answer.status_code == 200
    assert answer.json() == {"actionSucceed": False, "errorWrappers": [{"error": error}]}


@pytest.mark.parametrize(
    ("kind", "status", "error"),
    [
        ("unavailable", 200, "MS_UNAVAILABLE"),
        ("busy", 200, "MS_MAX_CONCURRENT_REQ"),
        ("service_unavailable", 200, "SERVICE_UNAVAILABLE"),
        ("timeout", 200, "TIMEOUT"),
        ("blocked", 200, "IP_BLOCKED"),
        ("error_500", 500, "INTERNAL_ERROR"),
        ("error_429", 429, "GLOBAL_MAX_CONCURRENT_REQ"),
    ],
)
def test_no_verdict(sandbox: SandboxProcess, kind: str, status: int, error: str) -> None:
    arm(sandbox, kind)
    answer = ask(sandbox)
    assert (answer.status_code, answer.json()["errorWrappers"]) == (status, [{"error": error}])
    assert "valid" not in answer.json()
    assert ask(sandbox).json()["valid"] is True


def test_an_invalid_verdict_by_knob_for_one_number(sandbox: SandboxProcess) -> None:
    arm(sandbox, "invalid", match={"number": "40303265045"})
    assert ask(sandbox, countryCode="IT", vatNumber="00743110157").json()["valid"] is True
    assert ask(sandbox).json()["valid"] is False


def test_a_page_instead_of_json(sandbox: SandboxProcess) -> None:
    arm(sandbox, "html_503")
    answer = ask(sandbox)
    assert (answer.status_code, answer.headers["content-type"]) == (503, "text/html; charset=utf-8")


def test_slow_and_right_or_not_at_all(sandbox: SandboxProcess) -> None:
    arm(sandbox, "slow", seconds=0.4)
    started = time.monotonic()
    assert ask(sandbox).json()["valid"] is True
    assert time.monotonic() - started >= 0.4
    arm(sandbox, "drop")
    with pytest.raises(httpx.TransportError):
        ask(sandbox)


def test_the_journal_shows_who_was_asked_about(sandbox: SandboxProcess) -> None:
    ask(sandbox)
    entry = sandbox.admin.get("/journal", params={"vendor": "vies"}).json()["requests"][0]
    assert (entry["operation"], entry["parameters"]["vatNumber"], entry["status"]) == ("check", "40303265045", 200)


def test_status_of_the_member_states(sandbox: SandboxProcess) -> None:
    status = httpx.get(f"{sandbox.url}/vies/rest-api/check-status", trust_env=False).json()
    assert len(status["countries"]) == 28
    assert status["vow"] == {"available": True}
