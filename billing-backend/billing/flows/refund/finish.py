"""Bring a refund that was written down to its end: the money, its credit note, the customer's mail."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import select

from billing.accounts.models import User
from billing.accounts.service import mail_customer
from billing.flows.mirror.credit_note import mirror_credit_note, weigh
from billing.flows.mirror.mails import mail_failed_refund
from billing.flows.mirror.refund import lock_order_of, mirror_refund, recount
from billing.invoices.documents.kinds import CREDIT_NOTE_PDF
from billing.invoices.models import CreditNote, Invoice
from billing.kit.container import Container
from billing.kit.db import Database, Session, Subject
from billing.kit.money import Money
from billing.notifications.ports import Attachment
from billing.payments.models import Payment, Refund, RefundStatus
from billing.payments.ports import PaymentProviderRefused, PaymentProviderUnavailable, RefundDesk, RefundSnapshot
from billing.settings import Settings
from service_kit.clock import Clock
from service_kit.logs import get_logger

log = get_logger(__name__)

LOOK_AGAIN = timedelta(minutes=2)
LOOK_AGAIN_LATER = timedelta(hours=6)
_PROVIDERS_REASONS = frozenset({"duplicate", "fraudulent", "requested_by_customer"})


async def finish_refund(container: Container, refund_id: uuid.UUID) -> None:
    """Do what is still to be done about a refund; repeatable, and safe beside another one doing the same."""
    database, desk = container.get(Database), container.get(RefundDesk)
    async with database.transaction(Subject.system()) as session:
        refund = await session.get(Refund, refund_id)
    if refund is None:
        return
    if refund.is_lost:
        await _take_note_back(container, refund_id)
        return
    try:
        if refund.stripe_refund_id is None:
            refund = await _give_back(container, desk, refund)
        elif refund.status is not RefundStatus.SUCCEEDED:
            refund = await _ask_again(container, desk, refund.stripe_refund_id)
        if refund is not None and refund.status is RefundStatus.SUCCEEDED and refund.credit_note_id is None:
            await _credit(container, desk, refund)
    except PaymentProviderUnavailable as error:
        log.warning("refund postponed", refund_id=str(refund_id), reason=str(error))
        await _look_again(container, refund_id, LOOK_AGAIN)
        return
    async with database.transaction(Subject.system()) as session:
        await _tell(session, refund_id)


async def _give_back(container: Container, desk: RefundDesk, refund: Refund) -> Refund | None:
    """Ask for the money; None when the provider refuses."""
    now = container.get(Clock).now()
    try:
        snapshot = await desk.refund_payment(
            refund_id=refund.id,
            payment_intent_id=refund.stripe_payment_intent_id,
            amount=refund.amount,
            reason=refund.reason if refund.reason in _PROVIDERS_REASONS else "requested_by_customer",
        )
    except PaymentProviderRefused as error:
        log.exception("refund refused", refund_id=str(refund.id), code=error.code)
        await _refuse(container, refund, error.code)
        return None
    return await _write_down(container, snapshot, now)


async def _ask_again(container: Container, desk: RefundDesk, stripe_refund_id: str) -> Refund | None:
    snapshot = await desk.get_refund(stripe_refund_id)
    return await _write_down(container, snapshot, container.get(Clock).now())


async def _write_down(container: Container, snapshot: RefundSnapshot, now: datetime) -> Refund | None:
    async with container.get(Database).transaction(Subject.system()) as session:
        row = await mirror_refund(session, snapshot, now=now)
        if row is not None and not row.is_lost and row.status is not RefundStatus.SUCCEEDED:
            # The bank takes its time; its event tells, and should that be lost we ask.
            row.next_attempt_at = now + LOOK_AGAIN_LATER
        return row


async def _refuse(container: Container, refund: Refund, code: str) -> None:
    async with container.get(Database).transaction(Subject.system()) as session:
        order = await lock_order_of(session, refund.stripe_payment_intent_id)
        found = select(Payment).where(Payment.id == refund.payment_id).with_for_update()
        payment = (await session.execute(found)).scalar_one()
        row = await session.get_one(Refund, refund.id, with_for_update=True)
        row.mark_failed(code)
        await session.flush()
        await recount(session, payment, order)
        await mail_failed_refund(session, container.get(Settings), row)


async def _credit(container: Container, desk: RefundDesk, refund: Refund) -> None:
    """Issue the credit note of a refund of an invoice."""
    database = container.get(Database)
    assert refund.stripe_refund_id is not None
    async with database.transaction(Subject.system()) as session:
        invoice = await session.get(Invoice, refund.invoice_id) if refund.invoice_id else None
    fact = None
    if invoice is not None:
        try:
            fact = await desk.credit_refund(
                refund_id=refund.id,
                stripe_refund_id=refund.stripe_refund_id,
                invoice_id=invoice.stripe_invoice_id,
                amount=refund.amount,
                description=refund.note or _described(refund),
            )
        except PaymentProviderRefused as error:
            log.exception("credit note refused", refund_id=str(refund.id), code=error.code)
            await _look_again(container, refund.id, LOOK_AGAIN_LATER)
            return
    async with database.transaction(Subject.system()) as session:
        if fact is None or await mirror_credit_note(session, fact) is None:
            row = await session.get_one(Refund, refund.id, with_for_update=True)
            row.next_attempt_at = None


async def _take_note_back(container: Container, refund_id: uuid.UUID) -> None:
    """Void the credit note of money that came back, with its invoice locked before the refund as everywhere."""
    async with container.get(Database).transaction(Subject.system()) as session:
        refund = await session.get_one(Refund, refund_id)
        note = await session.get(CreditNote, refund.credit_note_id) if refund.credit_note_id else None
        if note is not None:
            invoice = await session.get_one(Invoice, note.invoice_id, with_for_update=True)
            await session.refresh(note)
            await weigh(session, invoice, note)
        refund.next_attempt_at = None


def _described(refund: Refund) -> str:
    return f"Refund: {refund.reason.replace('_', ' ')}"


async def _look_again(container: Container, refund_id: uuid.UUID, pause: timedelta) -> None:
    async with container.get(Database).transaction(Subject.system()) as session:
        row = await session.get_one(Refund, refund_id, with_for_update=True)
        row.next_attempt_at = container.get(Clock).now() + pause


async def _tell(session: Session, refund_id: uuid.UUID) -> None:
    """Mail the customer, once the money is on its way and its paper written; what flows refund they tell themselves."""
    refund = await session.get_one(Refund, refund_id)
    waits = refund.next_attempt_at is not None
    if refund.status is not RefundStatus.SUCCEEDED or refund.order_item_id is not None or waits:
        return
    user = await session.get_one(User, refund.user_id)
    note = await session.get(CreditNote, refund.credit_note_id) if refund.credit_note_id else None
    await mail_customer(
        session,
        user,
        key=f"refund-issued:{refund.id}",
        template="refund_issued",
        context={
            "amount": Money(refund.amount, refund.currency),
            "number": note.number if note else None,
            "note": refund.note,
        },
        attachments=[Attachment(CREDIT_NOTE_PDF, note.id)] if note else [],
    )
