"""Events are stored before they are acknowledged, once, and only when they are signed."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from billing.inbound.drain import RETRY, Drain
from billing.inbound.inbox import DRAIN_TASK
from billing.inbound.models import EventStatus, WebhookEvent
from billing.inbound.ports import EventHandler, EventHandlers, Ignore, ReceivedEvent, TryLater
from billing.kit.db import Database, Session, Subject
from billing.kit.tasks import RecordingQueue
from billing.settings import Settings
from service_kit.clock import FixedClock
from tests.hostile import changes, row_counts
from tests.stripe_events import WEBHOOK, make_event, send_event, signature

LEASE = timedelta(seconds=30)
PAID = make_event("invoice.paid", {"id": "in_unknown", "object": "invoice"}, event_id="evt_paid")


async def events(database: Database) -> list[WebhookEvent]:
    async with database.transaction(Subject.system()) as session:
        return list(await session.scalars(select(WebhookEvent).order_by(WebhookEvent.id)))


def drain_with(database: Database, clock: FixedClock, handler: EventHandler) -> Drain:
    """A worker's hands that know one type."""
    handlers = EventHandlers({"invoice.paid": handler})
    return Drain(database, handlers, RecordingQueue(), clock, lease=LEASE)


async def test_an_event_is_stored_and_a_worker_is_woken(
    client: httpx.AsyncClient, database: Database, queue: RecordingQueue
) -> None:
    answer = await send_event(client, PAID)
    assert (answer.status_code, answer.json()) == (200, {"received": True, "new": True})
    (row,) = await events(database)
    assert (row.external_id, row.event_type, row.source) == ("evt_paid", "invoice.paid", "stripe")
    assert (row.status, row.processed, row.api_version) == (EventStatus.RECEIVED, False, "2026-10-28.endive")
    assert row.payload == json.loads(PAID)
    assert [(message.task, message.args) for message in queue.messages] == [(DRAIN_TASK, ())]


async def test_the_same_event_five_times_at_once_is_one(
    client: httpx.AsyncClient, database: Database, queue: RecordingQueue
) -> None:
    answers = await asyncio.gather(*(send_event(client, PAID) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {200}
    assert sorted(answer.json()["new"] for answer in answers) == [False] * 4 + [True]
    assert len(await events(database)) == len(queue.messages) == 1
    assert (await send_event(client, PAID)).json()["new"] is False
    assert len(queue.messages) == 1


async def test_an_event_in_pieces_takes_the_long_way_to_the_same_end(
    client: httpx.AsyncClient, database: Database, settings: Settings
) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(PAID), 40):
            yield PAID[start : start + 40]

    headers = {"Stripe-Signature": signature(PAID)}
    whole = await send_event(client, PAID)
    answer = await client.post(WEBHOOK, content=pieces(), headers=headers)
    assert (answer.status_code, answer.json()) == (200, {"received": True, "new": False})
    assert set(whole.headers) <= set(answer.headers), "each way has the headers of every answer"
    huge = await client.post(WEBHOOK, content=PAID + b" " * settings.max_body_bytes, headers=headers)
    assert (huge.status_code, huge.json()["code"]) == (413, "payload_too_large")
    assert (await client.get(WEBHOOK)).status_code == 405
    assert len(await events(database)) == 1


async def test_what_is_not_signed_leaves_nothing(client: httpx.AsyncClient, database: Database) -> None:
    before = await row_counts(database)
    stale = signature(PAID, at=time.time() - 400)
    for headers in (
        {},
        {"Stripe-Signature": ""},
        {"Stripe-Signature": "t=1,v1=00"},
        {"Stripe-Signature": stale},
        {"Stripe-Signature": signature(PAID, secret="whsec_forged")},
        {"Stripe-Signature": signature(PAID.replace(b"evt_paid", b"evt_x"))},
    ):
        answer = await client.post(WEBHOOK, content=PAID, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "webhook_signature_invalid")
        assert answer.headers["content-type"] == "application/problem+json"
        assert "whsec" not in answer.text
    assert changes(before, await row_counts(database)) == {}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"rate_limit_unverified_webhooks_per_hour": 10})


async def test_only_what_is_not_signed_counts_against_the_limit(client: httpx.AsyncClient) -> None:
    forged = [await client.post(WEBHOOK, content=PAID) for _ in range(12)]
    assert [answer.status_code for answer in forged] == [400] * 10 + [429] * 2
    assert int(forged[-1].headers["retry-after"]) > 0
    for number in range(5):
        body = make_event("invoice.paid", {"id": "in_x"}, event_id=f"evt_{number}")
        assert (await send_event(client, body)).status_code == 200


async def test_types_nobody_handles_are_kept_and_ignored(
    client: httpx.AsyncClient, database: Database, queue: RecordingQueue
) -> None:
    assert (await send_event(client, make_event("radar.early_fraud_warning.created", {"id": "x"}))).status_code == 200
    (row,) = await events(database)
    assert (row.status, row.processed, queue.messages) == (EventStatus.IGNORED, True, [])
    assert row.error_message == "nobody handles this type"


async def test_texts_that_jsonb_cannot_hold_do_not_lose_the_event(
    client: httpx.AsyncClient, database: Database
) -> None:
    body = make_event("invoice.paid", {"id": "in_1", "customer_name": "a\x00b \ud800 c", "k\x00": ["\x00"]})
    assert b"\\u0000" in body
    answer = await send_event(client, body)
    assert answer.status_code == 200, answer.text
    (row,) = await events(database)
    assert row.payload["data"] == {
        "object": {"id": "in_1", "customer_name": "a\ufffdb \ufffd c", "k\ufffd": ["\ufffd"]}
    }


class Failing:
    """A handler that raises what it is told to."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def fetch(self, event: ReceivedEvent) -> None:
        raise self.error

    async def apply(self, session: Session, event: ReceivedEvent, fetched: object) -> None:
        raise AssertionError("nothing was fetched")


async def test_events_that_fail_come_again_and_end_with_a_person(
    client: httpx.AsyncClient, database: Database, clock: FixedClock
) -> None:
    drain = drain_with(database, clock, Failing(RuntimeError("key sk_test_hunter2 refused")))
    await send_event(client, PAID)
    (row,) = await events(database)
    pauses: list[float] = []
    for attempt in range(1, RETRY.max_failures + 1):
        await drain.run()
        (row,) = await events(database)
        assert row.attempts == attempt
        assert row.processed is False
        if row.next_attempt_at is not None:
            pauses.append((row.next_attempt_at - clock.now()).total_seconds())
            clock.set(row.next_attempt_at)
    assert row.status is EventStatus.FAILED
    assert row.error_message is not None
    assert "hunter2" not in row.error_message
    assert max(pauses) <= 1800
    assert pauses[-1] > pauses[0]
    clock.advance(RETRY.longest)
    await drain.run()
    assert (await events(database))[0].attempts == RETRY.max_failures


async def test_what_means_nothing_to_us_is_ignored_with_the_reason(
    client: httpx.AsyncClient, database: Database, clock: FixedClock
) -> None:
    await send_event(client, PAID)
    await drain_with(database, clock, Failing(TryLater("not yet", after=600))).run()
    (row,) = await events(database)
    assert row.next_attempt_at is not None
    assert (row.next_attempt_at - clock.now()).total_seconds() >= 600
    clock.set(row.next_attempt_at)
    await drain_with(database, clock, Failing(Ignore("no order of ours"))).run()
    (row,) = await events(database)
    assert (row.status, row.processed, row.error_message) == (EventStatus.IGNORED, True, "no order of ours")
    assert row.processed_at == clock.now()
