"""All SQL about subscriptions and their changes."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, or_, select, update

from billing.kit.db import Session
from billing.kit.pagination import keyset
from billing.subscriptions.models import OPEN_CHANGE, ChangeStatus, Subscription, SubscriptionChange

# Locks leave the key alone: an invoice that refers to the row can be written beside them, by another event.
# Built once: each event of a subscription runs it.
_BY_STRIPE_ID = (
    select(Subscription)
    .where(Subscription.stripe_subscription_id == bindparam("stripe_id"))
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)


async def get_own(session: Session, subscription_id: uuid.UUID, user_id: uuid.UUID) -> Subscription | None:
    statement = select(Subscription).where(Subscription.id == subscription_id, Subscription.user_id == user_id)
    return (await session.execute(statement)).scalar_one_or_none()


async def lock(session: Session, subscription_id: uuid.UUID) -> Subscription:
    """Return a subscription we know to be there, locked until the commit."""
    statement = select(Subscription).where(Subscription.id == subscription_id).with_for_update(key_share=True)
    return (await session.execute(statement.execution_options(populate_existing=True))).scalar_one()


async def lock_by_stripe_id(session: Session, stripe_subscription_id: str) -> Subscription | None:
    return (await session.execute(_BY_STRIPE_ID, {"stripe_id": stripe_subscription_id})).scalar_one_or_none()


async def list_own(session: Session, user_id: uuid.UUID, cursor: str | None, limit: int) -> Sequence[Subscription]:
    statement = keyset(select(Subscription).where(Subscription.user_id == user_id), Subscription.id, cursor, limit)
    return (await session.execute(statement)).scalars().all()


async def has_any(session: Session, user_id: uuid.UUID) -> bool:
    """Tell whether the customer ever began to pay for a subscription, or tried one for free."""
    statement = select(Subscription.id).where(Subscription.user_id == user_id, Subscription.license_id.is_not(None))
    return (await session.execute(statement.limit(1))).scalar_one_or_none() is not None


async def list_running(session: Session, user_id: uuid.UUID) -> Sequence[Subscription]:
    """Return the customer's subscriptions that are not over and may be charged again."""
    statement = select(Subscription).where(Subscription.user_id == user_id, Subscription.license_id.is_not(None))
    return [row for row in (await session.execute(statement)).scalars() if not row.is_over]


async def get_own_change(session: Session, change_id: uuid.UUID, user_id: uuid.UUID) -> SubscriptionChange | None:
    statement = select(SubscriptionChange).where(
        SubscriptionChange.id == change_id, SubscriptionChange.user_id == user_id
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def lock_change(session: Session, change_id: uuid.UUID) -> SubscriptionChange:
    """Return a change we know to be there, locked until the commit."""
    statement = select(SubscriptionChange).where(SubscriptionChange.id == change_id).with_for_update(key_share=True)
    return (await session.execute(statement.execution_options(populate_existing=True))).scalar_one()


async def lock_open_change(session: Session, subscription_id: uuid.UUID) -> SubscriptionChange | None:
    """Return the change that waits to take effect, locked until the commit; there is one at most."""
    statement = select(SubscriptionChange).where(
        SubscriptionChange.subscription_id == subscription_id, SubscriptionChange.status.in_(OPEN_CHANGE)
    )
    return (await session.execute(statement.with_for_update(key_share=True))).scalar_one_or_none()


async def list_open_changes(
    session: Session, subscription_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, SubscriptionChange]:
    """Return by subscription the change that waits to take effect."""
    statement = select(SubscriptionChange).where(
        SubscriptionChange.subscription_id.in_(subscription_ids), SubscriptionChange.status.in_(OPEN_CHANGE)
    )
    return {row.subscription_id: row for row in (await session.execute(statement)).scalars()}


async def list_due_changes(
    session: Session, *, confirmed_before: datetime, effective_before: datetime, limit: int
) -> Sequence[uuid.UUID]:
    """Return changes that somebody left halfway, and those whose time has come."""
    statement = select(SubscriptionChange.id).where(
        or_(
            (SubscriptionChange.status == ChangeStatus.CONFIRMED)
            & (SubscriptionChange.confirmed_at <= confirmed_before),
            (SubscriptionChange.status == ChangeStatus.SCHEDULED)
            & (SubscriptionChange.from_interval != SubscriptionChange.to_interval)
            & (SubscriptionChange.effective_at <= effective_before),
        )
    )
    return (await session.execute(statement.order_by(SubscriptionChange.id).limit(limit))).scalars().all()


async def list_unfinished_ends(session: Session, before: datetime, limit: int) -> Sequence[uuid.UUID]:
    """Return subscriptions whose end somebody left halfway."""
    statement = select(Subscription.id).where(Subscription.end_requested_at <= before).limit(limit)
    return (await session.execute(statement)).scalars().all()


async def drop_stale_quotes(session: Session, before: datetime) -> int:
    """Mark quotes that nobody took; return how many."""
    statement = (
        update(SubscriptionChange)
        .where(SubscriptionChange.status == ChangeStatus.QUOTED, SubscriptionChange.expires_at <= before)
        .values(status=ChangeStatus.EXPIRED)
        .returning(SubscriptionChange.id)
    )
    return len((await session.execute(statement)).all())
