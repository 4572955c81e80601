"""Staff keep the table of rates; what was sold at a rate stays explainable."""

import uuid
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from billing.accounts.permissions import Role
from billing.audit.models import AuditEntry
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.tax.models import TaxRate
from billing.tax.seeds import seed_rates
from service_kit.clock import FixedClock
from tests.factories_licenses import Person, make_person

RATES = "/api/v1/admin/tax-rates"


@pytest.fixture
async def staff(container: Container, database: Database) -> Person:
    async with database.transaction(Subject.system()) as session:
        await seed_rates(session)
    return await make_person(container, role=Role.BILLING_ADMIN)


async def add(client: httpx.AsyncClient, staff: Person, *, key: str | None = None, **body: Any) -> httpx.Response:
    headers = {**staff.headers, "Idempotency-Key": key or str(uuid.uuid4())}
    return await client.post(RATES, json=body, headers=headers)


async def test_seeding_twice_adds_nothing(database: Database, staff: Person) -> None:
    async with database.transaction(Subject.system()) as session:
        assert await seed_rates(session) == 0
        assert (await session.execute(select(func.count()).select_from(TaxRate))).scalar_one() == 30


async def test_a_coming_rate_is_added_changed_and_taken_back(
    client: httpx.AsyncClient, database: Database, staff: Person, clock: FixedClock
) -> None:
    begins = (clock.now() + timedelta(days=30)).date().isoformat()
    made = await add(client, staff, country="DE", percentage="21", valid_from_on=begins)
    assert made.status_code == 201, made.text
    rate = made.json()
    assert (rate["percentage"], rate["region"], rate["valid_from_on"]) == ("21", None, begins)
    path = f"{RATES}/{rate['id']}"
    changed = await client.patch(path, json={"percentage": "20.5", "name": "USt"}, headers=staff.headers)
    assert (changed.status_code, changed.json()["percentage"], changed.json()["name"]) == (200, "20.5", "USt")
    listed = (await client.get(RATES, params={"country": "DE"}, headers=staff.headers)).json()["items"]
    assert [each["percentage"] for each in listed] == ["20.5", "19"]
    assert (await client.delete(path, headers=staff.headers)).status_code == 204
    assert (await client.delete(path, headers=staff.headers)).json()["code"] == "tax_rate_not_found"
    async with database.transaction(Subject.system()) as session:
        found = select(AuditEntry.action).where(AuditEntry.object_id == rate["id"]).order_by(AuditEntry.id)
        actions = (await session.execute(found)).scalars().all()
    assert actions == ["tax_rate.created", "tax_rate.updated", "tax_rate.deleted"]


async def test_one_key_adds_one_rate(client: httpx.AsyncClient, staff: Person) -> None:
    body = {"country": "PT", "region": "Açores", "percentage": "16", "valid_from_on": "2026-01-01"}
    first, second = [await add(client, staff, key="k1", **body) for _ in range(2)]
    assert (first.status_code, first.json()) == (201, second.json())
    assert first.json()["region"] == "açores"
    other = await add(client, staff, key="k1", **{**body, "percentage": "17"})
    assert other.json()["code"] == "idempotency_mismatch"
    taken = await add(client, staff, **{**body, "region": " AÇORES "})
    assert (taken.status_code, taken.json()["code"]) == (409, "tax_rate_taken")


async def test_a_rate_that_has_begun_keeps_its_terms(
    client: httpx.AsyncClient, staff: Person, clock: FixedClock
) -> None:
    listed = (await client.get(RATES, params={"country": "DE"}, headers=staff.headers)).json()["items"]
    path, today = f"{RATES}/{listed[0]['id']}", clock.now().date()
    for change in ({"percentage": "20"}, {"inclusive": True}, {"valid_from_on": "2026-02-01"}):
        answer = await client.patch(path, json=change, headers=staff.headers)
        assert (answer.status_code, answer.json()["code"]) == (409, "tax_rate_in_use"), change
    assert (await client.delete(path, headers=staff.headers)).json()["code"] == "tax_rate_in_use"
    past = await client.patch(path, json={"valid_until_on": "2026-02-01"}, headers=staff.headers)
    assert (past.status_code, past.json()["code"]) == (422, "tax_rate_end_in_past")
    end = (today + timedelta(days=1)).isoformat()
    ended = await client.patch(path, json={"valid_until_on": end}, headers=staff.headers)
    assert (ended.status_code, ended.json()["valid_until_on"]) == (200, end)
    reopened = await client.patch(path, json={"valid_until_on": None}, headers=staff.headers)
    assert reopened.json()["valid_until_on"] is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"percentage": "101"},
        {"percentage": "-1"},
        {"percentage": "8.12345"},
        {"country": "Germany"},
        {"valid_until_on": "2026-01-01"},
        {"valid_from_on": "2026-02-30"},
    ],
)
async def test_nonsense_is_refused(client: httpx.AsyncClient, staff: Person, wrong: dict[str, str]) -> None:
    body = {"country": "US", "percentage": "5", "valid_from_on": "2026-01-01", **wrong}
    answer = await add(client, staff, **body)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")


async def test_support_may_look_but_not_touch(client: httpx.AsyncClient, container: Container, staff: Person) -> None:
    support = await make_person(container, role=Role.SUPPORT)
    assert len((await client.get(RATES, headers=support.headers)).json()["items"]) == 30
    assert (await add(client, support, country="US", percentage="5", valid_from_on="2026-01-01")).status_code == 403
