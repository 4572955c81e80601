"""Take events in, and process each exactly once."""

import random
import uuid
from datetime import timedelta

from billing.inbound import repository
from billing.inbound.errors import EventNotFailed, EventNotFound
from billing.inbound.models import EventSource, EventStatus, WebhookEvent
from billing.inbound.ports import EventHandlers, Ignore, ReceivedEvent, TryLater, VerifiedEvent
from billing.inbound.schemas import EventOut
from billing.kit.db import Database, Session, Subject
from billing.kit.pagination import Page, cut
from service_kit.clock import Clock
from service_kit.logs import get_logger, mask

log = get_logger(__name__)

PROCESS_TASK = "inbound.process"
UNHANDLED = "nobody handles this type"
MAX_ATTEMPTS = 15
FIRST_BACKOFF = timedelta(seconds=2)
LONGEST_BACKOFF = timedelta(minutes=30)


async def receive(session: Session, handlers: EventHandlers, clock: Clock, event: VerifiedEvent) -> bool:
    """Store a verified event and have it processed soon; return whether it is new.

    An event of a type that nobody handles is ignored on the spot: most of what Stripe can send is such.
    """
    row_id = await repository.store(session, EventSource.STRIPE, event, clock.now())
    if row_id is None:
        return False
    if handlers.get(event.type) is None:
        row = await repository.get(session, row_id)
        assert row is not None
        row.mark_ignored(clock.now(), UNHANDLED)
    else:
        session.enqueue(PROCESS_TASK, str(row_id))
    return True


def _received(row: WebhookEvent) -> ReceivedEvent:
    data = row.payload.get("data")
    snapshot = data.get("object") if isinstance(data, dict) else None
    return ReceivedEvent(
        id=str(row.id),
        external_id=row.external_id,
        type=row.event_type,
        object=snapshot if isinstance(snapshot, dict) else {},
        created_at=row.created_at,
    )


def backoff(attempts: int, first: timedelta, longest: timedelta) -> timedelta:
    """Return the pause after `attempts` failures: doubling, capped, with jitter so that a herd spreads out."""
    pause = min(first.total_seconds() * 2 ** min(attempts, 20), longest.total_seconds())
    return timedelta(seconds=pause * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, not a secret


async def process(database: Database, handlers: EventHandlers, clock: Clock, event_id: uuid.UUID) -> None:
    """Process a stored event, unless it is done or being done. Never raises for a failing handler."""
    async with database.transaction(Subject.system()) as session:
        row = await repository.get(session, event_id)
        if row is None or row.processed:
            return
        event = _received(row)
    handler = handlers.get(event.type)
    try:
        if handler is None:
            raise Ignore(UNHANDLED)
        fetched = await handler.fetch(event)
        async with database.transaction(Subject.system()) as session:
            row = await repository.lock_unprocessed(session, event_id)
            if row is None:
                return
            await handler.apply(session, event, fetched)
            row.mark_processed(clock.now())
        log.info("event processed", event_id=event.external_id, type=event.type)
    except Ignore as reason:
        await _note(database, clock, event_id, reason)
    except Exception as error:  # noqa: BLE001 - whatever went wrong, the event must not be lost
        await _note(database, clock, event_id, error)


async def _note(database: Database, clock: Clock, event_id: uuid.UUID, outcome: Exception) -> None:
    async with database.transaction(Subject.system()) as session:
        row = await repository.lock_unprocessed(session, event_id)
        if row is None:
            return
        message = str(mask(f"{type(outcome).__name__}: {outcome}"))[:2000]
        if isinstance(outcome, Ignore):
            row.mark_ignored(clock.now(), str(outcome))
        elif row.attempts + 1 >= MAX_ATTEMPTS:
            log.error("event failed for good", event_id=row.external_id, type=row.event_type, error=message)
            row.mark_failed(message)
        else:
            pause = backoff(row.attempts, FIRST_BACKOFF, LONGEST_BACKOFF)
            if isinstance(outcome, TryLater):
                pause = max(pause, timedelta(seconds=outcome.after))
            else:
                log.warning("event postponed", event_id=row.external_id, type=row.event_type, error=message)
            row.postpone(clock.now() + pause, message)


async def list_events(session: Session, status: EventStatus | None, cursor: str | None, limit: int) -> Page[EventOut]:
    rows, next_cursor = cut(await repository.list_events(session, status, cursor, limit), limit)
    return Page(items=[EventOut.model_validate(row) for row in rows], next_cursor=next_cursor)


async def get_event_or_raise(session: Session, event_id: uuid.UUID) -> WebhookEvent:
    """Return the event; raises `EventNotFound`."""
    row = await repository.get(session, event_id)
    if row is None:
        raise EventNotFound
    return row


async def replay(session: Session, clock: Clock, event_id: uuid.UUID) -> WebhookEvent:
    """Let a failed event be processed again; raises `EventNotFound`, `EventNotFailed`."""
    row = await repository.lock(session, event_id)
    if row is None:
        raise EventNotFound
    if row.status is not EventStatus.FAILED:
        raise EventNotFailed(extra={"event_status": row.status})
    row.replay(clock.now())
    await session.flush()
    session.enqueue(PROCESS_TASK, str(row.id))
    return row
