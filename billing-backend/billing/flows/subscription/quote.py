"""What a change would cost: asked of the provider, frozen in a row, and shown with its calculation."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from billing.catalog import service as catalog
from billing.catalog.models import Interval, Plan
from billing.flows.subscription.desk import Desk, asking_provider, price_id_of, require_room, require_running
from billing.flows.subscription.formula import Period, explain
from billing.flows.subscription.schemas import PlanChangeIn
from billing.kit.db import Session, Subject
from billing.subscriptions import service
from billing.subscriptions.errors import SamePlan, SubscriptionEnding
from billing.subscriptions.models import Subscription, SubscriptionChange, SubscriptionStatus, Timing
from billing.subscriptions.ports import LiveSubscription, Preview
from service_kit.ids import uuid7

QUOTE_LIFETIME = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A change that the subscription's state and the license's usage allow."""

    row: Subscription
    old: Plan
    new: Plan
    interval: Interval
    timing: Timing

    @property
    def price_id(self) -> str:
        return price_id_of(self.new, self.interval)

    @property
    def bills_now(self) -> bool:
        return self.timing is Timing.NOW and self.row.status is not SubscriptionStatus.TRIALING


@dataclass(frozen=True, slots=True)
class Cost:
    """What is paid today, and what after it at `next_at`; minor units."""

    today: int
    next_amount: int
    next_at: datetime
    lines: list[object]


async def quote_change(
    desk: Desk, user_id: uuid.UUID, subscription_id: uuid.UUID, body: PlanChangeIn
) -> SubscriptionChange:
    """Return the change as a quote that can be confirmed within the hour.

    Raises `SubscriptionNotFound`, `UnknownPlan`, `PlanNotForSale`, `SamePlan`, `ChangePending`, `SubscriptionEnding`,
    `EntitlementsBelowUsage` (`extra["over"]` says what must go first), what `require_running` raises,
    `PaymentProviderDown`, `ChangeRefused`.
    """
    async with desk.database.transaction(Subject.customer(user_id)) as session:
        row = await service.get_own_or_raise(session, subscription_id, user_id)
        wanted = await _check(session, desk, row, body)
    with asking_provider():
        live = await desk.provider.get(row.stripe_subscription_id)
        prorated_at = _frozen(desk, live)
        cost = await _cost(desk, wanted, live, prorated_at)
    change = SubscriptionChange(
        id=uuid7(),
        user_id=user_id,
        subscription_id=row.id,
        timing=wanted.timing,
        from_plan_id=row.plan_id,
        to_plan_id=wanted.new.id,
        from_interval=row.interval,
        to_interval=wanted.interval,
        prorated_at=prorated_at,
        today_amount=cost.today,
        next_amount=cost.next_amount,
        next_at=cost.next_at,
        currency=wanted.new.currency,
        lines=cost.lines,
        expires_at=desk.clock.now() + QUOTE_LIFETIME,
        effective_at=live.period_end if wanted.timing is Timing.PERIOD_END else None,
    )
    async with desk.database.transaction(Subject.customer(user_id)) as session:
        session.add(change)
    return change


def _frozen(desk: Desk, live: LiveSubscription) -> datetime:
    """Return this second, within the period as the provider has it: its clock and ours may differ by some."""
    now = desk.clock.now().replace(microsecond=0)
    return min(max(now, live.period_start), live.period_end - timedelta(seconds=1))


async def _check(session: Session, desk: Desk, row: Subscription, body: PlanChangeIn) -> Wanted:
    await require_running(session, desk.settings, row)
    new = await catalog.get_active_plan_or_raise(session, body.plan)
    if (new.id, body.interval) == (row.plan_id, row.interval):
        raise SamePlan
    if body.timing is Timing.PERIOD_END and row.cancel_at_period_end:
        raise SubscriptionEnding
    if body.timing is Timing.NOW:
        await require_room(session, row, new)
    return Wanted(row, await session.get_one(Plan, row.plan_id), new, body.interval, body.timing)


async def _cost(desk: Desk, wanted: Wanted, live: LiveSubscription, at: datetime) -> Cost:
    """Ask the provider for the very invoices; raises its errors."""
    restarts = wanted.interval != wanted.row.interval and wanted.row.status is not SubscriptionStatus.TRIALING
    if not restarts:
        following = await desk.provider.preview_change(live, wanted.price_id, prorated_at=at, prorate=False)
        if not wanted.bills_now:
            return Cost(0, following.amount_due, live.period_end, _shown(following, {}))
        bill = await desk.provider.preview_change(live, wanted.price_id, prorated_at=at, prorate=True)
        next_amount = max(following.total + min(bill.balance_after, 0), 0)
        return Cost(bill.amount_due, next_amount, live.period_end, _shown(bill, _periods(wanted, live)))
    # A new interval begins a period at once, so its whole price stands on the invoice of the change.
    bill = await desk.provider.preview_change(live, wanted.price_id, prorated_at=at, prorate=True)
    whole = [line for line in bill.lines if not line.is_proration]
    price, ends_at = sum(line.total for line in whole), max(line.period_end for line in whole)
    if wanted.timing is Timing.PERIOD_END:
        return Cost(0, price, live.period_end, [])
    return Cost(
        bill.amount_due, max(price + min(bill.balance_after, 0), 0), ends_at, _shown(bill, _periods(wanted, live))
    )


def _periods(wanted: Wanted, live: LiveSubscription) -> Mapping[str, Period]:
    """Return what the prices on the lines cost by their ids: the running period is what time is counted of."""
    seconds = (live.period_end - live.period_start) // timedelta(seconds=1)
    old = {live.price_id: Period(wanted.old.price(Interval(wanted.row.interval)), seconds)}
    return {**old, wanted.price_id: Period(wanted.new.price(wanted.interval), seconds)}


def _shown(preview: Preview, periods: Mapping[str, Period]) -> list[object]:
    shown: list[object] = [
        {
            "description": line.description,
            "amount": line.amount,
            "discount_amount": line.discount_amount,
            "tax_amount": line.tax_amount,
            "period_start": line.period_start.isoformat(),
            "period_end": line.period_end.isoformat(),
            "formula": explain(line, periods, preview.currency),
        }
        for line in preview.lines
    ]
    return shown
