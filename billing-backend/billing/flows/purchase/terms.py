"""Better terms for the plan in an order: a trial for who never had one, and what a coupon takes off."""

import uuid
from collections.abc import Sequence
from dataclasses import replace

from billing.accounts.models import User
from billing.catalog.models import Plan
from billing.flows.purchase.priced import PricedItem
from billing.flows.subscription.coupons import find_coupon
from billing.kit.db import Session
from billing.kit.money import Money
from billing.subscriptions.errors import CouponInvalid
from billing.subscriptions.ports import Coupon, SubscriptionProvider
from billing.subscriptions.repository import has_any
from billing.subscriptions.service import discount_of


async def look_up(provider: SubscriptionProvider, code: str | None) -> Coupon | None:
    """Return the coupon of a code, None without one; raises `CouponInvalid`, `PaymentProviderDown`."""
    return None if code is None else await find_coupon(provider, code)


async def better_terms(
    session: Session, user_id: uuid.UUID | None, items: Sequence[PricedItem], coupon: Coupon | None
) -> list[PricedItem]:
    """Return the items with the plan's price as this customer, or a stranger, pays it first; raises `CouponInvalid`.

    A trial makes the first invoice free of the plan; a coupon then counts from the second on.
    """
    position = next((index for index, item in enumerate(items) if item.plan_id is not None), None)
    if position is None:
        if coupon is not None:
            raise CouponInvalid(extra={"reason": "no_plan"})
        return list(items)
    item = items[position]
    plan = await session.get_one(Plan, item.plan_id)
    is_first = user_id is None or (coupon is None and not plan.trial_days) or not await has_any(session, user_id)
    if coupon is not None:
        user = None if user_id is None else await session.get_one(User, user_id)
        customer_id = None if user is None else user.stripe_customer_id
        off = discount_of(coupon, item.price, customer_id=customer_id, is_first=is_first)
        item = replace(item, price=item.price - off, discount=off.amount, coupon=coupon)
    if plan.trial_days and is_first:
        item = replace(
            item,
            description=f"{item.description}, the first {plan.trial_days} days free",
            price=Money(0, item.price.currency),
            discount=0,
            trial_days=plan.trial_days,
        )
    return [item if index == position else other for index, other in enumerate(items)]
