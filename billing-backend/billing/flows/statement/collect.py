"""Gather a customer's movements of a period, from what we have mirrored."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import Select, func, select

from billing.accounts.models import User
from billing.flows.mirror.parties import buyer_of, seller_of
from billing.invoices import repository as invoices
from billing.invoices.documents.paper import Party
from billing.invoices.models import CreditNote, CreditNoteStatus, Invoice, InvoiceStatus
from billing.kit.db import Session
from billing.payments import repository as payments
from billing.payments.models import LOST, Payment, PaymentStatus, Refund
from billing.settings import Settings

# What never was owed, or is not any more.
_NOT_OWED = (InvoiceStatus.DRAFT, InvoiceStatus.VOID)
_RECEIVED = (PaymentStatus.SUCCEEDED, PaymentStatus.REFUNDED)
# A payment is made out with its invoice, and may come through days later.
_PAID_AT = func.coalesce(Invoice.paid_at, Payment.created_at)


@dataclass(frozen=True, slots=True)
class Movement:
    """One row: what is owed goes up by `charge` and down by `credit`, in minor units."""

    at: datetime
    text: str
    reference: str
    charge: int = 0
    credit: int = 0


@dataclass(frozen=True, slots=True)
class Account:
    """One currency. `opening` is what was owed when the period began."""

    currency: str
    opening: int
    movements: Sequence[Movement]

    @property
    def closing(self) -> int:
        return self.opening + sum(movement.charge - movement.credit for movement in self.movements)


@dataclass(frozen=True, slots=True)
class Statement:
    """`until` is the last day of the period."""

    seller: Party
    buyer: Party
    since: date
    until: date
    accounts: Sequence[Account]


async def collect(session: Session, settings: Settings, user: User, since: date, before: date) -> Statement:
    """Return the movements from `since` to the day before `before`, days in UTC, by currency."""
    start, end = (datetime.combine(day, time.min, UTC) for day in (since, before))
    movements: dict[str, list[Movement]] = {}
    for currency, movement in await _movements(session, user.id, start, end):
        movements.setdefault(currency, []).append(movement)
    openings: dict[str, int] = {}
    for currency, amount in await _opening(session, user.id, start):
        openings[currency] = openings.get(currency, 0) + amount
    currencies = sorted({*movements, *(currency for currency, amount in openings.items() if amount)})
    return Statement(
        seller=Party.of(seller_of(settings)),
        buyer=Party.of(buyer_of(user, None)),
        since=since,
        until=date.fromordinal(before.toordinal() - 1),
        accounts=[
            Account(
                currency,
                openings.get(currency, 0),
                sorted(movements.get(currency, []), key=lambda movement: (movement.at, movement.credit > 0)),
            )
            for currency in currencies or [settings.currency]
        ],
    )


async def _movements(
    session: Session, user_id: uuid.UUID, start: datetime, end: datetime
) -> list[tuple[str, Movement]]:
    found: list[tuple[str, Movement]] = []
    for invoice in await invoices.list_issued(session, user_id, start, end):
        if invoice.status in _NOT_OWED:
            continue
        at, number = invoice.issued_at or invoice.created_at, invoice.number or "–"
        found.append((invoice.currency, Movement(at, "Invoice", number, charge=invoice.total_amount)))
        if invoice.credit_applied_amount:
            used = Movement(at, "Paid from your credit", number, credit=invoice.credit_applied_amount)
            found.append((invoice.currency, used))
    for note in await invoices.list_notes_issued(session, user_id, start, end):
        if note.status is CreditNoteStatus.ISSUED:
            credit = Movement(note.created_at, "Credit note", note.number, credit=note.total_amount)
            found.append((note.currency, credit))
    paid = _received(user_id).where(start <= _PAID_AT, end > _PAID_AT).add_columns(Payment, _PAID_AT)
    for payment, at in (await session.execute(paid)).all():
        text = payment.description or "Payment"
        found.append((payment.currency, Movement(at, "Payment", text, credit=payment.amount)))
    for refund in await payments.list_refunds(session, user_id, start, end):
        if not refund.is_lost:
            text = refund.note or refund.reason.replace("_", " ")
            found.append((refund.currency, Movement(refund.created_at, "Refund", text, charge=refund.amount)))
    return found


def _received(user_id: uuid.UUID) -> Select[Any]:
    return (
        select()
        .select_from(Payment)
        .outerjoin(Invoice, Invoice.id == Payment.invoice_id)
        .where(Payment.user_id == user_id, Payment.status.in_(_RECEIVED))
    )


async def _opening(session: Session, user_id: uuid.UUID, start: datetime) -> list[tuple[str, int]]:
    """Return what the movements before `start` add up to, by currency; one currency may come several times."""
    billed = (
        select(Invoice.currency, func.sum(Invoice.total_amount - Invoice.credit_applied_amount))
        .where(Invoice.user_id == user_id, Invoice.issued_at < start, Invoice.status.not_in(_NOT_OWED))
        .group_by(Invoice.currency)
    )
    credited = (
        select(CreditNote.currency, -func.sum(CreditNote.total_amount))
        .where(
            CreditNote.user_id == user_id,
            CreditNote.created_at < start,
            CreditNote.status == CreditNoteStatus.ISSUED,
        )
        .group_by(CreditNote.currency)
    )
    paid = (
        _received(user_id)
        .where(start > _PAID_AT)
        .add_columns(Payment.currency, -func.sum(Payment.amount))
        .group_by(Payment.currency)
    )
    refunded = (
        select(Refund.currency, func.sum(Refund.amount))
        .where(Refund.user_id == user_id, Refund.created_at < start, Refund.status.not_in(LOST))
        .group_by(Refund.currency)
    )
    rows = (await session.execute(billed.union_all(credited, paid, refunded))).all()
    return [(str(currency), int(amount or 0)) for currency, amount in rows]
