"""What holds for every route: no token no answer, errors are problems, bodies are bounded, foreign ids are 404."""

import itertools
import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
from fastapi.routing import APIRoute

from nextpanel.app import build_routes
from nextpanel.openapi import document
from tests.support.panel import Panel

PUBLIC = {
    ("POST", "/api/v1/setup"),
    ("POST", "/api/v1/auth/token"),
    ("POST", "/api/v1/auth/refresh"),
    ("POST", "/api/v1/auth/sso"),
    ("GET", "/setup/{token}"),
    ("POST", "/setup"),
    ("GET", "/login"),
    ("POST", "/login"),
    ("GET", "/sso/{token}"),
    ("POST", "/sso"),
}


def _api_routes() -> Iterator[tuple[str, str]]:
    for path, operations in json.loads(document())["paths"].items():
        for method in operations:
            yield method.upper(), path


def test_the_public_routes_are_exactly_these() -> None:
    documented = set(_api_routes())
    app = build_routes()
    pages = {
        (method, route.path)
        for router in app.routes
        for route in getattr(getattr(router, "original_router", None), "routes", [router])
        if isinstance(route, APIRoute) and not route.include_in_schema
        for method in route.methods or ()
    }
    secured = {
        (method.upper(), path)
        for path, operations in json.loads(document())["paths"].items()
        for method, operation in operations.items()
        if operation.get("security")
    }
    assert len(documented) > 15
    assert (documented | pages) - secured == PUBLIC


def _fill(path: str) -> str:
    return re.sub(r"\{[^}]+\}", str(uuid4()), path)


