"""Reading orders; what changes them are the actions and the purchase flow."""

import uuid
from collections.abc import Sequence

from billing.kit.db import Session
from billing.kit.pagination import Page, cut
from billing.orders import repository
from billing.orders.errors import OrderNotFound, StepNotFound
from billing.orders.models import Order
from billing.orders.schemas import AttemptOut, AttentionStepOut, OrderOut


def live_channel(order_id: uuid.UUID) -> str:
    """Return the channel on which changes of an order are hinted at."""
    return f"order:{order_id}"


async def show(session: Session, orders: Sequence[Order]) -> list[OrderOut]:
    if len(orders) == 1:
        order = orders[0]
        order_items = await repository.items_of(session, order.id)
        return [OrderOut.of(order, order_items, await repository.steps_of(session, order.id))]
    ids = [order.id for order in orders]
    items = await repository.list_items(session, ids)
    steps = await repository.list_steps(session, ids)
    return [
        OrderOut.of(order, [i for i in items if i.order_id == order.id], [s for s in steps if s.order_id == order.id])
        for order in orders
    ]


async def get_order_or_raise(session: Session, order_id: uuid.UUID, user_id: uuid.UUID | None = None) -> Order:
    """Return the order; with `user_id` only that customer's. Raises `OrderNotFound`."""
    order = await repository.get_order(session, order_id, user_id)
    if order is None:
        raise OrderNotFound
    return order


async def list_orders(session: Session, user_id: uuid.UUID, cursor: str | None, limit: int) -> Page[OrderOut]:
    orders, next_cursor = cut(await repository.list_orders(session, user_id, cursor, limit), limit)
    return Page(items=await show(session, orders), next_cursor=next_cursor)


async def list_attention(session: Session, cursor: str | None, limit: int) -> Page[AttentionStepOut]:
    """Return the steps that wait for a person."""
    steps, next_cursor = cut(await repository.list_attention(session, cursor, limit), limit)
    return Page(items=[AttentionStepOut.model_validate(step) for step in steps], next_cursor=next_cursor)


async def show_step(session: Session, step_id: uuid.UUID) -> AttentionStepOut:
    """Return a step with its history; raises `StepNotFound`."""
    step = await repository.get_step(session, step_id)
    if step is None:
        raise StepNotFound
    shown = AttentionStepOut.model_validate(step)
    shown.history = [AttemptOut.of(attempt) for attempt in await repository.list_attempts(session, step_id)]
    return shown
