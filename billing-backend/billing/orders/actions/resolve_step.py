"""What a person can do with a step that needs attention."""

import uuid
from datetime import datetime

from billing.audit.service import record
from billing.kit.db import Session
from billing.orders import repository
from billing.orders.actions.finish_step import DELIVERING, RUN_TASK, advance
from billing.orders.errors import StepNotFound, StepNotInAttention
from billing.orders.models import FulfillmentAttempt, FulfillmentStep, OrderItem, StepStatus
from service_kit.clock import Clock


async def _lock(session: Session, step_id: uuid.UUID) -> FulfillmentStep:
    """Return the step with its order locked; raises `StepNotFound`, `StepNotInAttention`."""
    step = await repository.get_step(session, step_id)
    if step is None:
        raise StepNotFound
    await repository.lock_order(session, step.order_id)
    locked = await repository.lock_attention_step(session, step_id)
    if locked is None:
        raise StepNotInAttention
    return locked


async def _write_down(
    session: Session, step: FulfillmentStep, action: str, actor: uuid.UUID | None, at: datetime
) -> None:
    session.add(
        FulfillmentAttempt(
            step_id=step.id,
            user_id=step.user_id,
            number=0,
            started_at=at,
            finished_at=at,
            outcome=action,
            error_code=step.last_error_code,
            error=step.last_error,
            actor_user_id=actor,
        )
    )
    await record(
        session,
        actor_user_id=actor,
        action=f"fulfillment_step.{action}",
        object_type="fulfillment_step",
        object_id=step.id,
        before={"status": StepStatus.NEEDS_ATTENTION, "error": step.last_error_code},
    )


async def retry_step(session: Session, clock: Clock, step_id: uuid.UUID, *, actor: uuid.UUID | None) -> FulfillmentStep:
    """Let the step start over. Raises `StepNotFound`, `StepNotInAttention`."""
    step = await _lock(session, step_id)
    now = clock.now()
    await _write_down(session, step, "retried", actor, now)
    step.retry_now(now)
    await session.flush()
    session.enqueue(RUN_TASK, str(step.id))
    return step


async def resolve_step(
    session: Session, clock: Clock, step_id: uuid.UUID, *, actor: uuid.UUID | None, note: str, delivered: bool
) -> FulfillmentStep:
    """End the step by hand: `delivered` says that its effect was brought about otherwise, else it is skipped.

    Raises `StepNotFound`, `StepNotInAttention`.
    """
    step = await _lock(session, step_id)
    now = clock.now()
    await _write_down(session, step, "resolved", actor, now)
    step.end(StepStatus.DONE if delivered else StepStatus.SKIPPED, now, {"resolved_by_hand": note})
    item = await session.get(OrderItem, step.order_item_id) if step.order_item_id else None
    if delivered and item is not None and step.kind in DELIVERING:
        item.mark_delivered()
    await session.flush()
    order = await repository.lock_order(session, step.order_id)
    assert order is not None
    await advance(session, order, now)
    return step
