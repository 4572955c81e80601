"""Workers take events up in batches: one look for an object, each effect once, and no event spoils the others."""

import asyncio
import json
from collections import Counter
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from billing.inbound import repository
from billing.inbound.drain import Drain
from billing.inbound.inbox import DRAIN_TASK, Inbox
from billing.inbound.models import EventStatus
from billing.inbound.ports import EventHandlers, Ignore, ReceivedEvent, TryLater, VerifiedEvent
from billing.kit.db import Database, Session, Subject
from billing.kit.heartbeats import age_seconds, beat
from billing.kit.tasks import RecordingQueue
from service_kit.clock import FixedClock
from tests.stripe_events import make_event, send_event

LEASE = timedelta(seconds=30)
PAID, UPDATED = "invoice.paid", "invoice.updated"


class Looking:
    """A handler that notes what it looked at and applied; an object named after a trouble has it."""

    def __init__(self) -> None:
        self.fetched: Counter[str] = Counter()
        self.applied: Counter[str] = Counter()

    async def fetch(self, event: ReceivedEvent) -> str:
        object_id = str(event.object["id"])
        self.fetched[object_id] += 1
        await asyncio.sleep(0.001)
        if object_id == "in_later":
            raise TryLater("the provider is down")
        if event.object.get("status") == "passing":
            raise Ignore("only passing")
        if event.object.get("status") == "odd":
            raise RuntimeError("what is that")
        return object_id

    async def apply(self, session: Session, event: ReceivedEvent, fetched: str) -> None:
        await beat(session, fetched)
        if fetched == "in_broken":
            raise RuntimeError("broken")
        self.applied[fetched] += 1


@pytest.fixture
def looking() -> Looking:
    return Looking()


@pytest.fixture
def drain(database: Database, queue: RecordingQueue, clock: FixedClock, looking: Looking) -> Drain:
    return Drain(database, EventHandlers({PAID: looking, UPDATED: looking}), queue, clock, lease=LEASE)


async def send(client: httpx.AsyncClient, object_id: str, kind: str = PAID, **more: str) -> None:
    assert (await send_event(client, make_event(kind, {"id": object_id, **more}))).status_code == 200


async def states(database: Database) -> Counter[str]:
    """Count events by object and status."""
    named = "SELECT payload #>> '{data,object,id}' || ' ' || status AS state FROM webhook_events"
    return Counter(row.state for row in await database.run_alone(text(named), {}))


async def test_events_of_one_object_are_one_look(
    client: httpx.AsyncClient, database: Database, drain: Drain, looking: Looking
) -> None:
    for kind in (PAID, UPDATED, PAID):
        await send(client, "in_1", kind)
    await send(client, "in_2")
    await drain.run()
    assert looking.fetched == looking.applied == {"in_1": 1, "in_2": 1}
    assert await states(database) == {"in_1 processed": 3, "in_2 processed": 1}


async def test_a_failing_event_does_not_spoil_it_for_the_others(
    client: httpx.AsyncClient, database: Database, drain: Drain, looking: Looking
) -> None:
    for object_id in ("in_1", "in_broken", "in_2", "in_later", "in_3"):
        await send(client, object_id)
    # Newest first: what the last ones carried is of no use, the first one is.
    await send(client, "in_3", UPDATED, status="odd")
    await send(client, "in_3", UPDATED, status="passing")
    await drain.run()
    assert await states(database) == {
        "in_1 processed": 1,
        "in_2 processed": 1,
        "in_3 processed": 1,
        "in_3 ignored": 1,
        "in_3 received": 1,
        "in_broken received": 1,
        "in_later received": 1,
    }
    assert looking.applied == {"in_1": 1, "in_2": 1, "in_3": 1}
    # What a failed handler had written is gone with its transaction.
    async with database.transaction(Subject.system()) as session:
        assert await age_seconds(session, "in_broken") is None
        assert await age_seconds(session, "in_1") is not None


