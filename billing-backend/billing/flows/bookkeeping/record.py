"""Snapshots of the provider as facts of the ledger. All may be repeated, and told in any order."""

import uuid
from datetime import datetime

from sqlalchemy import bindparam, select

from billing.accounts.models import User
from billing.catalog.models import Plan
from billing.invoices.models import CreditNote
from billing.kit.db import Session
from billing.ledger import service as ledger
from billing.ledger.facts import (
    CreditFact,
    CreditNoteFact,
    Customer,
    DisputeFact,
    InvoiceFact,
    LineFact,
    PaymentFact,
    ProviderFact,
    RefundFact,
    SubscriptionFact,
)
from billing.payments import facts
from billing.payments.ports import InvoiceSnapshot, RefundSnapshot, SubscriptionSnapshot
from billing.subscriptions.models import Subscription

_COUNTRY = select(User.country).where(User.id == bindparam("user_id"))
_PLAN_AND_COUNTRY = (
    select(Plan, User.country).join(User, User.id == bindparam("user_id")).where(Plan.id == bindparam("plan_id"))
)
_GIVEN_UP = frozenset({"void", "uncollectible"})
_FAILED = frozenset({"failed", "canceled"})


async def _customer(session: Session, user_id: uuid.UUID) -> Customer:
    return Customer(user_id, (await session.execute(_COUNTRY, {"user_id": user_id})).scalar_one_or_none())


async def book_invoice(session: Session, invoice: InvoiceSnapshot, user_id: uuid.UUID) -> None:
    """Book an invoice as it stands; a draft is nothing yet."""
    if invoice.status == "draft":
        return
    country = invoice.buyer.country if invoice.buyer else None
    customer = Customer(user_id, country) if country else await _customer(session, user_id)
    await ledger.post_invoice(session, customer, invoice_fact(invoice))


def invoice_fact(invoice: InvoiceSnapshot) -> InvoiceFact:
    finalized = invoice.issued_at or invoice.created_at
    lines = [_line(line, finalized) for line in invoice.lines]
    rest = invoice.total - invoice.tax - sum(line.amount for line in lines)
    if rest:
        # What the lines don't explain is revenue of the day, so that the invoice is booked as issued.
        lines.append(LineFact(f"{invoice.id}:rest", rest, finalized, finalized))
    given_up = invoice.status in _GIVEN_UP
    return InvoiceFact(
        id=invoice.id,
        currency=invoice.currency,
        total=invoice.total,
        tax=invoice.tax,
        finalized_at=finalized,
        lines=lines,
        balance_change=invoice.balance_change,
        paid_at=(invoice.paid_at or finalized) if invoice.status == "paid" else None,
        cancelled_at=(invoice.cancelled_at or invoice.asked_at or finalized) if given_up else None,
    )


def _line(line: facts.LineFact, finalized: datetime) -> LineFact:
    included = sum(tax.amount for tax in line.taxes if tax.inclusive)
    return LineFact(
        key=line.id,
        amount=line.amount - line.discount_amount - included,
        starts_at=line.period_start or finalized,
        ends_at=line.period_end or finalized,
        plan_code=line.product_code,
    )


async def book_payment(session: Session, invoice: InvoiceSnapshot, user_id: uuid.UUID) -> None:
    """Book the payment of an invoice once it has succeeded."""
    payment = invoice.payment
    if payment is None or payment.status != "succeeded":
        return
    country = invoice.buyer.country if invoice.buyer else None
    customer = Customer(user_id, country) if country else await _customer(session, user_id)
    at = invoice.paid_at or payment.created_at
    fact = PaymentFact(payment.id, invoice.id, payment.amount, payment.currency, at)
    await ledger.post_payment(session, customer, fact)


async def book_refund(session: Session, refund: RefundSnapshot, user_id: uuid.UUID, *, now: datetime) -> None:
    """Book a refund; the provider takes the money from our balance when it is made, also while it is under way."""
    failed_at = now if refund.status in _FAILED else None
    fact = RefundFact(refund.id, refund.amount, refund.currency, refund.created_at or now, failed_at)
    await ledger.post_refund(session, await _customer(session, user_id), fact)


