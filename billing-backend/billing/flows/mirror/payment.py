"""Payments: one row for each PaymentIntent."""

import uuid

from sqlalchemy import case, func, select
from sqlalchemy.dialects.postgresql import insert

from billing.flows.bookkeeping import book_payment
from billing.invoices.models import Invoice
from billing.kit.db import Session
from billing.payments.models import Payment, PaymentStatus
from billing.payments.ports import InvoiceSnapshot, PaymentSnapshot
from service_kit.ids import uuid7

_STATUS = {"succeeded": PaymentStatus.SUCCEEDED, "canceled": PaymentStatus.FAILED}


async def mirror_payment(
    session: Session,
    invoice: InvoiceSnapshot,
    *,
    user_id: uuid.UUID,
    description: str,
    license_id: uuid.UUID | None = None,
) -> None:
    """Insert the invoice's payment or bring it up to date; an invoice of nothing has none."""
    if invoice.payment is None:
        return
    found = select(Invoice.id).where(Invoice.stripe_invoice_id == invoice.id)
    invoice_id = (await session.execute(found)).scalar_one_or_none()
    await store_payment(
        session,
        invoice.payment,
        user_id=user_id,
        description=description,
        invoice_id=invoice_id,
        license_id=license_id,
    )
    await book_payment(session, invoice, user_id)


async def store_payment(
    session: Session,
    payment: PaymentSnapshot,
    *,
    user_id: uuid.UUID,
    description: str,
    invoice_id: uuid.UUID | None = None,
    license_id: uuid.UUID | None = None,
) -> None:
    """Insert the payment or bring it up to date. One that has succeeded or failed for good stays so."""
    statement = insert(Payment).values(
        id=uuid7(),
        created_at=payment.created_at,
        user_id=user_id,
        stripe_payment_intent_id=payment.id,
        currency=payment.currency,
        description=description,
        details={},
        amount=payment.amount,
        status=_STATUS.get(payment.status, PaymentStatus.PENDING),
        payment_method=payment.payment_method,
        invoice_id=invoice_id,
        license_id=license_id,
    )
    new = statement.excluded
    is_open = Payment.status == PaymentStatus.PENDING
    updates = {
        "amount": case((is_open, new.amount), else_=Payment.amount),
        "status": case((is_open, new.status), else_=Payment.status),
        "payment_method": func.coalesce(new.payment_method, Payment.payment_method),
        "invoice_id": func.coalesce(new.invoice_id, Payment.invoice_id),
        "license_id": func.coalesce(new.license_id, Payment.license_id),
    }
    await session.execute(
        statement.on_conflict_do_update(index_elements=["stripe_payment_intent_id", "created_at"], set_=updates)
    )
