"""Our copy of the provider's invoices and payments: what it says now replaces what we had."""

import uuid

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from billing.invoices.models import Invoice, InvoiceStatus
from billing.kit.db import Session
from billing.orders.models import Order
from billing.payments.models import Payment, PaymentStatus
from billing.payments.ports import InvoiceSnapshot
from billing.subscriptions.models import Subscription
from service_kit.ids import uuid7

_PAYMENT_STATUS = {"succeeded": PaymentStatus.SUCCEEDED, "canceled": PaymentStatus.FAILED}


async def mirror_invoice(
    session: Session, invoice: InvoiceSnapshot, *, order: Order, subscription: Subscription | None
) -> None:
    """Insert the invoice or bring it up to date."""
    changing = {
        "status": InvoiceStatus(invoice.status),
        "number": invoice.number,
        "total_amount": invoice.total,
        "amount_due": invoice.amount_due,
        "amount_paid": invoice.amount_paid,
        "invoice_pdf_url": invoice.pdf_url,
        "hosted_invoice_url": invoice.hosted_url,
        "due_date": invoice.due_at,
        "paid_at": invoice.paid_at,
    }
    statement = insert(Invoice).values(
        id=uuid7(),
        user_id=order.user_id,
        order_id=order.id,
        subscription_id=subscription.id if subscription else None,
        stripe_invoice_id=invoice.id,
        currency=invoice.currency,
        created_at=invoice.created_at,
        **changing,
    )
    await session.execute(statement.on_conflict_do_update(index_elements=["stripe_invoice_id"], set_=changing))


async def mirror_payment(session: Session, invoice: InvoiceSnapshot, *, user_id: uuid.UUID, description: str) -> None:
    """Insert the invoice's payment or bring it up to date; an invoice of nothing has none."""
    payment = invoice.payment
    if payment is None:
        return
    invoice_id = (
        await session.execute(select(Invoice.id).where(Invoice.stripe_invoice_id == invoice.id))
    ).scalar_one_or_none()
    changing = {
        "amount": payment.amount,
        "status": _PAYMENT_STATUS.get(payment.status, PaymentStatus.PENDING),
        "payment_method": payment.payment_method,
        "invoice_id": invoice_id,
    }
    statement = insert(Payment).values(
        id=uuid7(),
        created_at=payment.created_at,
        user_id=user_id,
        stripe_payment_intent_id=payment.id,
        currency=payment.currency,
        description=description,
        details={},
        **changing,
    )
    await session.execute(
        statement.on_conflict_do_update(index_elements=["stripe_payment_intent_id", "created_at"], set_=changing)
    )
