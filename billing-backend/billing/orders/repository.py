"""All SQL about orders and their steps."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, or_, select, update

from billing.kit.db import Session
from billing.kit.pagination import keyset
from billing.orders.models import FulfillmentAttempt, FulfillmentStep, Order, OrderItem, OrderStatus, StepStatus

_CLAIMABLE = (StepStatus.PENDING, StepStatus.WAITING)

# Built once: on the way of every order these run more often than all others.
_ORDER = select(Order).where(Order.id == bindparam("order_id"))
# The key is left alone: an invoice that refers to the order may be written meanwhile, by another event.
_LOCKED_ORDER = _ORDER.with_for_update(key_share=True).execution_options(populate_existing=True)
_ITEMS = select(OrderItem).where(OrderItem.order_id == bindparam("order_id")).order_by(OrderItem.position)
_STEPS = (
    select(FulfillmentStep).where(FulfillmentStep.order_id == bindparam("order_id")).order_by(FulfillmentStep.position)
)
_CLAIMED_STEP = (
    select(FulfillmentStep)
    .where(
        FulfillmentStep.id == bindparam("step_id"),
        FulfillmentStep.status == StepStatus.RUNNING,
        FulfillmentStep.attempts == bindparam("attempt"),
    )
    .with_for_update()
    .execution_options(populate_existing=True)
)


_NOW = bindparam("now", type_=FulfillmentStep.next_attempt_at.type)
_CLAIM_STEP = (
    update(FulfillmentStep)
    .where(
        FulfillmentStep.id
        == select(FulfillmentStep.id)
        .where(
            FulfillmentStep.id == bindparam("step_id"),
            or_(
                and_(FulfillmentStep.status.in_(_CLAIMABLE), FulfillmentStep.next_attempt_at <= _NOW),
                and_(FulfillmentStep.status == StepStatus.RUNNING, FulfillmentStep.lease_until < _NOW),
            ),
        )
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    .values(
        status=StepStatus.RUNNING,
        attempts=FulfillmentStep.attempts + 1,
        lease_until=bindparam("until"),
        started_at=_NOW,
    )
    .returning(FulfillmentStep)
    .execution_options(populate_existing=True, synchronize_session=False)
)
_CLOSE_ATTEMPT = (
    update(FulfillmentAttempt)
    .where(FulfillmentAttempt.step_id == bindparam("of_step"), FulfillmentAttempt.number == bindparam("of_attempt"))
    .values(
        finished_at=bindparam("at"), outcome=bindparam("came_to"), error_code=bindparam("code"), error=bindparam("text")
    )
    .execution_options(synchronize_session=False)
)


async def get_order(session: Session, order_id: uuid.UUID, user_id: uuid.UUID | None = None) -> Order | None:
    """Return the order; with `user_id` only if it is that customer's."""
    order = (await session.execute(_ORDER, {"order_id": order_id})).scalar_one_or_none()
    return None if order is None or user_id not in {None, order.user_id} else order


async def lock_order(session: Session, order_id: uuid.UUID) -> Order | None:
    return (await session.execute(_LOCKED_ORDER, {"order_id": order_id})).scalar_one_or_none()


async def list_orders(session: Session, user_id: uuid.UUID, cursor: str | None, limit: int) -> Sequence[Order]:
    statement = keyset(select(Order).where(Order.user_id == user_id), Order.id, cursor, limit)
    return (await session.execute(statement)).scalars().all()


async def items_of(session: Session, order_id: uuid.UUID) -> Sequence[OrderItem]:
    return (await session.execute(_ITEMS, {"order_id": order_id})).scalars().all()


async def steps_of(session: Session, order_id: uuid.UUID) -> Sequence[FulfillmentStep]:
    return (await session.execute(_STEPS, {"order_id": order_id})).scalars().all()


