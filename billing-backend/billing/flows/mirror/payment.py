"""Payments: one row for each PaymentIntent."""

import functools
import uuid
from typing import cast

from sqlalchemy import Executable, Table, bindparam, case, func, select
from sqlalchemy.dialects.postgresql import insert

from billing.flows.bookkeeping import book_payment
from billing.invoices.models import Invoice
from billing.kit.db import Session
from billing.kit.statements import bound, prefixed
from billing.payments.models import Payment, PaymentStatus
from billing.payments.ports import InvoiceSnapshot, PaymentSnapshot
from service_kit.ids import uuid7

_PAYMENTS = cast("Table", Payment.__table__)
_INVOICE_ID = select(Invoice.id).where(Invoice.stripe_invoice_id == bindparam("stripe_id"))
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
    invoice_id = (await session.execute(_INVOICE_ID, {"stripe_id": invoice.id})).scalar_one_or_none()
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
    values = {
        "id": uuid7(),
        "created_at": payment.created_at,
        "user_id": user_id,
        "stripe_payment_intent_id": payment.id,
        "currency": payment.currency,
        "description": description,
        "metadata": {},
        "amount": payment.amount,
        "status": _STATUS.get(payment.status, PaymentStatus.PENDING),
        "payment_method": payment.payment_method,
        "invoice_id": invoice_id,
        "license_id": license_id,
    }
    await session.execute(_upsert(tuple(values)), prefixed(values))


@functools.cache
def _upsert(names: tuple[str, ...]) -> Executable:
    statement = insert(_PAYMENTS).values(bound(names))
    new, old = statement.excluded, _PAYMENTS.c
    is_open = old.status == PaymentStatus.PENDING
    updates = {
        "amount": case((is_open, new.amount), else_=old.amount),
        "status": case((is_open, new.status), else_=old.status),
        "payment_method": func.coalesce(new.payment_method, old.payment_method),
        "invoice_id": func.coalesce(new.invoice_id, old.invoice_id),
        "license_id": func.coalesce(new.license_id, old.license_id),
    }
    return statement.on_conflict_do_update(index_elements=["stripe_payment_intent_id", "created_at"], set_=updates)
