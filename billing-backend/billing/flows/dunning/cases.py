"""Open a case, follow the provider's tries, and end it when what was owed is settled.

Everything is decided by how things stand, not by what happened: events may come in any order, twice, or not at all.
"""

from datetime import datetime

from billing.flows.dunning import mails, repository
from billing.flows.dunning.models import CaseKind, CaseStage, DunningCase
from billing.flows.dunning.periods import Periods
from billing.invoices.models import Invoice, InvoiceStatus
from billing.kit.db import Session
from billing.licenses.actions.lifecycle import end_grace, extend_license, prolong_grace, reinstate_license
from billing.licenses.models import License, LicenseStatus
from billing.panels.actions.want_status import want_status
from billing.panels.models import PanelAccountStatus
from billing.settings import Settings
from billing.subscriptions.models import Subscription, SubscriptionStatus
from service_kit.clock import Clock
from service_kit.ids import uuid7
from service_kit.logs import get_logger

log = get_logger(__name__)

NON_PAYMENT = "payment overdue"


async def note_failure(
    session: Session,
    settings: Settings,
    clock: Clock,
    row: Subscription,
    invoice: Invoice,
    *,
    needs_confirmation: bool,
) -> None:
    """Open the case of a subscription that owes `invoice`, or bring it up to date. The caller holds the row's lock."""
    case = await repository.latest_case(session, row.id)
    if row.license_id is None or _is_past(case, invoice):
        return
    periods, now = Periods.of(settings), clock.now()
    if case is None or not case.is_open:
        license_row = await session.get_one(License, row.license_id)
        case = _new_unpaid(row, license_row, invoice, periods, now)
        session.add(case)
        await prolong_grace(session, license_row, case.suspend_at)
        log.info("dunning case opened", case_id=str(case.id), subscription_id=str(row.id))
    elif case.kind is not CaseKind.UNPAID:
        return
    asked_already = case.needs_confirmation
    case.note_attempt(invoice.attempt_count, invoice.next_payment_attempt_at, needs_confirmation=needs_confirmation)
    row.note_unpaid(next_payment_attempt_at=case.next_payment_attempt_at, suspends_at=case.suspend_at)
    label = case.due_mail(periods, now)
    if label is None and case.needs_confirmation and not asked_already:
        # The first mail went out before it was known that only the customer can finish the payment.
        label = "confirm"
    if label is not None:
        await mails.tell_unpaid(session, settings, case, label)
    if case.lease_until is None:
        case.plan(periods)
    await session.flush()


async def settle(session: Session, settings: Settings, clock: Clock, row: Subscription) -> None:
    """End the case of a subscription that owes nothing any more, and open that of one that was cancelled.

    To be called whenever the subscription or one of its invoices changed, with the row locked; repeating it is free.
    """
    if row.license_id is None:
        return
    case = await repository.latest_case(session, row.id)
    if case is not None and case.is_open:
        if await _is_settled(session, case, row):
            await _recover(session, settings, clock, case, row)
        elif case.kind is CaseKind.UNPAID:
            await _follow_owed(session, case, row)
            return
        else:
            return
    is_over = row.status is SubscriptionStatus.CANCELLED
    if is_over and (case is None or case.stage is CaseStage.RECOVERED):
        await _open_ended(session, settings, clock, row)


def _is_past(case: DunningCase | None, invoice: Invoice) -> bool:
    """Whether the failure is an old story: its invoice is settled, or the subscription is being ended over it."""
    if invoice.status is not InvoiceStatus.OPEN:
        return True
    if case is None:
        return False
    if case.stage in {CaseStage.GRACE, CaseStage.SUSPENDED}:
        return False
    return case.stage is not CaseStage.RECOVERED or case.stripe_invoice_id == invoice.stripe_invoice_id


