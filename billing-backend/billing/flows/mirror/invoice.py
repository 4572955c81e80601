"""Invoices: inserted, or brought up to date unless what we have is newer."""

import functools
import uuid
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Executable, Table, case, delete, func, or_
from sqlalchemy.dialects.postgresql import insert

from billing.accounts.models import User
from billing.flows.bookkeeping import book_invoice
from billing.flows.mirror.parties import buyer_of, seller_of
from billing.invoices.models import Invoice, InvoiceLine, InvoiceStatus
from billing.kit.db import Session
from billing.kit.statements import bound, prefixed
from billing.orders.models import Order
from billing.payments.facts import LineFact
from billing.payments.ports import InvoiceSnapshot
from billing.settings import Settings
from billing.subscriptions.models import Subscription
from service_kit.ids import uuid7

_INVOICES = cast("Table", Invoice.__table__)
_INSERT_LINES = insert(cast("Table", InvoiceLine.__table__))
# An invoice never goes back: a draft is opened, an open one ends. A written-off one may still be paid or voided.
_STAGE = {
    InvoiceStatus.DRAFT: 0,
    InvoiceStatus.OPEN: 1,
    InvoiceStatus.UNCOLLECTIBLE: 2,
    InvoiceStatus.VOID: 3,
    InvoiceStatus.PAID: 3,
}


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose invoice it is, and what of ours it is about."""

    user_id: uuid.UUID
    order_id: uuid.UUID | None = None
    subscription_id: uuid.UUID | None = None


async def mirror_invoice(
    session: Session, settings: Settings, invoice: InvoiceSnapshot, *, order: Order, subscription: Subscription | None
) -> uuid.UUID:
    """Insert the invoice of an order or its subscription, or bring it up to date; return our id of it."""
    owner = Owner(order.user_id, order.id, subscription.id if subscription else None)
    return await store_invoice(session, settings, invoice, owner)


async def store_invoice(session: Session, settings: Settings, invoice: InvoiceSnapshot, owner: Owner) -> uuid.UUID:
    """Insert the invoice or bring it up to date; return our id of it.

    An answer that was asked for before the one we have, or of an earlier stage, changes nothing; it may still tell
    which order or subscription the invoice belongs to. The parties are frozen when the number is given.
    """
    new_id = uuid7()
    frozen = await _parties(session, settings, invoice, owner.user_id)
    changing = _changing(invoice)
    values = {
        "id": new_id,
        "user_id": owner.user_id,
        "order_id": owner.order_id,
        "subscription_id": owner.subscription_id,
        "stripe_invoice_id": invoice.id,
        "currency": invoice.currency,
        "created_at": invoice.created_at,
        **frozen,
        **changing,
    }
    upsert = _upsert(tuple(values), frozenset(frozen), frozenset(changing))
    stored = (await session.execute(upsert, prefixed(values))).one()
    if stored.asked_at == invoice.asked_at and stored.status == invoice.status:
        await _store_lines(session, invoice, stored.id, owner.user_id, is_new=stored.id == new_id)
    await book_invoice(session, invoice, owner.user_id)
    return uuid.UUID(str(stored.id))


@functools.cache
def _upsert(names: tuple[str, ...], frozen: frozenset[str], changing: frozenset[str]) -> Executable:
    """Return the statement that writes these columns: with so many, building it takes longer than running it."""
    statement = insert(_INVOICES).values(bound(names))
    new, old = statement.excluded, _INVOICES.c
    is_newer = _is_newer(new)
    updates: dict[str, Any] = {}
    for name in names:
        if name in changing:
            updates[name] = case((is_newer, new[name]), else_=old[name])
        elif name in {"order_id", "subscription_id", *frozen}:
            updates[name] = func.coalesce(old[name], new[name])
    updates["updated_at"] = func.now()
    upsert = statement.on_conflict_do_update(index_elements=["stripe_invoice_id"], set_=updates)
    return upsert.returning(old.id, old.asked_at, old.status)


def _changing(invoice: InvoiceSnapshot) -> dict[str, Any]:
    return {
        "status": InvoiceStatus(invoice.status),
        "number": invoice.number,
        "billing_reason": invoice.billing_reason,
        "subtotal_amount": invoice.subtotal,
        "discount_amount": sum(discount.amount for discount in invoice.discounts),
        "tax_amount": invoice.tax,
        "total_amount": invoice.total,
        "credit_applied_amount": invoice.credit_applied,
        "amount_due": invoice.amount_due,
        "amount_paid": invoice.amount_paid,
        "taxes": [tax.as_json() for tax in invoice.taxes],
        "discounts": [discount.as_json() for discount in invoice.discounts],
        "paid_with": _label(invoice),
        "attempt_count": invoice.attempt_count,
        "next_payment_attempt_at": invoice.next_payment_attempt_at,
        "invoice_pdf_url": invoice.pdf_url,
        "hosted_invoice_url": invoice.hosted_url,
        "issued_at": invoice.issued_at,
        "due_date": invoice.due_at,
        "paid_at": invoice.paid_at,
        "asked_at": invoice.asked_at,
    }


def _label(invoice: InvoiceSnapshot) -> str | None:
    """Return how it was paid in words; an id of the provider's says nothing to anybody."""
    if invoice.status != "paid" or invoice.payment is None:
        return None
    method = invoice.payment.payment_method
    return "card" if method is None or "_" in method else method


def _stage(status: Any) -> Any:
    return case({stage.value: rank for stage, rank in _STAGE.items()}, value=status)


def _is_newer(proposed: Any) -> Any:
    new, old = _stage(proposed.status), _stage(Invoice.status)
    asked_later = or_(Invoice.asked_at.is_(None), proposed.asked_at >= Invoice.asked_at)
    return or_(new > old, (new == old) & asked_later)


async def _parties(
    session: Session, settings: Settings, invoice: InvoiceSnapshot, user_id: uuid.UUID
) -> dict[str, object]:
    if invoice.number is None:
        return {"seller": None, "buyer": None}
    user = await session.get_one(User, user_id)
    return {"seller": seller_of(settings), "buyer": buyer_of(user, invoice.buyer)}


def _order_item_id(line: LineFact) -> uuid.UUID | None:
    try:
        return uuid.UUID(line.metadata["order_item_id"])
    except (KeyError, ValueError):
        return None


async def _store_lines(
    session: Session, invoice: InvoiceSnapshot, invoice_id: uuid.UUID, user_id: uuid.UUID, *, is_new: bool
) -> None:
    """Write the lines as they are now; a draft may have had more."""
    if not is_new:
        await session.execute(
            delete(InvoiceLine).where(InvoiceLine.invoice_id == invoice_id).execution_options(synchronize_session=False)
        )
    rows = [
        {
            "id": uuid7(),
            "invoice_id": invoice_id,
            "user_id": user_id,
            "position": position,
            "stripe_line_id": line.id,
            "order_item_id": _order_item_id(line),
            "description": line.description,
            "quantity": line.quantity,
            "unit_price": line.unit_price,
            "currency": invoice.currency,
            "amount": line.amount,
            "discount_amount": line.discount_amount,
            "tax_amount": line.tax_amount,
            "taxes": [tax.as_json() for tax in line.taxes],
            "price_id": line.price_id,
            "is_proration": line.is_proration,
            "period_start": line.period_start,
            "period_end": line.period_end,
        }
        for position, line in enumerate(invoice.lines)
    ]
    if rows:
        await session.execute(_INSERT_LINES, rows)
