"""The usage gate: never more than was bought, whoever asks at the same time and however often."""

import asyncio
import uuid
from collections import Counter

import httpx
from sqlalchemy import func, select
from tests.factories_licenses import SNAPSHOT, make_caller, make_license

from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.licenses.models import Resource, UsageCounter, UsageRecord


async def used(database: Database, license_id: uuid.UUID, resource: Resource = Resource.DATABASES) -> int:
    async with database.transaction(Subject.system()) as session:
        counter = await session.get_one(UsageCounter, (license_id, resource))
        return counter.used


async def records(database: Database, license_id: uuid.UUID) -> int:
    async with database.transaction(Subject.system()) as session:
        statement = select(func.count()).select_from(UsageRecord).where(UsageRecord.license_id == license_id)
        return (await session.scalars(statement)).one()


async def test_fifty_at_once_for_a_quota_of_five(
    container: Container, client: httpx.AsyncClient, database: Database
) -> None:
    issued = await make_license(container)
    caller = await make_caller(container, client, issued)
    answers = await asyncio.gather(*(caller.report("created") for _ in range(50)))
    assert Counter(answer.status_code for answer in answers) == {200: 5, 409: 45}
    left = sorted(answer.json()["quota_remaining"] for answer in answers if answer.status_code == 200)
    assert left == [0, 1, 2, 3, 4]
    refused = next(answer.json() for answer in answers if answer.status_code == 409)
    assert refused == {
        "success": False,
        "code": "QUOTA_EXCEEDED",
        "error": "Database quota exceeded",
        "quota_remaining": 0,
    }
    assert await used(database, issued.license.id) == 5
    assert await records(database, issued.license.id) == 5


async def test_one_key_fired_twenty_times_at_once_has_one_effect(
    container: Container, client: httpx.AsyncClient, database: Database
) -> None:
    issued = await make_license(container)
    caller = await make_caller(container, client, issued)
    key = str(uuid.uuid4())
    answers = await asyncio.gather(*(caller.report("created", key=key) for _ in range(20)))
    assert {answer.content for answer in answers} == {b'{"success":true,"quota_remaining":4}'}
    replayed = Counter(answer.headers.get("Idempotent-Replayed") for answer in answers)
    assert replayed == {None: 1, "true": 19}
    assert await used(database, issued.license.id) == 1
    assert await records(database, issued.license.id) == 1


async def test_a_refusal_is_remembered_too(container: Container, client: httpx.AsyncClient) -> None:
    issued = await make_license(container)
    caller = await make_caller(container, client, issued)
    key = str(uuid.uuid4())
    first = await caller.report("created", count=6, key=key)
    again = await caller.report("created", count=6, key=key)
    assert first.status_code == again.status_code == 409
    assert first.content == again.content
    assert first.json()["quota_remaining"] == 5


