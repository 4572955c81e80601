"""Each knob does what its name says, once, and the account's money tells the truth."""

import time

import httpx
import pytest

from tests.namecheap.client import ACCESS, CONTACTS, RawClient, Reply
from tests.process import SandboxProcess

ORDER = {**ACCESS, **CONTACTS, "Command": "namecheap.domains.create", "DomainName": "example.com", "Years": "1"}


def arm(sandbox: SandboxProcess, kind: str, operation: str = "domains.create", **more: object) -> None:
    body = {"vendor": "namecheap", "operation": operation, "kind": kind, **more}
    assert sandbox.admin.post("/faults", json=body).status_code == 201


def is_ours(client: RawClient) -> bool:
    return client.call("domains.getInfo", DomainName="example.com").status == "OK"


@pytest.mark.parametrize(
    ("kind", "status"),
    [("rate_limit", 405), ("html_403", 403), ("html_503", 503), ("error_500", 500), ("error_429", 429)],
)
def test_pages_instead_of_the_work(client: RawClient, sandbox: SandboxProcess, kind: str, status: int) -> None:
    arm(sandbox, kind)
    answer = client.raw(ORDER)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert not is_ours(client)
    assert Reply(client.raw(ORDER).content).status == "OK"


@pytest.mark.parametrize(("kind", "done"), [("timeout_after_commit", True), ("drop", False)])
def test_a_connection_cut_without_a_word(client: RawClient, sandbox: SandboxProcess, kind: str, done: bool) -> None:
    before = client.balance()
    arm(sandbox, kind)
    with pytest.raises(httpx.TransportError):
        client.raw(ORDER)
    assert is_ours(client) is done
    assert (client.balance() < before) is done


def test_charged_then_silent(client: RawClient, sandbox: SandboxProcess) -> None:
    arm(sandbox, "timeout_after_commit", seconds=1)
    started = time.monotonic()
    with pytest.raises(httpx.TransportError):
        client.raw(ORDER)
    assert time.monotonic() - started >= 1
    assert is_ours(client)


def test_slow_and_right(client: RawClient, sandbox: SandboxProcess) -> None:
    arm(sandbox, "slow", seconds=0.4)
    started = time.monotonic()
    assert Reply(client.raw(ORDER).content).status == "OK"
    assert time.monotonic() - started >= 0.4


def test_charged_then_an_ambiguous_number(client: RawClient, sandbox: SandboxProcess) -> None:
    arm(sandbox, "error_after_commit", options={"number": "5050900", "text": "Unknown error"})
    assert Reply(client.raw(ORDER).content).errors == [("5050900", "Unknown error")]
    assert is_ours(client)


def test_charged_then_unreadable(client: RawClient, sandbox: SandboxProcess) -> None:
    arm(sandbox, "truncated")
    assert not client.raw(ORDER).text.rstrip().endswith("</ApiResponse>")
    assert is_ours(client)
    arm(sandbox, "html_after_commit", operation="domains.renew")
    renewal = {**ACCESS, "Command": "namecheap.domains.renew", "DomainName": "example.com", "Years": "1"}
    assert client.raw(renewal).status_code == 502


def test_ok_but_not_registered(client: RawClient, sandbox: SandboxProcess) -> None:
    arm(sandbox, "not_registered")
    reply = Reply(client.raw(ORDER).content)
    assert (reply.status, reply.result["Registered"]) == ("OK", "false")
    assert not is_ours(client)


def test_a_registry_that_is_not_real_time(client: RawClient, sandbox: SandboxProcess) -> None:
    arm(sandbox, "non_realtime", seconds=600)
    reply = Reply(client.raw(ORDER).content)
    assert (reply.result["Registered"], reply.result["NonRealTimeDomain"]) == ("true", "true")
    assert not is_ours(client)
    assert client.ok("domains.check", DomainList="example.com").result["Available"] == "false"
    sandbox.advance(601)
    assert is_ours(client)


def test_an_error_with_nonsense_beside_it(client: RawClient, sandbox: SandboxProcess) -> None:
    arm(sandbox, "junk_error")
    reply = Reply(client.raw(ORDER).content)
    assert reply.status == "ERROR"
    assert reply.result["Registered"] == "true"
    assert not is_ours(client)


def test_refusals_by_knob(client: RawClient, sandbox: SandboxProcess) -> None:
    arm(sandbox, "insufficient_funds")
    assert Reply(client.raw(ORDER).content).errors == [("2528166", "Order creation failed")]
    arm(sandbox, "error", options={"number": "2011170", "text": "PromotionCode is invalid"})
    assert Reply(client.raw(ORDER).content).errors[0][0] == "2011170"
    arm(sandbox, "sniped")
    assert Reply(client.raw(ORDER).content).errors[0][0] == "3019166"
    assert client.ok("domains.check", DomainList="example.com").result["Available"] == "false"


def test_a_fault_for_one_domain_only(client: RawClient, sandbox: SandboxProcess) -> None:
    arm(sandbox, "insufficient_funds", match={"domain": "example.com"})
    client.create("other.com")
    assert Reply(client.raw(ORDER).content).status == "ERROR"
    assert sandbox.admin.get("/faults").json()["faults"] == []
