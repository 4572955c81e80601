import re
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from billing.inbound.models import EventSource, EventStatus, WebhookEvent
from billing.inbound.ports import VerifiedEvent
from billing.kit.db import Session
from billing.kit.pagination import keyset
from service_kit.ids import uuid7

_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


def storable(value: Any) -> Any:
    """Return a JSON value with what JSONB can't hold (NUL, half of a surrogate pair) replaced by U+FFFD.

    An event that could not be stored would be lost: the sender gives up one day.
    """
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {storable(name): storable(member) for name, member in value.items()}
    return [storable(member) for member in value] if isinstance(value, list) else value


async def store(session: Session, source: EventSource, event: VerifiedEvent, at: datetime) -> uuid.UUID | None:
    """Insert the event once; return its row id, or None when it was there already."""
    statement = (
        insert(WebhookEvent)
        .values(
            id=uuid7(),
            source=source,
            external_id=event.external_id,
            event_type=event.type,
            api_version=event.api_version,
            payload=storable(event.payload),
            next_attempt_at=at,
        )
        .on_conflict_do_nothing(index_elements=["source", "external_id"])
        .returning(WebhookEvent.id)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def get(session: Session, event_id: uuid.UUID) -> WebhookEvent | None:
    return await session.get(WebhookEvent, event_id)


async def lock_unprocessed(session: Session, event_id: uuid.UUID) -> WebhookEvent | None:
    """Return the event locked, or None when it is processed already or somebody works on it right now."""
    statement = (
        select(WebhookEvent)
        .where(WebhookEvent.id == event_id, WebhookEvent.status == EventStatus.RECEIVED)
        .with_for_update(skip_locked=True)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def list_due(session: Session, now: datetime, limit: int) -> list[uuid.UUID]:
    statement = (
        select(WebhookEvent.id)
        .where(WebhookEvent.status == EventStatus.RECEIVED, WebhookEvent.next_attempt_at <= now)
        .order_by(WebhookEvent.next_attempt_at)
        .limit(limit)
    )
    return list((await session.execute(statement)).scalars())


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
