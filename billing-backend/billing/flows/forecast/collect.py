"""Reckon the charges to come from what is running, what is scheduled, and what renews by itself."""

import uuid
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count

from sqlalchemy import select

from billing.catalog import service as catalog
from billing.catalog.models import Interval, Plan, TldAction
from billing.domains import repository as domains
from billing.domains.models import Domain
from billing.domains.ports import DomainStatus
from billing.flows.domain_renewal.stages import FIRST_CHARGE
from billing.flows.forecast.schemas import ChargeOut, ForecastOut, MonthOut
from billing.flows.subscription.desk import Desk, asking_provider
from billing.kit.db import Session, Subject
from billing.kit.money import Money
from billing.subscriptions import repository
from billing.subscriptions.errors import CouponInvalid
from billing.subscriptions.models import (
    ChangeStatus,
    Subscription,
    SubscriptionChange,
    SubscriptionStatus,
)
from billing.subscriptions.ports import Coupon
from billing.subscriptions.service import discount_of

_MONTHS = 12
_MOST_DOMAINS = 2_000
_CHARGED = frozenset({SubscriptionStatus.ACTIVE, SubscriptionStatus.TRIALING, SubscriptionStatus.PAST_DUE})


@dataclass(frozen=True, slots=True)
class _Held:
    """What the customer has: subscriptions, the changes that wait for their period's end, plans, renewing domains."""

    subscriptions: Sequence[Subscription]
    scheduled: Mapping[uuid.UUID, SubscriptionChange]
    plans: Mapping[uuid.UUID, Plan]
    domains: Sequence[Domain]
    domain_prices: Mapping[str, Money]


async def collect(desk: Desk, user_id: uuid.UUID) -> ForecastOut:
    """Return the charges of the next twelve months. Opens its own transactions; raises `PaymentProviderDown`.

    The provider is asked about coupons only. A coupon counts as long as it says it does.
    """
    async with desk.database.transaction(Subject.customer(user_id)) as session:
        held = await _load(session, user_id)
    coupons: dict[str, Coupon | None] = {}
    for code in {row.coupon_code for row in held.subscriptions if row.coupon_code is not None}:
        with asking_provider():
            coupons[code] = await desk.provider.find_coupon(code)
    today = desk.clock.now().date()
    until = later(today, _MONTHS)
    charges = [
        *(charge for row in held.subscriptions for charge in _of_subscription(held, coupons, row, until)),
        *(charge for domain in held.domains for charge in _of_domain(held, domain, today, until)),
    ]
    charges.sort(key=lambda charge: (charge.charged_on, charge.description))
    months: dict[str, int] = {}
    for charge in charges:
        month = charge.charged_on.strftime("%Y-%m")
        months[month] = months.get(month, 0) + charge.amount
    return ForecastOut(
        currency=desk.settings.currency,
        charges=charges,
        months=[MonthOut(month=month, amount=amount) for month, amount in months.items()],
        total_amount=sum(charge.amount for charge in charges),
    )


async def _load(session: Session, user_id: uuid.UUID) -> _Held:
    rows = [row for row in await repository.list_running(session, user_id) if row.status in _CHARGED]
    waiting = select(SubscriptionChange).where(
        SubscriptionChange.user_id == user_id, SubscriptionChange.status == ChangeStatus.SCHEDULED
    )
    prices = await catalog.list_tld_prices(session)
    return _Held(
        subscriptions=rows,
        scheduled={change.subscription_id: change for change in await session.scalars(waiting)},
        plans={plan.id: plan for plan in await session.scalars(select(Plan))},
        domains=[row for row in await domains.list_expiring(session, user_id, _MOST_DOMAINS) if row.auto_renew],
        domain_prices={price.tld: catalog.domain_price_of(price, TldAction.RENEW, 1) for price in prices},
    )


def _of_subscription(
    held: _Held, coupons: Mapping[str, Coupon | None], row: Subscription, until: date
) -> Iterator[ChargeOut]:
    if row.current_period_end is None or row.cancel_at_period_end:
        return
    change = held.scheduled.get(row.id)
    plan = held.plans[change.to_plan_id if change else row.plan_id]
    interval = Interval(change.to_interval if change else row.interval)
    price = plan.price(interval)
    coupon = coupons.get(row.coupon_code or "")
    every = 12 if interval is Interval.YEAR else 1
    for number, on in enumerate(_dates(row.current_period_end, every, until)):
        off = _discount(coupon, price, is_next=number == 0)
        yield ChargeOut(
            charged_on=on,
            kind="subscription",
            object_id=row.id,
            description=f"NextPanel {plan.name}, one {interval.value}",
            amount=price.amount - off,
            discount_amount=off,
        )


def _discount(coupon: Coupon | None, price: Money, *, is_next: bool) -> int:
    """Return what a coupon that is in use takes off; one for a limited time is only certain for the next charge."""
    if coupon is None or not (coupon.is_forever or is_next):
        return 0
    try:
        return discount_of(coupon, price, customer_id=coupon.customer_id, is_first=True).amount
    except CouponInvalid:
        return 0


def _of_domain(held: _Held, domain: Domain, today: date, until: date) -> Iterator[ChargeOut]:
    price = held.domain_prices.get(domain.domain_name.partition(".")[2])
    if price is None or domain.expiry_date is None or domain.status is not DomainStatus.ACTIVE:
        return
    on = max(domain.expiry_date - timedelta(days=FIRST_CHARGE), today)
    if on < until:
        yield ChargeOut(
            charged_on=on,
            kind="domain",
            object_id=domain.id,
            description=f"Renewal of {domain.domain_name}, 1 year",
            amount=price.amount,
            discount_amount=0,
        )


def _dates(first: datetime, months: int, until: date) -> Iterator[date]:
    for number in count():
        on = later(first.date(), months * number)
        if on >= until:
            return
        yield on


def later(day: date, months: int) -> date:
    """Return the same day of a later month, or its last one when it is shorter."""
    number = day.year * 12 + day.month - 1 + months
    year, month = number // 12, number % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
