"""Confirm a quote, take a scheduled change back, and carry out what was left halfway.

First the row says what is wanted, then the provider is asked, then the row says what came of it: whoever finds a row in
between does the rest. What the license grants moves only with the payment, in `entitlements`.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from billing.catalog.models import Plan
from billing.flows.subscription.desk import Desk, asking_provider, price_id_of, require_room, require_running
from billing.kit.db import Session, Subject
from billing.payments.ports import PaymentProviderRefused
from billing.subscriptions import repository, service
from billing.subscriptions.errors import ChangeNotOpen, ChangePending, QuoteStale, SubscriptionEnding
from billing.subscriptions.models import ChangeStatus, Subscription, SubscriptionChange, SubscriptionStatus, Timing
from billing.subscriptions.ports import LiveSubscription

_DEAD = frozenset({ChangeStatus.SUPERSEDED, ChangeStatus.EXPIRED, ChangeStatus.FAILED})


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The change; `client_secret` and `pay_url` while it waits for the customer's payment."""

    change: SubscriptionChange
    client_secret: str | None = None
    pay_url: str | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """What the provider is to be asked for a confirmed change; all detached."""

    change: SubscriptionChange
    subscription: Subscription
    price_id: str
    old_price_id: str

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is billed for it: in a trial, or when only the next renewal differs."""
        trialing = self.subscription.status is SubscriptionStatus.TRIALING
        return trialing or (self.change.timing is Timing.PERIOD_END and not self.change.switches_interval)


async def confirm_change(desk: Desk, user_id: uuid.UUID, subscription_id: uuid.UUID, change_id: uuid.UUID) -> Confirmed:
    """Bring a quoted change about; a repeat gets what the first call got.

    Raises `ChangeNotFound`, `QuoteStale`, `ChangePending`, `EntitlementsBelowUsage`, `SubscriptionEnding`, what
    `require_running` raises, `PaymentProviderDown` (the change goes on by itself), `ChangeRefused`.
    """
    async with desk.database.transaction(Subject.customer(user_id)) as session:
        await service.get_own_change_or_raise(session, subscription_id, change_id, user_id)
        row = await repository.lock(session, subscription_id)
        change = await repository.lock_change(session, change_id)
        if change.status in _DEAD:
            raise QuoteStale
        if change.status is ChangeStatus.QUOTED:
            await _take(session, desk, row, change)
    if change.status in {ChangeStatus.CONFIRMED, ChangeStatus.AWAITING_PAYMENT}:
        with asking_provider():
            return await carry_out(desk, change_id)
    return Confirmed(change)


async def _take(session: Session, desk: Desk, row: Subscription, change: SubscriptionChange) -> None:
    """Make the quote the subscription's open change; raises when it does not hold any more."""
    now = desk.clock.now()
    await require_running(session, desk.settings, row)
    if change.expires_at <= now or (change.from_plan_id, change.from_interval) != (row.plan_id, row.interval):
        raise QuoteStale
    if change.timing is Timing.PERIOD_END and row.cancel_at_period_end:
        raise SubscriptionEnding
    waiting = await repository.lock_open_change(session, row.id)
    if waiting is not None:
        if waiting.status is not ChangeStatus.AWAITING_PAYMENT or waiting.to_plan_id == change.to_plan_id:
            raise ChangePending(extra={"change_id": str(waiting.id)})
        # The provider drops a change that waits for its payment when another one comes.
        waiting.close(ChangeStatus.SUPERSEDED)
        await session.flush()
    if change.timing is Timing.NOW:
        await require_room(session, row, await session.get_one(Plan, change.to_plan_id))
    change.confirm(now)


async def carry_out(desk: Desk, change_id: uuid.UUID) -> Confirmed:
    """Ask the provider for a confirmed change, and note what it said. Raises the provider's errors."""
    job = await _job(desk, change_id)
    change = job.change
    if change.status is ChangeStatus.AWAITING_PAYMENT:
        return _told(change, await desk.provider.get(job.subscription.stripe_subscription_id), job.price_id)
    if change.timing is Timing.PERIOD_END and change.switches_interval:
        # A new interval begins at once at the provider, so it is asked when the time has come.
        return Confirmed(await _note(desk, change_id, None, ChangeStatus.SCHEDULED))
    try:
        if job.is_quiet:
            await desk.provider.change_price(job.subscription.stripe_subscription_id, job.price_id)
            scheduled = change.timing is Timing.PERIOD_END
            return Confirmed(await _note(desk, change_id, None, ChangeStatus.SCHEDULED if scheduled else None))
        live = await desk.provider.get(job.subscription.stripe_subscription_id)
        changed = await desk.provider.change_now(
            change_id, live, job.price_id, prorated_at=change.prorated_at, prorate=True
        )
    except PaymentProviderRefused as error:
        await _note(desk, change_id, None, ChangeStatus.FAILED, error.code)
        raise
    return _told(await _note_billed(desk, change_id, changed, job.price_id), changed, job.price_id)