async def list_items(session: Session, order_ids: Sequence[uuid.UUID]) -> Sequence[OrderItem]:
    statement = select(OrderItem).where(OrderItem.order_id.in_(order_ids)).order_by(OrderItem.position)
    return (await session.execute(statement)).scalars().all()


async def list_steps(session: Session, order_ids: Sequence[uuid.UUID]) -> Sequence[FulfillmentStep]:
    statement = (
        select(FulfillmentStep).where(FulfillmentStep.order_id.in_(order_ids)).order_by(FulfillmentStep.position)
    )
    return (await session.execute(statement)).scalars().all()


async def get_step(session: Session, step_id: uuid.UUID) -> FulfillmentStep | None:
    return await session.get(FulfillmentStep, step_id)


async def claim_step(
    session: Session, step_id: uuid.UUID, *, now: datetime, lease: timedelta
) -> FulfillmentStep | None:
    """Take the step if it is due or its holder's lease ran out; return None when somebody else has it.

    One statement, so two claims can't both win, and the loser doesn't wait for the winner. `attempts` is the fencing
    token: whoever finishes must still hold it.
    """
    values = {"step_id": step_id, "now": now, "until": now + lease}
    return (await session.execute(_CLAIM_STEP, values)).scalar_one_or_none()


async def lock_claimed_step(session: Session, step_id: uuid.UUID, attempt: int) -> FulfillmentStep | None:
    """Return the step locked if this attempt still holds it."""
    values = {"step_id": step_id, "attempt": attempt}
    return (await session.execute(_CLAIMED_STEP, values)).scalar_one_or_none()


async def lock_attention_step(session: Session, step_id: uuid.UUID) -> FulfillmentStep | None:
    statement = (
        select(FulfillmentStep)
        .where(FulfillmentStep.id == step_id, FulfillmentStep.status == StepStatus.NEEDS_ATTENTION)
        .with_for_update()
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def list_due_steps(session: Session, *, now: datetime, settled: datetime, limit: int) -> list[uuid.UUID]:
    """Return steps that were due before `settled`, and those whose lease ran out before `now`."""
    due = select(FulfillmentStep.id).where(
        FulfillmentStep.status.in_(_CLAIMABLE), FulfillmentStep.next_attempt_at <= settled
    )
    left = select(FulfillmentStep.id).where(
        FulfillmentStep.status == StepStatus.RUNNING, FulfillmentStep.lease_until < now
    )
    return list((await session.execute(due.union_all(left).limit(limit))).scalars())


async def list_attention(session: Session, cursor: str | None, limit: int) -> Sequence[FulfillmentStep]:
    statement = select(FulfillmentStep).where(FulfillmentStep.status == StepStatus.NEEDS_ATTENTION)
    return (await session.execute(keyset(statement, FulfillmentStep.id, cursor, limit))).scalars().all()


async def list_attempts(session: Session, step_id: uuid.UUID) -> Sequence[FulfillmentAttempt]:
    statement = select(FulfillmentAttempt).where(FulfillmentAttempt.step_id == step_id).order_by(FulfillmentAttempt.id)
    return (await session.execute(statement)).scalars().all()


async def close_attempt(
    session: Session, step: FulfillmentStep, at: datetime, error: tuple[str, str] | None = None
) -> None:
    """Write down how the attempt that holds the step ended: the status it gave the step, and its (code, message)."""
    code, message = error or (None, None)
    values = {"of_step": step.id, "of_attempt": step.attempts, "at": at, "came_to": step.status}
    await session.execute(_CLOSE_ATTEMPT, {**values, "code": code, "text": message})


async def list_payment_checks(session: Session, now: datetime, limit: int) -> list[uuid.UUID]:
    """Return open orders whose payment should be asked about."""
    statement = (
        select(Order.id)
        .where(Order.status == OrderStatus.AWAITING_PAYMENT, Order.next_payment_check_at <= now)
        .order_by(Order.next_payment_check_at)
        .limit(limit)
    )
    return list((await session.execute(statement)).scalars())
