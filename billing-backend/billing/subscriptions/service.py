"""Finding subscriptions, and what their state allows."""

import uuid
from decimal import Decimal

from billing.kit.db import Session
from billing.kit.money import Money, rounded
from billing.subscriptions import repository
from billing.subscriptions.errors import (
    ChangeNotFound,
    CouponInvalid,
    SubscriptionIsPaused,
    SubscriptionNotFound,
    SubscriptionNotStarted,
    SubscriptionOver,
    SubscriptionPastDue,
)
from billing.subscriptions.models import Subscription, SubscriptionChange, SubscriptionStatus
from billing.subscriptions.ports import Coupon


async def get_own_or_raise(session: Session, subscription_id: uuid.UUID, user_id: uuid.UUID) -> Subscription:
    """Return a subscription of this user; raises `SubscriptionNotFound` for one that is missing or somebody else's."""
    found = await repository.get_own(session, subscription_id, user_id)
    if found is None:
        raise SubscriptionNotFound
    return found


async def get_own_change_or_raise(
    session: Session, subscription_id: uuid.UUID, change_id: uuid.UUID, user_id: uuid.UUID
) -> SubscriptionChange:
    """Return a change of this user's subscription; raises `ChangeNotFound`."""
    found = await repository.get_own_change(session, change_id, user_id)
    if found is None or found.subscription_id != subscription_id:
        raise ChangeNotFound
    return found


def require_begun(row: Subscription) -> None:
    """Raise `SubscriptionOver` after the end and `SubscriptionNotStarted` before the license is there."""
    if row.is_over:
        raise SubscriptionOver
    if row.status is SubscriptionStatus.INCOMPLETE or row.license_id is None:
        raise SubscriptionNotStarted


def require_running(row: Subscription) -> None:
    """Raise unless time is paid for or free.

    Raises what `require_begun` raises, `SubscriptionIsPaused`, `SubscriptionPastDue`.
    """
    require_begun(row)
    if row.status is SubscriptionStatus.PAUSED:
        raise SubscriptionIsPaused
    if not row.is_running:
        raise SubscriptionPastDue


def discount_of(coupon: Coupon, price: Money, *, customer_id: str | None, is_first: bool) -> Money:
    """Return what the coupon takes off `price`, never more than it; raises `CouponInvalid` with the reason.

    `customer_id` is the customer's at the provider, `is_first` whether they have not paid anything yet.
    """
    if coupon.customer_id not in {None, customer_id}:
        raise CouponInvalid(extra={"reason": "other_customer"})
    if coupon.first_time_only and not is_first:
        raise CouponInvalid(extra={"reason": "first_purchase_only"})
    if coupon.minimum_amount is not None and (
        coupon.minimum_currency != price.currency or price.amount < coupon.minimum_amount
    ):
        raise CouponInvalid(extra={"reason": "minimum_amount"})
    if coupon.percent_off is not None:
        share = Decimal(price.amount) * coupon.percent_off / 100
        return Money(rounded(share, price.currency), price.currency)
    if coupon.currency != price.currency:
        raise CouponInvalid(extra={"reason": "currency"})
    return Money(min(coupon.amount_off or 0, price.amount), price.currency)
