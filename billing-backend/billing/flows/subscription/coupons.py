"""Coupons: promotion codes of the payment provider, for an order and for a subscription that runs."""

import uuid

from billing.accounts.models import User
from billing.catalog.models import Interval, Plan
from billing.flows.subscription.desk import Desk, asking_provider, require_running
from billing.kit.db import Subject
from billing.subscriptions import repository, service
from billing.subscriptions.errors import CouponInvalid
from billing.subscriptions.models import Subscription
from billing.subscriptions.ports import Coupon, SubscriptionProvider


async def find_coupon(provider: SubscriptionProvider, code: str) -> Coupon:
    """Return a code that can be redeemed now; raises `CouponInvalid`, `PaymentProviderDown`."""
    with asking_provider():
        coupon = await provider.find_coupon(code)
    if coupon is None:
        raise CouponInvalid(extra={"reason": "unknown"})
    return coupon


async def redeem(desk: Desk, user_id: uuid.UUID, subscription_id: uuid.UUID, code: str) -> Subscription:
    """Discount the plan from the next invoice on; another coupon replaces the one before.

    Raises `SubscriptionNotFound`, `CouponInvalid`, what `require_running` raises, `PaymentProviderDown`,
    `ChangeRefused`.
    """
    async with desk.database.transaction(Subject.customer(user_id)) as session:
        row = await service.get_own_or_raise(session, subscription_id, user_id)
        await require_running(session, desk.settings, row)
    coupon = await find_coupon(desk.provider, code)
    async with desk.database.transaction(Subject.customer(user_id)) as session:
        row = await service.get_own_or_raise(session, subscription_id, user_id)
        await require_running(session, desk.settings, row)
        if row.coupon_code == coupon.code:
            return row
        plan, user = await session.get_one(Plan, row.plan_id), await session.get_one(User, user_id)
    price = plan.price(Interval(row.interval))
    service.discount_of(coupon, price, customer_id=user.stripe_customer_id, is_first=False)
    with asking_provider():
        await desk.provider.set_coupon(row.stripe_subscription_id, coupon.promotion_code_id)
    async with desk.database.transaction(Subject.customer(user_id)) as session:
        row = await repository.lock(session, subscription_id)
        row.coupon_code = coupon.code
        return row


async def remove(desk: Desk, user_id: uuid.UUID, subscription_id: uuid.UUID) -> Subscription:
    """Pay the full price again; raises `SubscriptionNotFound`, `SubscriptionOver`, `PaymentProviderDown`."""
    row = await desk.own(user_id, subscription_id)
    service.require_begun(row)
    with asking_provider():
        await desk.provider.set_coupon(row.stripe_subscription_id, None)
    async with desk.database.transaction(Subject.customer(user_id)) as session:
        row = await repository.lock(session, subscription_id)
        row.coupon_code = None
        return row
