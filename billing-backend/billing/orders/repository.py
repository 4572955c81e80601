"""All SQL about orders and their steps."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select, update

from billing.kit.db import Session
from billing.kit.pagination import keyset
from billing.orders.models import FulfillmentAttempt, FulfillmentStep, Order, OrderItem, OrderStatus, StepStatus

_CLAIMABLE = (StepStatus.PENDING, StepStatus.WAITING)


async def get_order(session: Session, order_id: uuid.UUID, user_id: uuid.UUID | None = None) -> Order | None:
    """Return the order; with `user_id` only if it is that customer's."""
    statement = select(Order).where(Order.id == order_id)
    if user_id is not None:
        statement = statement.where(Order.user_id == user_id)
    return (await session.execute(statement)).scalar_one_or_none()


async def lock_order(session: Session, order_id: uuid.UUID) -> Order | None:
    statement = select(Order).where(Order.id == order_id).with_for_update().execution_options(populate_existing=True)
    return (await session.execute(statement)).scalar_one_or_none()


async def list_orders(session: Session, user_id: uuid.UUID, cursor: str | None, limit: int) -> Sequence[Order]:
    statement = keyset(select(Order).where(Order.user_id == user_id), Order.id, cursor, limit)
    return (await session.execute(statement)).scalars().all()


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
    is_free = or_(
        and_(FulfillmentStep.status.in_(_CLAIMABLE), FulfillmentStep.next_attempt_at <= now),
        and_(FulfillmentStep.status == StepStatus.RUNNING, FulfillmentStep.lease_until < now),
    )
    free = select(FulfillmentStep.id).where(FulfillmentStep.id == step_id, is_free).with_for_update(skip_locked=True)
    statement = (
        update(FulfillmentStep)
        .where(FulfillmentStep.id == free.scalar_subquery())
        .values(
            status=StepStatus.RUNNING,
            attempts=FulfillmentStep.attempts + 1,
            lease_until=now + lease,
            started_at=now,
        )
        .returning(FulfillmentStep)
        .execution_options(populate_existing=True, synchronize_session=False)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def lock_claimed_step(session: Session, step_id: uuid.UUID, attempt: int) -> FulfillmentStep | None:
    """Return the step locked if this attempt still holds it."""
    statement = (
        select(FulfillmentStep)
        .where(
            FulfillmentStep.id == step_id,
            FulfillmentStep.status == StepStatus.RUNNING,
            FulfillmentStep.attempts == attempt,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.execute(statement)).scalar_one_or_none()


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


async def latest_attempt(session: Session, step_id: uuid.UUID, number: int) -> FulfillmentAttempt | None:
    statement = (
        select(FulfillmentAttempt)
        .where(FulfillmentAttempt.step_id == step_id, FulfillmentAttempt.number == number)
        .order_by(FulfillmentAttempt.id.desc())
        .limit(1)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def list_payment_checks(session: Session, now: datetime, limit: int) -> list[uuid.UUID]:
    """Return open orders whose payment should be asked about."""
    statement = (
        select(Order.id)
        .where(Order.status == OrderStatus.AWAITING_PAYMENT, Order.next_payment_check_at <= now)
        .order_by(Order.next_payment_check_at)
        .limit(limit)
    )
    return list((await session.execute(statement)).scalars())
