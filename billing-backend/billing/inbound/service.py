"""Received events for staff. How they come in is `inbox`, what becomes of them `drain`."""

import uuid

from billing.inbound import repository
from billing.inbound.errors import EventNotFailed, EventNotFound
from billing.inbound.inbox import DRAIN_TASK
from billing.inbound.models import EventStatus, WebhookEvent
from billing.kit.db import Session
from service_kit.clock import Clock


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
    session.enqueue(DRAIN_TASK)
    return row