async def book_credit_note(session: Session, note: facts.CreditNoteFact, user_id: uuid.UUID) -> None:
    """Book a credit note; its invoice is booked before."""
    fact = CreditNoteFact(
        id=note.id,
        invoice_id=note.invoice_id,
        currency=note.currency,
        total=note.total,
        tax=note.tax,
        refunded=note.refunded,
        credited=max(0, note.paid_part - note.refunded - note.out_of_band),
        out_of_band=note.out_of_band,
        issued_at=note.created_at,
        voided_at=note.voided_at,
    )
    await ledger.post_credit_note(session, await _customer(session, user_id), fact)


async def book_note_turned(
    session: Session, note: CreditNote, invoice_id: str, *, cause: str, counts: bool, at: datetime
) -> None:
    """Book that a credit note whose money all went back as refunds does not count any more, or counts again."""
    fact = CreditNoteFact(
        id=note.stripe_credit_note_id,
        invoice_id=invoice_id,
        currency=note.currency,
        total=note.total_amount,
        tax=note.tax_amount,
        refunded=note.refunded_amount,
        credited=0,
        issued_at=note.created_at,
    )
    customer = await _customer(session, note.user_id)
    await ledger.turn_credit_note(session, customer, fact, cause=cause, counts=counts, at=at)


async def book_dispute(session: Session, dispute: facts.DisputeFact, user_id: uuid.UUID) -> None:
    """Book what the bank took and gave back, and what the provider kept for it; an inquiry moves nothing."""
    fact = DisputeFact(
        id=dispute.id,
        currency=dispute.currency,
        withdrawn=dispute.withdrawn,
        reinstated=dispute.reinstated,
        opened_at=dispute.created_at,
        closed_at=dispute.asked_at,
        is_lost=dispute.status == "lost",
    )
    await ledger.post_dispute(session, await _customer(session, user_id), fact)
    kept = [
        ProviderFact(
            id=movement.id,
            category=movement.category,
            amount=movement.amount,
            fee=movement.fee,
            currency=movement.currency,
            occurred_at=movement.occurred_at,
            source_id=dispute.id,
        )
        for movement in dispute.movements
    ]
    await ledger.post_provider(session, kept)


async def book_credit(session: Session, entry: facts.BalanceEntry, user_id: uuid.UUID) -> None:
    """Book credit that staff gave to a customer's balance, or took away."""
    fact = CreditFact(entry.id, entry.amount, entry.currency, entry.created_at)
    await ledger.post_credit(session, await _customer(session, user_id), fact)


async def note_subscription(session: Session, row: Subscription, snapshot: SubscriptionSnapshot) -> None:
    """Add to the subscription's history what changed; called last, when the row follows the snapshot and its plan.

    A snapshot that was asked for before the one the row follows says nothing new.
    """
    at = row.mirrored_at
    if at is None or (snapshot.asked_at is not None and snapshot.asked_at < at):
        return
    keys = {"plan_id": row.plan_id, "user_id": row.user_id}
    plan, country = (await session.execute(_PLAN_AND_COUNTRY, keys)).one()
    fact = SubscriptionFact(
        subscription_id=row.id,
        user_id=row.user_id,
        plan_code=plan.code,
        interval=row.interval,
        status=row.status.value,
        amount=_agreed(plan, row.interval, snapshot),
        currency=snapshot.currency or plan.currency,
        changed_at=at,
        country=country,
    )
    await ledger.note_subscription(session, fact)


def _agreed(plan: Plan, interval: str, snapshot: SubscriptionSnapshot) -> int:
    """Return the price of a period; while the provider waits with another plan's price, that of the plan still paid."""
    if snapshot.amount is not None and snapshot.product_id in {None, plan.stripe_product_id}:
        return snapshot.amount
    return plan.price_yearly if interval == "year" else plan.price_monthly
