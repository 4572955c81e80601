"""Alive, ready, and counted: what the platform asks the API."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from pydantic import SecretStr

from billing.app import create_app
from billing.kit.container import Container
from billing.kit.tasks import RecordingQueue
from billing.settings import Settings
from billing.wiring import build_container, close_container
from service_kit.clock import FixedClock
from tests.conftest import Cluster
from tests.factories_licenses import make_person
from tests.stripe_events import make_event, send_event

NOWHERE = "127.0.0.1:1"


@asynccontextmanager
async def api(settings: Settings, clock: FixedClock) -> AsyncIterator[httpx.AsyncClient]:
    container = build_container(settings, clock=clock, queue=RecordingQueue())
    transport = httpx.ASGITransport(app=create_app(container), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://billing.test") as http:
        yield http
    await close_container(container)


async def test_ready_when_everything_is_there(client: httpx.AsyncClient) -> None:
    ready = await client.get("/readyz")
    assert (ready.status_code, ready.json()) == (
        200,
        {"status": "ok", "checks": {"database": "ok", "migrations": "ok", "redis": "ok"}},
    )


async def test_a_database_that_is_down_is_named_and_nothing_about_it(settings: Settings, clock: FixedClock) -> None:
    url = SecretStr(f"postgresql+asyncpg://billing_app:hunter2@{NOWHERE}/billing")
    async with api(settings.model_copy(update={"database_url": url}), clock) as http:
        ready = await http.get("/readyz")
        assert ready.status_code == 503
        checks = ready.json()["checks"]
        assert (checks["redis"], checks["database"] != "ok", checks["migrations"] != "ok") == ("ok", True, True)
        assert "hunter2" not in ready.text
        assert (await http.get("/healthz")).status_code == 200
        answers = [await http.get(path) for path in ("/api/v1/plans", "/api/v1/tlds")]
        event = make_event("invoice.paid", {"id": "in_1"})
        for answer in [*answers, await send_event(http, event)]:
            assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
            assert answer.headers["content-type"] == "application/problem+json"
            assert int(answer.headers["retry-after"]) > 0
            assert "hunter2" not in answer.text
            assert "127.0.0.1" not in answer.text


async def test_without_redis_it_is_not_ready_but_serves(
    container: Container, settings: Settings, clock: FixedClock
) -> None:
    person = await make_person(container)
    url = SecretStr(f"redis://:hunter2@{NOWHERE}/0")
    async with api(settings.model_copy(update={"redis_url": url}), clock) as http:
        ready = await http.get("/readyz")
        assert ready.status_code == 503
        assert ready.json()["checks"] == {"database": "ok", "migrations": "ok", "redis": "ConnectionError"}
        assert (await http.get("/api/v1/me", headers=person.headers)).status_code == 200
        assert (await http.get("/api/v1/plans")).status_code == 200


async def test_a_schema_of_another_version_is_not_ready(
    client: httpx.AsyncClient, cluster: Cluster, database_name: str
) -> None:
    cluster.server.execute("UPDATE alembic_version SET version_num = 'old'", database=database_name)
    ready = await client.get("/readyz")
    assert ready.status_code == 503
    assert ready.json()["checks"] == {"database": "ok", "migrations": "SchemaOutdated", "redis": "ok"}


async def test_requests_are_counted_by_route_template(container: Container, client: httpx.AsyncClient) -> None:
    person = await make_person(container)
    for number in range(3):
        await client.get(f"/api/v1/orders/{number:08}-0000-7000-8000-000000000000", headers=person.headers)
    await client.get("/api/v1/plans")
    await client.get("/nowhere/at/all")
    text = (await client.get("/metrics")).text
    assert 'http_requests_total{method="GET",route="/api/v1/orders/{order_id}",status="404"} 3.0' in text
    assert 'http_requests_total{method="GET",route="/api/v1/plans",status="200"} 1.0' in text
    assert 'http_requests_total{method="GET",route="unmatched",status="404"} 1.0' in text
    assert 'http_problems_total{code="order_not_found",status="404"} 3.0' in text
    assert 'http_request_seconds_count{method="GET",route="/api/v1/plans"} 1.0' in text
    assert "00000001-0000" not in text


async def test_the_documentation_is_served_without_asking_anybody_else(client: httpx.AsyncClient) -> None:
    page = await client.get("/docs")
    assert page.status_code == 200
    assert "swagger" in page.text.lower()
    assert "https://" not in page.text
    assert (await client.get("/openapi.json")).json()["info"]["title"] == "NextPanel Billing"
