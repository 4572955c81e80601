"""Orders for their customers, and the steps that need a person for staff."""

import json
import uuid
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from billing.accounts.dependencies import CurrentPrincipal, CustomerSession, Principal, StaffSession, require
from billing.accounts.permissions import Permission
from billing.kit.container import provided
from billing.kit.db import Database, Subject
from billing.kit.live import LiveHints
from billing.kit.pagination import Cursor, InvalidCursor, Limit, Page
from billing.orders import service
from billing.orders.actions.resolve_step import resolve_step, retry_step
from billing.orders.errors import OrderNotFound, StepNotFound, StepNotInAttention
from billing.orders.models import OrderStatus
from billing.orders.schemas import AttentionStepOut, OrderOut, ResolveIn
from service_kit.clock import Clock
from service_kit.errors import Forbidden, Unauthenticated
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1", tags=["orders"])

POLL_SECONDS = 2.0
# An order changes several times in a moment while it is delivered; people see four pictures a second as live.
REST_SECONDS = 0.25
MOST_EVENTS = 900
# How a client's parser sees one event of the stream.
_EVENT = {
    "type": "object",
    "properties": {
        "event": {"enum": ["order", "end"]},
        "id": {"type": "string"},
        "data": {"type": "string", "description": "JSON: the order, or an empty object at the end."},
    },
    "required": ["event", "data"],
}
_SETTLED = frozenset({OrderStatus.FULFILLED, OrderStatus.REFUNDED, OrderStatus.EXPIRED})


@router.get("/orders", responses=responses(Unauthenticated, InvalidCursor))
async def list_orders(
    session: CustomerSession, principal: CurrentPrincipal, cursor: Cursor = None, limit: Limit = 20
) -> Page[OrderOut]:
    """List your orders, newest first."""
    return await service.list_orders(session, principal.user_id, cursor, limit)


@router.get("/orders/{order_id}", responses=responses(Unauthenticated, OrderNotFound))
async def get_order(order_id: uuid.UUID, session: CustomerSession, principal: CurrentPrincipal) -> OrderOut:
    """Show an order with its items and fulfillment steps."""
    order = await service.get_order_or_raise(session, order_id, principal.user_id)
    return (await service.show(session, [order]))[0]


async def _events(
    database: Database, hints: LiveHints, principal: Principal, order_id: uuid.UUID
) -> AsyncIterator[str]:
    """Yield the order whenever it changed, and a comment when it did not: proxies drop silent connections.

    No transaction is open while we wait.
    """
    last = ""
    count = 0
    channel = service.live_channel(order_id)
    async for _ in hints.watch(channel, poll_seconds=POLL_SECONDS, rest_seconds=REST_SECONDS):
        async with database.transaction(Subject.customer(principal.user_id)) as session:
            order = await service.get_order_or_raise(session, order_id, principal.user_id)
            shown = (await service.show(session, [order]))[0]
        data = json.dumps(shown.model_dump(mode="json"))
        if data != last:
            last = data
            yield f"event: order\nid: {count}\ndata: {data}\n\n"
        else:
            yield ": still here\n\n"
        count += 1
        if shown.status in _SETTLED or count >= MOST_EVENTS:
            yield "event: end\ndata: {}\n\n"
            return


@router.get(
    "/orders/{order_id}/events",
    response_class=StreamingResponse,
    responses={
        **responses(Unauthenticated, OrderNotFound),
        200: {"content": {"text/event-stream": {"schema": _EVENT}}},
    },
)
async def order_events(
    order_id: uuid.UUID,
    principal: CurrentPrincipal,
    database: Annotated[Database, Depends(provided(Database))],
    hints: Annotated[LiveHints, Depends(provided(LiveHints))],
) -> StreamingResponse:
    """Watch an order live (server-sent events).

    Each `order` event carries the whole order as `GET /orders/{id}` shows it; `end` comes when nothing will change any
    more. Reconnect at any time: the first event is the current state.
    """
    async with database.transaction(Subject.customer(principal.user_id)) as session:
        await service.get_order_or_raise(session, order_id, principal.user_id)
    return StreamingResponse(
        _events(database, hints, principal, order_id),
        media_type="text/event-stream",
        headers={"X-Accel-Buffering": "no"},
    )


@router.get(
    "/admin/attention",
    tags=["staff"],
    dependencies=[Depends(require(Permission.ORDERS_READ))],
    responses=responses(Unauthenticated, Forbidden, InvalidCursor),
)
async def list_attention(session: StaffSession, cursor: Cursor = None, limit: Limit = 50) -> Page[AttentionStepOut]:
    """List fulfillment steps that wait for a person, newest first."""
    return await service.list_attention(session, cursor, limit)


@router.get(
    "/admin/steps/{step_id}",
    tags=["staff"],
    dependencies=[Depends(require(Permission.ORDERS_READ))],
    responses=responses(Unauthenticated, Forbidden, StepNotFound),
)
async def get_step(step_id: uuid.UUID, session: StaffSession) -> AttentionStepOut:
    """Show a fulfillment step with the history of its attempts."""
    return await service.show_step(session, step_id)


@router.post(
    "/admin/steps/{step_id}/retry",
    tags=["staff"],
    dependencies=[Depends(require(Permission.ORDERS_RESOLVE))],
    responses=responses(Unauthenticated, Forbidden, StepNotFound, StepNotInAttention),
)
async def retry(
    step_id: uuid.UUID,
    session: StaffSession,
    principal: CurrentPrincipal,
    clock: Annotated[Clock, Depends(provided(Clock))],
) -> AttentionStepOut:
    """Let a step that needs attention start over."""
    await retry_step(session, clock, step_id, actor=principal.user_id)
    return await service.show_step(session, step_id)


@router.post(
    "/admin/steps/{step_id}/resolve",
    tags=["staff"],
    dependencies=[Depends(require(Permission.ORDERS_RESOLVE))],
    responses=responses(Unauthenticated, Forbidden, StepNotFound, StepNotInAttention),
)
async def resolve(
    step_id: uuid.UUID,
    body: ResolveIn,
    session: StaffSession,
    principal: CurrentPrincipal,
    clock: Annotated[Clock, Depends(provided(Clock))],
) -> AttentionStepOut:
    """End a step by hand, with a note that stays in its history."""
    await resolve_step(session, clock, step_id, actor=principal.user_id, note=body.note, delivered=body.delivered)
    return await service.show_step(session, step_id)