def _new_unpaid(
    row: Subscription, license_row: License, invoice: Invoice, periods: Periods, now: datetime
) -> DunningCase:
    # Time that is paid for is never taken away: the periods count from its end when that is still to come.
    start = max(now, license_row.expiry_date)
    return DunningCase(
        id=uuid7(),
        user_id=row.user_id,
        subscription_id=row.id,
        license_id=license_row.id,
        kind=CaseKind.UNPAID,
        stage=CaseStage.GRACE,
        stripe_invoice_id=invoice.stripe_invoice_id,
        needs_confirmation=False,
        payment_attempts=0,
        opened_at=now,
        suspend_at=start + periods.grace,
        cancel_at=start + periods.cancel_after,
        terminate_at=start + periods.cancel_after + periods.retention,
        mails_sent=0,
        attempts=0,
        failures=0,
    )


async def _is_settled(session: Session, case: DunningCase, row: Subscription) -> bool:
    is_running = row.status in repository.RUNNING
    if case.kind is not CaseKind.UNPAID or case.stage is CaseStage.CANCELLED:
        return False
    invoice = await _invoice_of(session, case)
    is_paid = invoice is not None and invoice.status is InvoiceStatus.PAID
    if case.stage is CaseStage.CANCELLING:
        # Voiding what is owed makes the provider call it active for a moment: only money counts now.
        return is_running and is_paid
    if is_running:
        # The event of the payment itself has to come first: it says until when the license is good.
        is_owed = invoice is not None and invoice.status is InvoiceStatus.OPEN
        return not is_owed or await repository.paid_since(session, row.id, case.opened_at)
    is_over = row.status is SubscriptionStatus.CANCELLED
    return is_over and is_paid and await repository.oldest_owed(session, row.id) is None


async def _invoice_of(session: Session, case: DunningCase) -> Invoice | None:
    if case.stripe_invoice_id is None:
        return None
    return await repository.get_invoice(session, case.stripe_invoice_id)


async def _follow_owed(session: Session, case: DunningCase, row: Subscription) -> None:
    """Let mails and links name an invoice that can be paid: an older one may have been, and another is owed."""
    if case.stage not in {CaseStage.GRACE, CaseStage.SUSPENDED}:
        return
    owed = await repository.oldest_owed(session, row.id)
    if owed is not None:
        case.stripe_invoice_id = owed.stripe_invoice_id


async def _recover(session: Session, settings: Settings, clock: Clock, case: DunningCase, row: Subscription) -> None:
    was_suspended = case.suspended_at is not None
    case.recover(clock.now())
    case.plan(Periods.of(settings))
    row.note_settled()
    license_row = await session.get_one(License, case.license_id)
    if license_row.status is LicenseStatus.CANCELLED:
        return
    invoice, end = await _invoice_of(session, case), row.current_period_end
    is_forgiven = invoice is not None and invoice.status in {InvoiceStatus.VOID, InvoiceStatus.UNCOLLECTIBLE}
    if is_forgiven and row.status in repository.RUNNING and end is not None:
        await extend_license(session, license_row, expires_at=end, grace_until=end + settings.license_grace)
    if license_row.status is LicenseStatus.SUSPENDED and license_row.suspended_reason == NON_PAYMENT:
        await reinstate_license(session, license_row)
    if license_row.status is LicenseStatus.ACTIVE:
        await want_status(session, clock, license_row.id, PanelAccountStatus.ACTIVE, reason="paid")
    if was_suspended:
        await mails.tell_reinstated(session, settings, case)
    log.info("dunning case recovered", case_id=str(case.id), was_suspended=was_suspended)


async def _open_ended(session: Session, settings: Settings, clock: Clock, row: Subscription) -> None:
    assert row.license_id is not None
    now, periods = clock.now(), Periods.of(settings)
    license_row = await session.get_one(License, row.license_id)
    await end_grace(session, license_row)
    at_once = license_row.status is LicenseStatus.CANCELLED
    end = now if at_once else max(now, license_row.expiry_date)
    case = DunningCase(
        id=uuid7(),
        user_id=row.user_id,
        subscription_id=row.id,
        license_id=row.license_id,
        kind=CaseKind.ENDED,
        stage=CaseStage.ENDING,
        opened_at=now,
        suspend_at=end,
        cancel_at=end,
        terminate_at=end + periods.retention,
        mails_sent=0,
        attempts=0,
        failures=0,
    )
    case.plan(periods)
    session.add(case)
    await session.flush()
    log.info("subscription ends", case_id=str(case.id), subscription_id=str(row.id))
