"""All SQL of invoices and credit notes."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select

from billing.invoices.models import CreditNote, Invoice, InvoiceLine, InvoiceStatus
from billing.kit.db import Session
from billing.kit.pagination import keyset


@dataclass(frozen=True, slots=True)
class InvoiceFilter:
    """What a list is narrowed to; None means any. `before` is not included."""

    user_id: uuid.UUID | None = None
    status: InvoiceStatus | None = None
    order_id: uuid.UUID | None = None
    subscription_id: uuid.UUID | None = None
    since: datetime | None = None
    before: datetime | None = None

    def statement(self) -> Select[Invoice]:
        statement = select(Invoice)
        for name in ("user_id", "status", "order_id", "subscription_id"):
            value = getattr(self, name)
            if value is not None:
                statement = statement.where(getattr(Invoice, name) == value)
        if self.since is not None:
            statement = statement.where(Invoice.created_at >= self.since)
        return statement if self.before is None else statement.where(Invoice.created_at < self.before)


async def list_invoices(session: Session, wanted: InvoiceFilter, cursor: str | None, limit: int) -> Sequence[Invoice]:
    statement = keyset(wanted.statement(), Invoice.id, cursor, limit)
    return (await session.execute(statement)).scalars().all()


async def get_invoice(session: Session, invoice_id: uuid.UUID, user_id: uuid.UUID | None = None) -> Invoice | None:
    """Return the invoice; with `user_id` only if it is that customer's."""
    row = await session.get(Invoice, invoice_id)
    return None if row is None or user_id not in {None, row.user_id} else row


async def list_open_of(session: Session, subscription_id: uuid.UUID) -> Sequence[Invoice]:
    """Return what is to be paid for a subscription, the oldest first."""
    found = select(Invoice).where(Invoice.subscription_id == subscription_id, Invoice.status == InvoiceStatus.OPEN)
    return (await session.execute(found.order_by(Invoice.created_at, Invoice.id))).scalars().all()


async def lines_of(session: Session, invoice_id: uuid.UUID) -> Sequence[InvoiceLine]:
    statement = select(InvoiceLine).where(InvoiceLine.invoice_id == invoice_id).order_by(InvoiceLine.position)
    return (await session.execute(statement)).scalars().all()


async def credit_notes_of(session: Session, invoice_id: uuid.UUID) -> Sequence[CreditNote]:
    statement = select(CreditNote).where(CreditNote.invoice_id == invoice_id).order_by(CreditNote.id)
    return (await session.execute(statement)).scalars().all()


async def list_credit_notes(
    session: Session, user_id: uuid.UUID | None, cursor: str | None, limit: int
) -> Sequence[CreditNote]:
    statement = select(CreditNote)
    if user_id is not None:
        statement = statement.where(CreditNote.user_id == user_id)
    return (await session.execute(keyset(statement, CreditNote.id, cursor, limit))).scalars().all()


async def get_credit_note(
    session: Session, credit_note_id: uuid.UUID, user_id: uuid.UUID | None = None
) -> CreditNote | None:
    row = await session.get(CreditNote, credit_note_id)
    return None if row is None or user_id not in {None, row.user_id} else row


async def list_issued(session: Session, user_id: uuid.UUID, since: datetime, before: datetime) -> Sequence[Invoice]:
    """Return the customer's invoices issued in the period, oldest first."""
    statement = (
        select(Invoice)
        .where(Invoice.user_id == user_id, Invoice.issued_at >= since, Invoice.issued_at < before)
        .order_by(Invoice.issued_at, Invoice.id)
    )
    return (await session.execute(statement)).scalars().all()


async def list_notes_issued(
    session: Session, user_id: uuid.UUID, since: datetime, before: datetime
) -> Sequence[CreditNote]:
    """Return the customer's credit notes of the period, oldest first."""
    statement = (
        select(CreditNote)
        .where(CreditNote.user_id == user_id, CreditNote.created_at >= since, CreditNote.created_at < before)
        .order_by(CreditNote.created_at, CreditNote.id)
    )
    return (await session.execute(statement)).scalars().all()
