"""The brake: a run that would hit too many stops before it hits anybody, and waits for a person."""

import uuid
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from billing.accounts.permissions import Role
from billing.audit.models import AuditEntry
from billing.flows.dunning import tasks
from billing.flows.dunning.models import BrakeStatus, CaseStage, DunningBrake, DunningCase
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.kit.tasks import RecordingQueue
from billing.licenses.models import License
from billing.licenses.verdict import standing
from billing.notifications.models import EmailMessage
from billing.panels.commands import PanelCommand
from billing.settings import Settings
from service_kit.clock import FixedClock
from tests.factories_dunning import Subscribed, case_of, make_ended, make_server, make_unpaid
from tests.factories_licenses import Person, make_person

BRAKES = "/api/v1/admin/dunning/brakes"
HOUR = timedelta(hours=1)


@pytest.fixture
async def server(container: Container) -> uuid.UUID:
    return await make_server(container)


@pytest.fixture
async def staff(container: Container) -> Person:
    return await make_person(container, role=Role.BILLING_ADMIN)


async def run(container: Container, queue: RecordingQueue) -> None:
    """One run, and the work that it hands out."""
    await tasks.sweep(container)
    await work(container, queue)


async def work(container: Container, queue: RecordingQueue) -> None:
    while queue.messages:
        message = queue.messages.pop(0)
        if message.task in tasks.TASKS:
            await tasks.TASKS[message.task](container, *message.args)


async def ended(container: Container, server: uuid.UUID, count: int) -> list[Subscribed]:
    return [await make_ended(container, server) for _ in range(count)]


async def stages(database: Database) -> list[CaseStage]:
    async with database.transaction(Subject.system()) as session:
        return list(await session.scalars(select(DunningCase.stage).order_by(DunningCase.id)))


async def brakes(database: Database) -> list[DunningBrake]:
    async with database.transaction(Subject.system()) as session:
        return list(await session.scalars(select(DunningBrake).order_by(DunningBrake.id)))


async def wishes(database: Database) -> int:
    async with database.transaction(Subject.system()) as session:
        return len((await session.scalars(select(PanelCommand))).all())


async def test_as_many_as_allowed_pass(
    container: Container, queue: RecordingQueue, database: Database, server: uuid.UUID
) -> None:
    await ended(container, server, 5)
    await run(container, queue)
    assert await stages(database) == [CaseStage.CANCELLED] * 5
    assert (await wishes(database), await brakes(database)) == (5, [])


async def test_one_more_stops_all_and_tells_staff_once(
    container: Container, queue: RecordingQueue, database: Database, server: uuid.UUID, staff: Person
) -> None:
    await ended(container, server, 6)
    for _ in range(3):
        await run(container, queue)
    assert await stages(database) == [CaseStage.ENDING] * 6
    assert await wishes(database) == 0
    (brake,) = await brakes(database)
    assert (brake.status, brake.limit, brake.account_count) == (BrakeStatus.PENDING, 5, 6)
    await make_ended(container, server)
    await run(container, queue)
    (brake,) = await brakes(database)
    assert brake.account_count == 7, "what falls due meanwhile waits, too"
    async with database.transaction(Subject.system()) as session:
        (mail,) = (await session.scalars(select(EmailMessage).where(EmailMessage.user_id == staff.user_id))).all()
    assert "6 accounts" in mail.subject


async def test_small_bites_are_counted_over_a_day(
    container: Container, queue: RecordingQueue, database: Database, server: uuid.UUID, clock: FixedClock
) -> None:
    await ended(container, server, 3)
    await run(container, queue)
    clock.advance(HOUR)
    await ended(container, server, 3)
    await run(container, queue)
    assert (await stages(database)).count(CaseStage.CANCELLED) == 3
    assert len(await brakes(database)) == 1


async def test_the_next_day_is_another_day(
    container: Container, queue: RecordingQueue, database: Database, server: uuid.UUID, clock: FixedClock
) -> None:
    await ended(container, server, 5)
    await run(container, queue)
    clock.advance(25 * HOUR)
    await ended(container, server, 5)
    await run(container, queue)
    assert await stages(database) == [CaseStage.CANCELLED] * 10


