"""SQL over subscriptions and rates together."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from billing.accounts.models import User
from billing.flows.taxes.settle import AHEAD
from billing.kit.db import Session
from billing.subscriptions.models import Subscription, SubscriptionStatus
from billing.tax.determination import Treatment
from billing.tax.models import TaxRate

LIVE = (
    SubscriptionStatus.TRIALING,
    SubscriptionStatus.ACTIVE,
    SubscriptionStatus.PAST_DUE,
    SubscriptionStatus.UNPAID,
    SubscriptionStatus.PAUSED,
)


async def list_unsettled(
    session: Session, now: datetime, *, after: uuid.UUID | None, only_taxed: bool, limit: int
) -> Sequence[uuid.UUID]:
    """Return live subscriptions that renew soon and were not looked at for it, and those whose rate is over.

    By id, those beyond `after`; `only_taxed` leaves out what is untaxed, for a seller who collects nothing any more.
    """
    later = aliased(TaxRate)
    over = (
        select(TaxRate.id)
        .where(
            or_(
                TaxRate.valid_until_on <= now.date(),
                select(later.id)
                .where(
                    later.country == TaxRate.country,
                    later.region == TaxRate.region,
                    later.valid_from_on > TaxRate.valid_from_on,
                    later.valid_from_on <= now.date(),
                )
                .exists(),
            )
        )
        .scalar_subquery()
    )
    renews = (Subscription.current_period_end <= now + AHEAD) & or_(
        Subscription.tax_settled_until.is_(None), Subscription.tax_settled_until < Subscription.current_period_end
    )
    statement = (
        select(Subscription.id)
        .where(Subscription.status.in_(LIVE), or_(renews, Subscription.tax_rate_id.in_(over)))
        .order_by(Subscription.id)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(Subscription.id > after)
    if only_taxed:
        statement = statement.where(Subscription.tax_treatment != Treatment.UNTAXED)
    return (await session.execute(statement)).scalars().all()


async def list_live_of(session: Session, user_id: uuid.UUID) -> Sequence[uuid.UUID]:
    statement = select(Subscription.id).where(Subscription.user_id == user_id, Subscription.status.in_(LIVE))
    return (await session.execute(statement)).scalars().all()


async def list_due_syncs(session: Session, now: datetime, limit: int) -> Sequence[uuid.UUID]:
    """Return customers of whom the provider has to be told something."""
    statement = select(User.id).where(User.billing_sync_due_at <= now).order_by(User.billing_sync_due_at).limit(limit)
    return (await session.execute(statement)).scalars().all()