async def carry_out_switch(desk: Desk, change_id: uuid.UUID) -> None:
    """Switch the interval of a scheduled change whose period ends. Raises the provider's errors.

    Shortly before the end nothing is given back, for nothing is left; when the renewal was faster, all of it is.
    """
    job = await _job(desk, change_id)
    change, row = job.change, job.subscription
    if change.status is not ChangeStatus.SCHEDULED or change.effective_at is None:
        return
    if row.cancel_at_period_end or not row.is_running:
        await _note(desk, change_id, None, ChangeStatus.SUPERSEDED)
        return
    live = await desk.provider.get(row.stripe_subscription_id)
    async with desk.database.transaction(Subject.system()) as session:
        change = await repository.lock_change(session, change_id)
        if change.status is not ChangeStatus.SCHEDULED or change.effective_at is None:
            return
        # From here on it is as any change that was confirmed: its payment's event may come before the answer.
        change.confirm(desk.clock.now())
    is_late = live.period_start >= change.effective_at
    at = max(live.period_start, min(desk.clock.now(), live.period_end - timedelta(seconds=1)))
    try:
        changed = await desk.provider.change_now(change_id, live, job.price_id, prorated_at=at, prorate=is_late)
    except PaymentProviderRefused as error:
        await _note(desk, change_id, None, ChangeStatus.FAILED, error.code)
        return
    await _note_billed(desk, change_id, changed, job.price_id)


async def cancel_change(
    desk: Desk, user_id: uuid.UUID, subscription_id: uuid.UUID, change_id: uuid.UUID
) -> SubscriptionChange:
    """Take back a quote or a scheduled change; raises `ChangeNotFound`, `ChangeNotOpen`, `PaymentProviderDown`."""
    async with desk.database.transaction(Subject.customer(user_id)) as session:
        change = await service.get_own_change_or_raise(session, subscription_id, change_id, user_id)
    if change.status not in {ChangeStatus.QUOTED, ChangeStatus.SCHEDULED}:
        raise ChangeNotOpen(extra={"change_status": change.status})
    if change.status is ChangeStatus.SCHEDULED and not change.switches_interval:
        job = await _job(desk, change_id)
        with asking_provider():
            await desk.provider.change_price(job.subscription.stripe_subscription_id, job.old_price_id)
    async with desk.database.transaction(Subject.customer(user_id)) as session:
        change = await repository.lock_change(session, change_id)
        if change.status in {ChangeStatus.QUOTED, ChangeStatus.SCHEDULED}:
            change.close(ChangeStatus.SUPERSEDED)
    return change


async def _job(desk: Desk, change_id: uuid.UUID) -> Job:
    async with desk.database.transaction(Subject.system()) as session:
        change = await session.get_one(SubscriptionChange, change_id)
        row = await session.get_one(Subscription, change.subscription_id)
        new, old = await session.get_one(Plan, change.to_plan_id), await session.get_one(Plan, change.from_plan_id)
    return Job(change, row, price_id_of(new, change.to_interval), price_id_of(old, change.from_interval))


async def _note(
    desk: Desk,
    change_id: uuid.UUID,
    invoice_id: str | None,
    status: ChangeStatus | None,
    error_code: str | None = None,
) -> SubscriptionChange:
    """Write down how a change that is still open stands; its payment may have been faster and is not overwritten."""
    async with desk.database.transaction(Subject.system()) as session:
        change = await repository.lock_change(session, change_id)
        if not change.is_open:
            return change
        change.stripe_invoice_id = invoice_id or change.stripe_invoice_id
        if status is ChangeStatus.SCHEDULED:
            change.schedule()
        elif status is ChangeStatus.AWAITING_PAYMENT and invoice_id is not None:
            change.await_payment(invoice_id)
        elif status is not None:
            change.close(status, error_code)
        return change


async def _note_billed(desk: Desk, change_id: uuid.UUID, live: LiveSubscription, price_id: str) -> SubscriptionChange:
    invoice_id = live.latest_invoice.id if live.latest_invoice is not None else None
    waits = live.pending_price_id == price_id
    status = ChangeStatus.AWAITING_PAYMENT if waits else None
    return await _note(desk, change_id, invoice_id, status)


def _told(change: SubscriptionChange, live: LiveSubscription, price_id: str) -> Confirmed:
    invoice = live.latest_invoice
    if live.pending_price_id != price_id or invoice is None:
        return Confirmed(change)
    return Confirmed(change, invoice.client_secret, invoice.hosted_url)


def is_stale(change: SubscriptionChange, period_start: datetime) -> bool:
    """Whether a renewal at `period_start` has passed a scheduled change of price by."""
    scheduled = change.status is ChangeStatus.SCHEDULED and not change.switches_interval
    return scheduled and change.effective_at is not None and change.effective_at <= period_start
