"""What is paid for is what the license grants: applied with the event that tells of the payment, in its transaction."""

from sqlalchemy import select

from billing.accounts.models import User
from billing.accounts.service import mail_customer
from billing.catalog.models import Plan
from billing.flows.subscription.change import is_stale
from billing.flows.subscription.desk import plan_of_product
from billing.kit.db import Session
from billing.licenses import repository as licenses
from billing.licenses.actions.lifecycle import beyond, change_entitlements, shorten_license
from billing.licenses.entitlements import Entitlements
from billing.licenses.models import License, LicenseStatus
from billing.panels.actions.tell_entitlements import TELL_TASK
from billing.payments.ports import InvoiceSnapshot, PaidPeriod, SubscriptionSnapshot
from billing.settings import Settings
from billing.subscriptions import repository
from billing.subscriptions.models import ChangeStatus, Subscription
from service_kit.clock import Clock
from service_kit.logs import get_logger

log = get_logger(__name__)


async def grant_paid(
    session: Session,
    settings: Settings,
    clock: Clock,
    row: Subscription,
    invoice: InvoiceSnapshot,
    snapshot: SubscriptionSnapshot,
) -> None:
    """Let the license grant the plan that a paid invoice bills, unless a newer invoice has spoken already.

    The caller holds the subscription's lock. Of two invoices made in one second, the one with the price that the
    subscription has now is the later.
    """
    paid = invoice.granted
    if paid is None or row.license_id is None:
        return
    if row.entitled_at is not None and invoice.created_at < row.entitled_at:
        return
    if row.entitled_at == invoice.created_at and paid.price_id != snapshot.price_id:
        return
    plan = await plan_of_product(session, paid.product_id, paid.price_id)
    if plan is None:
        log.error("a paid invoice is for no plan of ours", invoice_id=invoice.id, product_id=paid.product_id)
        return
    await _move(session, settings, row, plan)
    await _shorten(session, settings, row, paid)
    row.entitle(plan.id, invoice.created_at)
    await _close_change(session, clock, row, invoice.id, paid, snapshot)


async def grant_trial(
    session: Session, settings: Settings, clock: Clock, row: Subscription, snapshot: SubscriptionSnapshot
) -> None:
    """Let the license grant what a trial is of now: nothing is billed for a change of plan in it."""
    if row.license_id is None or snapshot.product_id is None or snapshot.price_id is None:
        return
    plan = await plan_of_product(session, snapshot.product_id, snapshot.price_id)
    change = await repository.lock_open_change(session, row.id)
    if plan is None or change is None or change.status is not ChangeStatus.CONFIRMED or change.to_plan_id != plan.id:
        return
    await _move(session, settings, row, plan)
    row.plan_id = plan.id
    change.mark_applied(clock.now())


async def forget_expired(session: Session, row: Subscription, snapshot: SubscriptionSnapshot) -> None:
    """Close a change that nobody paid for in time: the provider has dropped it and voided its invoice."""
    change = await repository.lock_open_change(session, row.id)
    if change is None or change.status is not ChangeStatus.AWAITING_PAYMENT or snapshot.has_pending_update:
        return
    plan = await session.get_one(Plan, change.to_plan_id)
    if snapshot.product_id != plan.stripe_product_id or snapshot.interval != change.to_interval:
        change.close(ChangeStatus.EXPIRED)


async def _shorten(session: Session, settings: Settings, row: Subscription, paid: PaidPeriod) -> None:
    """Take back time that a change of interval has credited."""
    license_row = await session.get_one(License, row.license_id)
    if paid.end < license_row.expiry_date and license_row.status is not LicenseStatus.CANCELLED:
        await shorten_license(session, license_row, paid.end, grace_until=paid.end + settings.license_grace)


async def _move(session: Session, settings: Settings, row: Subscription, plan: Plan) -> None:
    assert row.license_id is not None
    license_row = await session.get_one(License, row.license_id, with_for_update=True)
    if license_row.plan_id == plan.id or license_row.status is LicenseStatus.CANCELLED:
        return
    entitlements = Entitlements.of(plan)
    over = beyond(entitlements, await licenses.used(session, license_row.id))
    await change_entitlements(session, license_row, entitlements, even_below_usage=True)
    await session.flush()
    session.enqueue(TELL_TASK, str(license_row.id))
    user = (await session.execute(select(User).where(User.id == row.user_id))).scalar_one()
    await mail_customer(
        session,
        user,
        key=f"plan-changed:{license_row.id}:{license_row.entitlements_version}",
        template="plan_changed",
        context={
            "plan": plan.name,
            "over": [f"{resource}: {count}" for resource, count in sorted(over.items())],
            "licenses_url": f"{settings.portal_url}/licenses/{license_row.id}",
        },
    )


async def _close_change(
    session: Session,
    clock: Clock,
    row: Subscription,
    invoice_id: str,
    paid: PaidPeriod,
    snapshot: SubscriptionSnapshot,
) -> None:
    """Note that the open change took effect, or that a renewal has passed it by."""
    change = await repository.lock_open_change(session, row.id)
    if change is None:
        return
    is_early = change.status is ChangeStatus.SCHEDULED and (
        change.switches_interval or change.effective_at is None or paid.start < change.effective_at
    )
    if change.to_plan_id == row.plan_id and change.to_interval == snapshot.interval and not is_early:
        change.stripe_invoice_id = invoice_id
        change.mark_applied(clock.now())
    elif is_stale(change, paid.start):
        change.close(ChangeStatus.SUPERSEDED)
