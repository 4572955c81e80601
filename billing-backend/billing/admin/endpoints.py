"""Received events for staff: what came, what became of it, and a way to take a failed one up again."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from billing.accounts.dependencies import CurrentPrincipal, StaffSession, require
from billing.accounts.exports import StaffExport
from billing.accounts.permissions import Permission
from billing.admin.journal_repository import EventFilter
from billing.audit.service import record
from billing.inbound import service as inbound
from billing.inbound.errors import EventNotFailed, EventNotFound
from billing.inbound.models import WebhookEvent
from billing.inbound.schemas import EventDetail, EventOut
from billing.kit.container import provided
from billing.kit.csv_export import CSV_ANSWER
from billing.kit.listing import page_of
from billing.kit.pagination import Cursor, InvalidCursor, Limit, Page
from service_kit.clock import Clock
from service_kit.errors import Forbidden, Unauthenticated
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1/admin", tags=["staff"], responses=responses(Unauthenticated, Forbidden))

Wanted = Annotated[EventFilter, Depends()]


@router.get(
    "/webhook-events",
    dependencies=[Depends(require(Permission.WEBHOOKS_READ))],
    responses=responses(InvalidCursor),
)
async def list_webhook_events(
    session: StaffSession, wanted: Wanted, cursor: Cursor = None, limit: Limit = 50
) -> Page[EventOut]:
    """List received events, newest first; `status=failed` are those that nothing will try again by itself."""
    return await page_of(session, EventOut, wanted.statement(), WebhookEvent.id, cursor, limit)


@router.get(
    "/webhook-events.csv",
    dependencies=[Depends(require(Permission.WEBHOOKS_READ))],
    response_class=StreamingResponse,
    responses=CSV_ANSWER,
)
async def export_webhook_events(export: StaffExport, wanted: Wanted) -> StreamingResponse:
    """Download the list of received events."""
    return await export.csv("webhook-events", EventOut, wanted.statement(), WebhookEvent.id)


@router.get(
    "/webhook-events/{event_id}",
    dependencies=[Depends(require(Permission.WEBHOOKS_READ))],
    responses=responses(EventNotFound),
)
async def get_webhook_event(event_id: uuid.UUID, session: StaffSession) -> EventDetail:
    """Show a received event with its payload."""
    return EventDetail.model_validate(await inbound.get_event_or_raise(session, event_id))


@router.post(
    "/webhook-events/{event_id}/replay",
    dependencies=[Depends(require(Permission.WEBHOOKS_REPLAY))],
    responses=responses(EventNotFound, EventNotFailed),
)
async def replay_webhook_event(
    event_id: uuid.UUID,
    session: StaffSession,
    principal: CurrentPrincipal,
    clock: Annotated[Clock, Depends(provided(Clock))],
) -> EventOut:
    """Take a failed event up again. One that was processed can't be: its effect is there."""
    event = await inbound.replay(session, clock, event_id)
    await record(
        session,
        actor_user_id=principal.user_id,
        action="webhook_event.replayed",
        object_type="webhook_event",
        object_id=event.id,
    )
    return EventOut.model_validate(event)
