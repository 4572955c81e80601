"""Every answer has a request id, every error is a problem document, nothing internal leaves."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.responses import StreamingResponse

from tests.conftest import MAX_BODY

Logged = Callable[[], list[dict[str, Any]]]


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-request-id"]
    body: dict[str, Any] = answer.json()
    assert (body["code"], body["status"]) == (code, status)
    assert body["type"] == f"urn:nextpanel:problem:{code}"
    assert {"title", "detail"} <= body.keys()
    return body


async def test_errors_are_problems(client: httpx.AsyncClient) -> None:
    assert problem(await client.post("/things", json={"name": "taken"}), 409, "name_taken")["name"] == "taken"
    problem(await client.get("/nowhere"), 404, "not_found")
    refused = await client.delete("/things")
    problem(refused, 405, "method_not_allowed")
    assert refused.headers["allow"] == "POST"
    problem(await client.get("/things/one"), 422, "validation_failed")
    problem(await client.get("/broken"), 500, "internal_error")
    busy = await client.get("/busy")
    problem(busy, 429, "rate_limited")
    assert busy.headers["retry-after"] == "1"


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b'{"name": NaN', b"'"])
async def test_what_is_no_json_is_said_to_be_none(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post("/things", content=body, headers={"Content-Type": "application/json"})
    problem(answer, 400, "malformed_json")


async def test_nesting_without_end_is_refused(client: httpx.AsyncClient, app: FastAPI) -> None:
    deep = b'{"name":' + b"[" * 450 + b"]" * 450 + b"}"
    answer = await client.post("/things", content=deep, headers={"Content-Type": "application/json"})
    problem(answer, 422, "validation_failed")


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "", "application/x-www-form-urlencoded"])
async def test_another_content_type_is_refused(client: httpx.AsyncClient, content_type: str) -> None:
    answer = await client.post("/things", content=b'{"name": "x"}', headers={"Content-Type": content_type})
    assert answer.status_code in {415, 422}
    assert answer.headers["content-type"] == "application/problem+json"


async def test_refused_values_are_not_echoed(client: httpx.AsyncClient) -> None:
    answer = await client.post("/things", json={"name": "ok", "secret": "hunter2\x00"})
    body = problem(answer, 422, "validation_failed")
    assert "hunter2" not in answer.text
    assert [error["field"] for error in body["errors"]] == ["body.secret"]


async def test_a_body_beyond_the_limit_is_refused_declared_or_not(client: httpx.AsyncClient) -> None:
    body = json.dumps({"name": "x" * MAX_BODY}).encode()

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 100):
            yield body[start : start + 100]

    problem(await client.post("/things", content=body), 413, "payload_too_large")
    problem(await client.post("/things", content=chunks()), 413, "payload_too_large")
    fits = json.dumps({"name": "x" * 50}).encode()
    assert (await client.post("/things", content=fits, headers={"Content-Type": "application/json"})).status_code == 200


async def test_a_given_request_id_is_kept_if_it_is_harmless(client: httpx.AsyncClient) -> None:
    kept = await client.get("/things/1", headers={"X-Request-Id": "trace-1.a_B"})
    assert kept.headers["x-request-id"] == "trace-1.a_B"
    for bad in ("a b", "x" * 65, "", 'evil"}', "a\tb"):
        made = await client.get("/things/1", headers={"X-Request-Id": bad})
        assert made.headers["x-request-id"] != bad
        assert len(made.headers["x-request-id"]) == 36


async def test_every_answer_carries_the_security_headers(client: httpx.AsyncClient) -> None:
    for path in ("/things/1", "/nowhere", "/broken", "/healthz"):
        headers = (await client.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"


async def test_a_crash_is_logged_with_the_requests_id_and_tells_the_caller_nothing(
    client: httpx.AsyncClient, logged: Logged
) -> None:
    answer = await client.get("/broken", headers={"X-Request-Id": "crash-1"})
    problem(answer, 500, "internal_error")
    assert "RuntimeError" not in answer.text
    assert "sk_test" not in answer.text
    crash = next(line for line in logged() if line["msg"] == "unhandled error")
    assert crash["request_id"] == "crash-1"
    assert "RuntimeError: the key is ***" in crash["exception"]
    assert crash["path"] == "/broken"


async def test_an_answer_that_breaks_off_is_not_patched_up(app: FastAPI, client: httpx.AsyncClient) -> None:
    async def half() -> AsyncIterator[str]:
        yield "half"
        raise RuntimeError("cut")

    app.add_api_route("/half", lambda: StreamingResponse(half()))
    with pytest.raises(RuntimeError, match="cut"):
        await client.get("/half")


async def test_each_request_is_logged_once_by_its_template(client: httpx.AsyncClient, logged: Logged) -> None:
    await client.get("/things/17", headers={"X-Request-Id": "r-17"})
    await client.post("/things", json={"name": "taken"})
    await client.get("/healthz")
    lines = [line for line in logged() if line["msg"] == "request"]
    assert [(line["route"], line["status"], line.get("code")) for line in lines] == [
        ("/things/{number}", 200, None),
        ("/things", 409, "name_taken"),
    ]
    assert lines[0]["request_id"] == "r-17"
    looked_up = next(line for line in logged() if line["msg"] == "looked up")
    assert (looked_up["request_id"], looked_up["service"]) == ("r-17", "kit-test")


async def test_metrics_count_by_template_and_by_problem_code(client: httpx.AsyncClient) -> None:
    for number in range(3):
        await client.get(f"/things/{number}")
    await client.post("/things", json={"name": "taken"})
    for invented in ("BREW", "PROPFIND"):
        await client.request(invented, "/things/1")
    text = (await client.get("/metrics")).text
    assert 'http_requests_total{method="GET",route="/things/{number}",status="200"} 3.0' in text
    assert 'http_problems_total{code="name_taken",status="409"} 1.0' in text
    assert 'http_request_seconds_count{method="GET",route="/things/{number}"} 3.0' in text
    assert 'method="OTHER"' in text
    assert "BREW" not in text


async def test_readiness_names_what_is_down_and_nothing_of_it(
    client: httpx.AsyncClient, checks: dict[str, str]
) -> None:
    ready = await client.get("/readyz")
    assert (ready.status_code, ready.json()) == (
        200,
        {"status": "ok", "checks": {"database": "ok", "redis": "ok"}},
    )
    checks["redis"] = "redis://user:hunter2@10.0.0.1 refused"
    down = await client.get("/readyz")
    assert (down.status_code, down.json()) == (
        503,
        {"status": "unavailable", "checks": {"database": "ok", "redis": "ConnectionError"}},
    )
    assert (await client.get("/healthz")).json() == {"status": "ok"}
