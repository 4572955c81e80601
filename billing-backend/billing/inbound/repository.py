import json
import re
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import JSONB

from billing.inbound.models import EventSource, EventStatus, WebhookEvent
from billing.inbound.ports import UNHANDLED, EventHandlers, ReceivedEvent, VerifiedEvent
from billing.kit.db import Database, Session
from billing.kit.pagination import keyset
from service_kit.ids import uuid7

_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
# How JSON writes them; half a pair can't be told from a whole one here, so both are looked at.
_ESCAPED_UNSTORABLE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")

# One statement for any number of events: it costs one round trip and one commit.
_STORE = text(
    """
    INSERT INTO webhook_events (id, source, external_id, event_type, api_version, payload, status, processed,
                                processed_at, attempts, next_attempt_at, error_message)
    SELECT id, :source, external_id, event_type, api_version, payload::jsonb,
           CASE WHEN handled THEN 'received' ELSE 'ignored' END, NOT handled,
           CASE WHEN NOT handled THEN CAST(:at AS timestamptz) END, 0, CAST(:at AS timestamptz),
           CASE WHEN NOT handled THEN CAST(:unhandled AS text) END
      FROM unnest(CAST(:ids AS uuid[]), CAST(:external_ids AS text[]), CAST(:types AS text[]),
                  CAST(:versions AS text[]), CAST(:payloads AS text[]), CAST(:handled AS boolean[]))
           AS event (id, external_id, event_type, api_version, payload, handled)
    ON CONFLICT (source, external_id) DO NOTHING RETURNING id
    """
)
_CLAIM = text(
    """
    UPDATE webhook_events SET next_attempt_at = :until WHERE id IN (
      SELECT id FROM webhook_events WHERE status = 'received' AND next_attempt_at <= :now
       ORDER BY next_attempt_at LIMIT :most FOR UPDATE SKIP LOCKED)
    RETURNING id, external_id, event_type, payload #> '{data,object}' AS object, created_at
    """
).columns(object=JSONB)
_MARK_PROCESSED = text(
    """
    UPDATE webhook_events SET status = 'processed', processed = true, processed_at = :at, error_message = NULL
     WHERE id = ANY(CAST(:ids AS uuid[])) AND status = 'received' RETURNING id
    """
)
_MARK_IGNORED = text(
    """
    UPDATE webhook_events SET status = 'ignored', processed = true, processed_at = :at, error_message = :reason
     WHERE id = ANY(CAST(:ids AS uuid[])) AND status = 'received'
    """
)


def storable(value: Any) -> Any:
    """Return a JSON value with what JSONB can't hold (NUL, half of a surrogate pair) replaced by U+FFFD.

    An event that could not be stored would be lost: the sender gives up one day.
    """
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {storable(name): storable(member) for name, member in value.items()}
    return [storable(member) for member in value] if isinstance(value, list) else value


def as_jsonb(text: str) -> str:
    """Return a JSON text as JSONB takes it: the text itself, unless it holds what `storable` replaces."""
    return json.dumps(storable(json.loads(text))) if _ESCAPED_UNSTORABLE.search(text) else text


async def store(
    database: Database, source: EventSource, events: Sequence[VerifiedEvent], handlers: EventHandlers, at: datetime
) -> list[bool]:
    """Insert events, each once, and commit; return for each whether it is new.

    Those that nobody handles are ignored on the spot: most of what can be sent is such.
    """
    rows = [(uuid7(), event, handlers.get(event.type) is not None) for event in events]
    # In one order everywhere: two processes that store the same events would else wait for each other.
    ordered = sorted(rows, key=lambda row: row[1].external_id)
    values = {
        "source": source,
        "at": at,
        "unhandled": UNHANDLED,
        "ids": [row_id for row_id, _, _ in ordered],
        "external_ids": [event.external_id for _, event, _ in ordered],
        "types": [event.type for _, event, _ in ordered],
        "versions": [event.api_version for _, event, _ in ordered],
        "payloads": [as_jsonb(event.text) for _, event, _ in ordered],
        "handled": [is_handled for _, _, is_handled in ordered],
    }
    inserted = {row.id for row in await database.run_alone(_STORE, values)}
    return [row_id in inserted for row_id, _, _ in rows]


async def claim(database: Database, now: datetime, lease: timedelta, limit: int) -> list[ReceivedEvent]:
    """Take up to `limit` events that are due for `lease`, and commit; oldest first."""
    values = {"now": now, "until": now + lease, "most": limit}
    events = [
        ReceivedEvent(
            id=str(row.id),
            external_id=row.external_id,
            type=row.event_type,
            object=row.object if isinstance(row.object, dict) else {},
            created_at=row.created_at,
        )
        for row in await database.run_alone(_CLAIM, values)
    ]
    return sorted(events, key=lambda event: event.id)


async def mark_processed(session: Session, ids: Sequence[uuid.UUID], at: datetime) -> bool:
    """Mark what is not processed yet of `ids`, locked until the commit; False when there is nothing left."""
    return bool((await session.execute(_MARK_PROCESSED, {"ids": ids, "at": at})).all())


async def mark_ignored(database: Database, ids: Sequence[uuid.UUID], at: datetime, reason: str) -> None:
    """Mark what is not processed yet of `ids` as meaning nothing to us, and commit."""
    await database.run_alone(_MARK_IGNORED, {"ids": ids, "at": at, "reason": reason})


async def get(session: Session, event_id: uuid.UUID) -> WebhookEvent | None:
    return await session.get(WebhookEvent, event_id)


async def lock_unprocessed(session: Session, ids: Sequence[uuid.UUID]) -> Sequence[WebhookEvent]:
    """Return the events of `ids` that are neither processed nor worked on by somebody else right now, locked."""
    statement = (
        select(WebhookEvent)
        .where(WebhookEvent.id.in_(ids), WebhookEvent.status == EventStatus.RECEIVED)
        .with_for_update(skip_locked=True)
    )
    return (await session.execute(statement)).scalars().all()


async def count_due(session: Session, now: datetime) -> int:
    statement = select(func.count()).where(
        WebhookEvent.status == EventStatus.RECEIVED, WebhookEvent.next_attempt_at <= now
    )
    return (await session.execute(statement)).scalar_one()


async def list_events(
    session: Session, status: EventStatus | None, cursor: str | None, limit: int
) -> Sequence[WebhookEvent]:
    statement = select(WebhookEvent)
    if status is not None:
        statement = statement.where(WebhookEvent.status == status)
    return (await session.execute(keyset(statement, WebhookEvent.id, cursor, limit))).scalars().all()


async def lock(session: Session, event_id: uuid.UUID) -> WebhookEvent | None:
    statement = select(WebhookEvent).where(WebhookEvent.id == event_id).with_for_update()
    return (await session.execute(statement)).scalar_one_or_none()