async def test_workers_share_the_events_and_none_is_handled_twice(
    client: httpx.AsyncClient, database: Database, clock: FixedClock, looking: Looking
) -> None:
    await asyncio.gather(*(send(client, f"in_{number}") for number in range(100)))
    queue, handlers = RecordingQueue(), EventHandlers({PAID: looking})
    workers = [Drain(database, handlers, queue, clock, lease=LEASE) for _ in range(3)]
    # Woken twice each, as it happens.
    await asyncio.gather(*(worker.run() for worker in workers * 2))
    assert len(looking.applied) == 100
    assert set(looking.fetched.values()) == set(looking.applied.values()) == {1}


async def test_what_a_dead_worker_had_claimed_comes_back(
    client: httpx.AsyncClient, database: Database, clock: FixedClock, drain: Drain, looking: Looking
) -> None:
    await send(client, "in_1")
    assert len(await repository.claim(database, clock.now(), LEASE, 10)) == 1
    await drain.run()
    assert looking.fetched == {}
    clock.advance(LEASE)
    await drain.run()
    assert looking.applied == {"in_1": 1}


async def test_who_comes_too_late_has_no_effect(
    client: httpx.AsyncClient, database: Database, clock: FixedClock, drain: Drain, looking: Looking
) -> None:
    """A worker that slept through its lease finds the event processed when it wants to have the effect."""
    await send(client, "in_1")
    slow = Looking()
    other = Drain(database, EventHandlers({PAID: slow}), RecordingQueue(), clock, lease=LEASE)
    fetch = slow.fetch

    async def overtaken(event: ReceivedEvent) -> str:
        clock.advance(LEASE)
        await drain.run()
        return await fetch(event)

    slow.fetch = overtaken  # type: ignore[method-assign] # the only way to be slow at the right moment
    await other.run()
    assert (looking.applied, slow.fetched, slow.applied) == ({"in_1": 1}, {"in_1": 1}, {})
    assert await states(database) == {"in_1 processed": 1}


async def test_events_that_come_together_wake_a_worker_once(database: Database, clock: FixedClock) -> None:
    queue = RecordingQueue()
    inbox = Inbox(database, EventHandlers({PAID: Looking()}), queue, clock, wake_pause=timedelta(milliseconds=20))
    names = [f"evt_{number}" for number in range(30)]
    stored = await asyncio.gather(*(inbox.receive(verified(name)) for name in names + names[:10]))
    assert (sum(stored), len(queue.messages)) == (30, 1)
    await asyncio.sleep(0.05)
    assert await inbox.receive(verified("evt_0")) is False
    assert await inbox.receive(verified("evt_new")) is True
    await asyncio.sleep(0.05)
    assert [message.task for message in queue.messages] == [DRAIN_TASK] * len(queue.messages)
    assert len(queue.messages) == 2


async def test_an_event_that_cannot_be_stored_is_refused_alone(database: Database, clock: FixedClock) -> None:
    inbox = Inbox(database, EventHandlers({}), RecordingQueue(), clock, wake_pause=timedelta(0))
    # More digits than PostgreSQL has room for.
    broken = VerifiedEvent("evt_broken", PAID, None, '{"amount": 1e200000}')
    outcomes = await asyncio.gather(
        inbox.receive(verified("evt_1")),
        inbox.receive(broken),
        inbox.receive(verified("evt_2")),
        return_exceptions=True,
    )
    assert (outcomes[0], outcomes[2]) == (True, True)
    assert isinstance(outcomes[1], DBAPIError)
    async with database.transaction(Subject.system()) as session:
        rows = await repository.list_events(session, None, None, 10)
    assert sorted((row.external_id, row.status) for row in rows) == [
        ("evt_1", EventStatus.IGNORED),
        ("evt_2", EventStatus.IGNORED),
    ]


def verified(external_id: str) -> VerifiedEvent:
    body = {"id": external_id, "type": PAID, "data": {"object": {"id": "in_1"}}}
    return VerifiedEvent(external_id, PAID, None, json.dumps(body))
