"""What is wrong with a request before anybody reads its fields: path, method, content type, JSON, size."""

import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from billing.accounts.permissions import Role
from billing.kit.container import Container
from billing.kit.db import Database
from billing.settings import Settings
from tests.factories_licenses import make_person
from tests.hostile import changes, row_counts
from tests.integration.api.walk import METHODS, every_route, fill

MEGABYTE = b'{"name": "' + b"x" * 1_000_000 + b'"}'
NO_JSON = {
    "broken off": b'{"items": [',
    "single quotes": b"{'items': []}",
    "not UTF-8": b"\xff\xfe{}",
    "two documents": b"{}{}",
    "a word": b"hello",
    "endless depth": b"[" * 100_000,
    "deep objects": b'{"a":' * 40_000,
}
NO_OBJECT = {"empty": b"", "null": b"null", "a list": b"[]", "a number": b"7", "a string": b'"x"', "nan": b"NaN"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(
        update={
            "rate_limit_per_user": 10_000,
            "rate_limit_reads_per_user": 10_000,
            "rate_limit_per_ip": 10_000,
            "rate_limit_sign_ups_per_ip": 10_000,
        }
    )


def problem_code(answer: httpx.Response) -> str:
    """Return the stable code; asserts that this is a problem document and gives nothing internal away."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    body: dict[str, Any] = answer.json()
    assert body["status"] == answer.status_code
    assert answer.headers["x-request-id"]
    for word in ("SELECT", "INSERT", "Traceback", "asyncpg", "sqlalchemy", "psycopg", "billing/"):
        assert word not in answer.text
    code: str = body["code"]
    return code


def with_json_body(app: FastAPI) -> list[tuple[str, str]]:
    paths: dict[str, dict[str, dict[str, Any]]] = app.openapi()["paths"]
    return [
        (method.upper(), path)
        for path, operations in paths.items()
        for method, operation in operations.items()
        # The webhook reads no field of what is not signed.
        if "application/json" in operation.get("requestBody", {}).get("content", {}) and "webhooks" not in path
    ]


async def test_unknown_paths_and_wrong_methods(app: FastAPI, client: httpx.AsyncClient) -> None:
    for path in ("/nowhere", "/api/v1", "/api/v2/orders", "/api/v1/orders/", "/api/v1/../admin", "/%00", "/%FF"):
        answer = await client.get(path)
        assert answer.status_code == 404, (path, answer.text)
        assert problem_code(answer) == "not_found"
    allowed: dict[str, set[str]] = {}
    for method, path in every_route(app):
        allowed.setdefault(path, set()).add(method)
    for path, methods in allowed.items():
        if path.startswith("/docs") or "/orders/{" in path or "/domains/" in path:
            continue  # mounted files; paths that another template matches as well
        for method in METHODS - methods:
            answer = await client.request(method, fill(path))
            assert answer.status_code == 405, (method, path)
            assert problem_code(answer) == "method_not_allowed"
            assert set(answer.headers["allow"].split(", ")) & methods
    assert (await client.request("BREW", "/api/v1/plans")).status_code == 405


async def test_bodies_that_are_no_json_or_no_object(
    app: FastAPI, client: httpx.AsyncClient, container: Container, database: Database
) -> None:
    person = await make_person(container, role=Role.OWNER)
    headers = {**person.headers, "Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
    before = await row_counts(database)
    routes = with_json_body(app)
    assert len(routes) > 12
    for method, path in routes:
        # The signed routes look at the signature before the fields.
        signed = path.startswith(("/api/v1/nextpanel/validate", "/api/v1/billing/"))
        for name, body in {**NO_JSON, **NO_OBJECT}.items():
            answer = await client.request(method, fill(path), content=body, headers=headers)
            case = (method, path, name, answer.status_code, answer.text[:200])
            code = problem_code(answer)
            if name in NO_JSON:
                assert answer.status_code == 400, case
                assert code in {"malformed_json", "bad_request"}, case
            else:
                assert answer.status_code in ({401} if signed else {400, 422}), case
                assert code in {"validation_failed", "malformed_json", "signature_invalid"}, case
    assert changes(before, await row_counts(database)) == {}


async def test_a_megabyte_is_refused_everywhere_declared_or_not(
    app: FastAPI, client: httpx.AsyncClient, container: Container
) -> None:
    person = await make_person(container)

    async def undeclared() -> AsyncIterator[bytes]:
        for start in range(0, len(MEGABYTE), 65_536):
            yield MEGABYTE[start : start + 65_536]

    for method, path in [*with_json_body(app), ("POST", "/api/v1/webhooks/stripe"), ("POST", "/api/v1/auth/token")]:
        for content in (MEGABYTE, undeclared()):
            answer = await client.request(method, fill(path), content=content, headers=person.headers)
            assert (answer.status_code, problem_code(answer)) == (413, "payload_too_large"), path
    lying = {**person.headers, "Content-Length": "99999999999999999999"}
    answer = await client.post("/api/v1/orders", content=b"{}", headers=lying)
    assert (answer.status_code, problem_code(answer)) == (413, "payload_too_large")


async def test_other_content_types_are_not_read_as_json(client: httpx.AsyncClient, container: Container) -> None:
    person = await make_person(container)
    body = b'{"full_name": "Somebody Else"}'
    for content_type in ("text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data"):
        headers = {**person.headers, "Content-Type": content_type}
        answer = await client.patch("/api/v1/me", content=body, headers=headers)
        assert answer.status_code in {400, 415, 422}, content_type
        problem_code(answer)
    as_json = {"username": "a@example.com", "password": "correct horse battery"}
    answer = await client.post("/api/v1/auth/token", json=as_json)
    assert (answer.status_code, problem_code(answer)) == (422, "validation_failed")
    assert "correct horse" not in answer.text
    assert (await client.get("/api/v1/me", headers=person.headers)).json()["full_name"] == "Ada"


async def test_ids_cursors_limits_and_keys_that_are_none(
    app: FastAPI, client: httpx.AsyncClient, container: Container
) -> None:
    person = await make_person(container, role=Role.OWNER)
    for method, path in every_route(app):
        if "_id}" not in path:
            continue
        for bad in ("1", "null", "'; DROP TABLE orders; --", "00000000", "%00", "٣", "x" * 5000):
            url = "/".join(bad if part.endswith("_id}") else part for part in path.split("/"))
            answer = await client.request(method, url, json={}, headers=person.headers)
            assert answer.status_code in {404, 422}, (method, url[:80], answer.text[:200])
            assert problem_code(answer) in {"validation_failed", "not_found"}
    lists = [path for method, path in every_route(app) if method == "GET" and "{" not in path]
    lists = [path for path in lists if "cursor" in str(app.openapi()["paths"].get(path, {}))]
    assert len(lists) >= 7
    for path in lists:
        for cursor in ("x", "'; --", "é", "\x00", "A" * 22 + "==", "A" * 65, "-" * 22, "_" * 64):
            answer = await client.get(path, params={"cursor": cursor}, headers=person.headers)
            assert answer.status_code in {200, 400, 422}, (path, cursor, answer.text)
            if answer.status_code != 200:
                assert problem_code(answer) in {"invalid_cursor", "validation_failed"}
        for limit in ("0", "-1", "101", "1e9", "x", "", "9" * 400):
            answer = await client.get(path, params={"limit": limit}, headers=person.headers)
            assert (answer.status_code, problem_code(answer)) == (422, "validation_failed")


async def test_idempotency_keys_have_a_form(client: httpx.AsyncClient, container: Container) -> None:
    person = await make_person(container)
    order = {"currency": "USD", "items": [{"type": "license", "plan": "starter", "interval": "year"}]}
    answer = await client.post("/api/v1/orders", json=order, headers=person.headers)
    assert (answer.status_code, problem_code(answer)) == (400, "idempotency_key_missing")
    for key in ("", "a b", "ü", "x" * 256, "a\tb", "\x7f"):
        headers = httpx.Headers([*person.headers.items(), ("Idempotency-Key", key)], encoding="utf-8")
        answer = await client.post("/api/v1/orders", json=order, headers=headers)
        assert (answer.status_code, problem_code(answer)) == (422, "validation_failed"), key