async def test_the_same_key_with_another_body_is_refused(
    container: Container, client: httpx.AsyncClient, database: Database
) -> None:
    issued = await make_license(container)
    caller = await make_caller(container, client, issued)
    key = str(uuid.uuid4())
    assert (await caller.report("created", key=key)).status_code == 200
    other = await caller.report("created", count=2, key=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
    assert await used(database, issued.license.id) == 1


async def test_keys_of_different_callers_do_not_meet(container: Container, client: httpx.AsyncClient) -> None:
    one, two = await make_license(container), await make_license(container)
    key = str(uuid.uuid4())
    first = await (await make_caller(container, client, one)).report("created", key=key)
    second = await (await make_caller(container, client, two)).report("created", key=key)
    assert "Idempotent-Replayed" not in second.headers
    assert (first.json()["quota_remaining"], second.json()["quota_remaining"]) == (4, 4)


async def test_a_key_is_needed(container: Container, client: httpx.AsyncClient) -> None:
    issued = await make_license(container)
    caller = await make_caller(container, client, issued)
    body = {"license_key": issued.key, "resource": "databases", "action": "created", "count": 1}
    answer = await caller.send("POST", "/api/v1/billing/usage", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")


async def test_a_recorded_body_does_not_work_under_another_key(
    container: Container, client: httpx.AsyncClient, database: Database
) -> None:
    issued = await make_license(container)
    caller = await make_caller(container, client, issued)
    key = str(uuid.uuid4())
    body = {"license_key": issued.key, "resource": "databases", "action": "created", "count": 1, "nonce": key}
    assert (await caller.send("POST", "/api/v1/billing/usage", body, idempotency_key=key)).status_code == 200
    moved = await caller.send("POST", "/api/v1/billing/usage", body, idempotency_key=str(uuid.uuid4()))
    assert (moved.status_code, moved.json()["code"]) == (401, "signature_invalid")
    assert await used(database, issued.license.id) == 1


async def test_deleted_hands_back_and_never_goes_below_zero(
    container: Container, client: httpx.AsyncClient, database: Database
) -> None:
    issued = await make_license(container)
    caller = await make_caller(container, client, issued)
    await caller.report("created", count=3)
    answers = await asyncio.gather(*(caller.report("deleted") for _ in range(10)))
    assert {answer.status_code for answer in answers} == {200}
    assert await used(database, issued.license.id) == 0
    assert (await caller.report("created")).json()["quota_remaining"] == 4


async def test_creating_and_deleting_at_once_adds_up(
    container: Container, client: httpx.AsyncClient, database: Database
) -> None:
    issued = await make_license(container)
    caller = await make_caller(container, client, issued)
    await caller.report("created", count=5)
    answers = await asyncio.gather(*(caller.report(action) for _ in range(15) for action in ("deleted", "created")))
    deleted, created = answers[0::2], answers[1::2]
    assert {answer.status_code for answer in deleted} == {200}
    let_through = sum(answer.status_code == 200 for answer in created)
    assert await records(database, issued.license.id) == 1 + 15 + let_through
    async with database.transaction(Subject.system()) as session:
        statement = select(UsageRecord.used).where(UsageRecord.license_id == issued.license.id)
        assert set(await session.scalars(statement)) <= set(range(6))


async def test_without_a_quota_there_is_no_end(
    container: Container, client: httpx.AsyncClient, database: Database
) -> None:
    issued = await make_license(container, plan="enterprise")
    caller = await make_caller(container, client, issued)
    answers = await asyncio.gather(*(caller.report("created", count=1_000_000) for _ in range(5)))
    assert [answer.json() for answer in answers] == [{"success": True, "quota_remaining": None}] * 5
    assert await used(database, issued.license.id) == 5_000_000
    assert (await caller.validate())["remaining_quota"] is None


async def test_each_resource_has_its_own_quota(container: Container, client: httpx.AsyncClient) -> None:
    caller = await make_caller(container, client, await make_license(container))
    left = {
        resource: (await caller.report("created", resource=resource)).json()["quota_remaining"]
        for resource in ("accounts", "domains", "databases", "emails")
    }
    assert left == {"accounts": 0, "domains": 2, "databases": 4, "emails": 9}


async def test_a_snapshot_repairs_drift_and_says_what_it_changed(
    container: Container, client: httpx.AsyncClient, database: Database
) -> None:
    issued = await make_license(container)
    caller = await make_caller(container, client, issued)
    await caller.report("created", count=4)
    body = {"license_key": issued.key, "usage": {"databases": 3, "emails": 0}}
    answer = await caller.send("PUT", SNAPSHOT, body)
    assert answer.json() == {"success": True, "changed": {"databases": {"was": 4, "now": 3}}}
    assert (await caller.send("PUT", SNAPSHOT, body)).json() == {"success": True, "changed": {}}
    over = {"license_key": issued.key, "usage": {"databases": 9}}
    await caller.send("PUT", SNAPSHOT, over, idempotency_key=str(uuid.uuid4()))
    assert await used(database, issued.license.id) == 9
    assert (await caller.report("created")).status_code == 409
    assert (await caller.validate())["remaining_quota"] == 0
    async with database.transaction(Subject.system()) as session:
        ledger = await session.execute(
            select(UsageRecord.action, UsageRecord.count, UsageRecord.used)
            .where(UsageRecord.license_id == issued.license.id)
            .order_by(UsageRecord.id)
        )
        assert [tuple(row) for row in ledger] == [("created", 4, 4), ("snapshot", -1, 3), ("snapshot", 6, 9)]


async def test_a_snapshot_sent_again_under_its_key_gets_the_first_answer(
    container: Container, client: httpx.AsyncClient, database: Database
) -> None:
    issued = await make_license(container)
    caller = await make_caller(container, client, issued)
    await caller.report("created", count=2)
    key = str(uuid.uuid4())
    body = {"license_key": issued.key, "usage": {"databases": 1}}
    first = await caller.send("PUT", SNAPSHOT, body, idempotency_key=key)
    await caller.report("created", count=3)
    again = await caller.send("PUT", SNAPSHOT, body, idempotency_key=key)
    assert again.json() == first.json() == {"success": True, "changed": {"databases": {"was": 2, "now": 1}}}
    assert (again.headers["Idempotent-Replayed"], "Idempotent-Replayed" in first.headers) == ("true", False)
    assert await used(database, issued.license.id) == 4, "what was counted since stays counted"
    other = {"license_key": issued.key, "usage": {"databases": 0}}
    refused = await caller.send("PUT", SNAPSHOT, other, idempotency_key=key)
    assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_mismatch")
    unknown = {"license_key": "NP-7K3M-9QRT-4WXY", "usage": {"databases": 0}}
    lost = str(uuid.uuid4())
    for _ in range(2):
        answer = await caller.send("PUT", SNAPSHOT, unknown, idempotency_key=lost)
        assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")