async def test_no_route_answers_without_a_token(panel: Panel) -> None:
    wrong: list[dict[str, str]] = [
        {},
        *({"Authorization": value} for value in ("Bearer x.y.z", "Basic dTpw", "Bearer")),
    ]
    for (method, path), headers in itertools.product(sorted(set(_api_routes()) - PUBLIC), wrong):
        answer = await panel.http.request(method, _fill(path), headers=headers, json={"name": "shop"})
        assert answer.status_code == 401, (path, headers, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
        assert "www-authenticate" in answer.headers


def _is_problem(answer: httpx.Response, status: int) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-request-id"]
    problem = answer.json()
    assert problem["status"] == status
    assert re.fullmatch(r"[a-z_]+", problem["code"])
    assert {"type", "title", "detail"} <= problem.keys()


async def test_errors_are_problem_documents(panel: Panel) -> None:
    owner = await panel.new_owner()
    headers = {**owner.headers, "Content-Type": "application/json"}
    _is_problem(await panel.http.get("/nothing/here"), 404)
    _is_problem(await panel.http.put("/api/v1/databases", headers=headers), 405)
    _is_problem(await panel.http.post("/api/v1/databases", content=b"{not json", headers=headers), 400)
    _is_problem(await panel.http.post("/api/v1/databases", content=b"\xff\xfe", headers=headers), 400)
    _is_problem(await panel.http.post("/api/v1/databases", content=b"[1]", headers=headers), 422)
    _is_problem(await panel.http.post("/api/v1/databases", content=b"", headers=headers), 422)
    deep = b'{"name":' + b"[" * 50_000 + b"]" * 50_000 + b"}"
    answer = await panel.http.post("/api/v1/databases", content=deep, headers=headers)
    _is_problem(answer, answer.status_code)
    assert answer.status_code in {400, 422}


async def test_a_megabyte_is_refused_declared_or_not(panel: Panel) -> None:
    owner = await panel.new_owner()
    body = json.dumps({"name": "x" * 1_000_000}).encode()

    async def chunks() -> Any:
        for start in range(0, len(body), 65_536):
            yield body[start : start + 65_536]

    _is_problem(await panel.http.post("/api/v1/databases", content=body, headers=owner.headers), 413)
    _is_problem(await panel.http.post("/api/v1/databases", content=chunks(), headers=owner.headers), 413)
    _is_problem(await panel.http.post("/api/v1/auth/token", content=body), 413)


BAD_NAMES = [
    "",
    "Shop",
    "1shop",
    "_shop",
    "shop!",
    "sh op",
    "shop\n",
    "shop\x00",
    "shop\x1b[0m",
    "x" * 32,
    "x" * 100_000,
    "größe",
    "ѕhop",
    "店",
    "💥",
    'evil"; DROP ROLE postgres; --',
    "'; DROP DATABASE postgres; --",
    "../../etc/passwd",
    "{{7*7}}",
    "$(reboot)",
    "%00",
    "shop;",
    None,
    7,
    True,
    ["shop"],
    {"a": 1},
]


async def test_bad_database_names_are_refused_before_anything_happens(panel: Panel) -> None:
    owner = await panel.new_owner()
    for name in BAD_NAMES:
        answer = await panel.http.post("/api/v1/databases", json={"name": name}, headers=owner.headers)
        _is_problem(answer, 422)
        assert answer.json()["code"] == "validation_failed", name
    assert panel.billing.calls == []
    assert panel.query("SELECT count(*) FROM databases") == [["0"]]


async def test_unknown_members_are_refused(panel: Panel) -> None:
    owner = await panel.new_owner()
    answer = await panel.http.post("/api/v1/databases", json={"name": "a", "owner": "x"}, headers=owner.headers)
    _is_problem(answer, 422)


async def test_a_bad_idempotency_key_is_refused(panel: Panel) -> None:
    owner = await panel.new_owner()
    for key in ("", "a b", "ü", "x" * 256, "a\tb"):
        headers = httpx.Headers([*owner.headers.items(), ("Idempotency-Key", key)], encoding="utf-8")
        _is_problem(await panel.http.post("/api/v1/databases", json={"name": "a"}, headers=headers), 422)


async def test_foreign_and_unknown_ids_are_404_everywhere(panel: Panel) -> None:
    mine, other = await panel.new_owner(), await panel.new_owner()
    database = (await panel.create_database(other)).json()["id"]
    zone = await panel.call_as_billing(
        "POST",
        f"/api/v1/accounts/{other.account_id}/zones",
        "zones:write",
        json={"domain": "example.com", "nameservers": ["ns1.panel.example"]},
    )
    foreign = [f"/api/v1/databases/{database}", f"/api/v1/zones/{zone.json()['id']}"]
    for path in [*foreign, f"/api/v1/databases/{uuid4()}", f"/api/v1/zones/{uuid4()}"]:
        _is_problem(await panel.http.get(path, headers=mine.headers), 404)
    for path in foreign:
        assert (await panel.http.get(path, headers=other.headers)).status_code == 200
    for verb in ("suspend", "reinstate", "terminate"):
        path = f"/api/v1/accounts/{uuid4()}/{verb}"
        answer = await panel.call_as_billing("POST", path, "accounts:write", json={"reason": "x"})
        _is_problem(answer, 404)


async def test_health_readiness_and_metrics(panel: Panel) -> None:
    assert (await panel.http.get("/healthz")).json() == {"status": "ok"}
    ready = await panel.http.get("/readyz")
    checks = {"database": "ok", "migrations": "ok", "postgresql_engine": "ok"}
    assert (ready.status_code, ready.json()) == (200, {"status": "ok", "checks": checks})
    await panel.http.get(f"/api/v1/databases/{uuid4()}")
    metrics = (await panel.http.get("/metrics")).text
    assert 'http_requests_total{method="GET",route="/api/v1/databases/{database_id}",status="401"} 1.0' in metrics


async def test_an_old_schema_is_not_ready(panel: Panel) -> None:
    panel.server.execute("UPDATE alembic_version SET version_num = 'old'", database=panel.database)
    ready = await panel.http.get("/readyz")
    assert ready.status_code == 503
    assert ready.json()["checks"]["migrations"] == "NotMigrated"


async def test_the_docs_are_there_and_the_document_is_stable(panel: Panel) -> None:
    assert (await panel.http.get("/docs")).status_code == 200
    assert document() == document()
    served = (await panel.http.get("/openapi.json")).json()
    assert served == json.loads(document())