async def test_a_share_of_many_accounts_may_be_more(
    settings: Settings, container: Container, queue: RecordingQueue, database: Database, server: uuid.UUID
) -> None:
    container.put(Settings, settings.model_copy(update={"dunning_brake_percent": 50}))
    await ended(container, server, 12)
    await run(container, queue)
    assert (await brakes(database))[0].limit == 6, "half of 12"
    assert await stages(database) == [CaseStage.ENDING] * 12


async def test_a_confirmed_run_goes_on(
    container: Container,
    queue: RecordingQueue,
    database: Database,
    server: uuid.UUID,
    staff: Person,
    client: httpx.AsyncClient,
) -> None:
    await ended(container, server, 6)
    await run(container, queue)
    (waiting,) = (await client.get(BRAKES, params={"status": "pending"}, headers=staff.headers)).json()["items"]
    held = await client.get("/api/v1/admin/dunning/cases", params={"brake_id": waiting["id"]}, headers=staff.headers)
    assert len(held.json()["items"]) == 6
    support = await make_person(container, role=Role.SUPPORT)
    refused = await client.post(f"{BRAKES}/{waiting['id']}/confirm", headers=support.headers)
    assert (refused.status_code, await wishes(database)) == (403, 0)
    answer = await client.post(f"{BRAKES}/{waiting['id']}/confirm", headers=staff.headers)
    assert (answer.status_code, answer.json()["status"]) == (200, "confirmed")
    await work(container, queue)
    assert await stages(database) == [CaseStage.CANCELLED] * 6
    again = await client.post(f"{BRAKES}/{waiting['id']}/reject", headers=staff.headers)
    assert (again.status_code, again.json()["code"]) == (409, "dunning_brake_decided")
    async with database.transaction(Subject.system()) as session:
        entry = (await session.scalars(select(AuditEntry).where(AuditEntry.object_id == waiting["id"]))).one()
    assert (entry.action, entry.actor_user_id) == ("dunning_brake.confirmed", staff.user_id)
    # What a person let pass is not counted against those who come next.
    await ended(container, server, 5)
    await run(container, queue)
    assert await stages(database) == [CaseStage.CANCELLED] * 11


async def test_a_rejected_run_is_put_off(
    container: Container,
    queue: RecordingQueue,
    database: Database,
    server: uuid.UUID,
    staff: Person,
    client: httpx.AsyncClient,
    clock: FixedClock,
) -> None:
    made = await ended(container, server, 6)
    await run(container, queue)
    (brake,) = await brakes(database)
    answer = await client.post(f"{BRAKES}/{brake.id}/reject", headers=staff.headers)
    assert (answer.status_code, answer.json()["status"]) == (200, "rejected")
    await run(container, queue)
    assert await stages(database) == [CaseStage.ENDING] * 6
    case = await case_of(container, made[0])
    assert case.suspend_at == clock.now() + container.get(Settings).dunning_brake_postpone
    clock.advance(timedelta(days=7))
    await run(container, queue)
    assert [row.status for row in await brakes(database)] == [BrakeStatus.REJECTED, BrakeStatus.PENDING]


async def test_licenses_in_grace_stay_good_while_the_run_is_held(
    container: Container, queue: RecordingQueue, database: Database, server: uuid.UUID, clock: FixedClock
) -> None:
    made = [await make_unpaid(container, server) for _ in range(6)]
    case = await case_of(container, made[0])
    clock.set(case.suspend_at - timedelta(minutes=5))
    await run(container, queue)
    assert len(await brakes(database)) == 1
    for _ in range(10):
        clock.advance(6 * HOUR)
        await run(container, queue)
        async with database.transaction(Subject.system()) as session:
            rows = (await session.scalars(select(License))).all()
        assert {standing(row, clock.now()) for row in rows} == {"IN_GRACE"}
    assert await stages(database) == [CaseStage.GRACE] * 6


async def test_a_foreign_id_is_unknown(client: httpx.AsyncClient, staff: Person) -> None:
    for verb in ("confirm", "reject"):
        answer = await client.post(f"{BRAKES}/{uuid.uuid4()}/{verb}", headers=staff.headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "dunning_brake_not_found")
