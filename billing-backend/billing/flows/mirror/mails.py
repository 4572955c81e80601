"""Mails that follow from what the provider tells: each is sent once."""

import uuid

from sqlalchemy import select

from billing.accounts.models import User
from billing.accounts.permissions import Permission
from billing.accounts.service import mail_customer, mail_staff
from billing.flows.mirror.invoice import Owner
from billing.invoices.documents.kinds import INVOICE_PDF
from billing.kit.db import Session
from billing.kit.money import Money
from billing.notifications.ports import Attachment
from billing.orders.models import Order
from billing.payments.models import Dispute, Refund
from billing.payments.ports import InvoiceSnapshot
from billing.settings import Settings


async def mail_paid_invoice(
    session: Session, settings: Settings, invoice: InvoiceSnapshot, owner: Owner, invoice_id: uuid.UUID
) -> None:
    """Send the paid invoice, unless nothing was paid or it is an order's: that one goes with the order's receipt."""
    if invoice.status != "paid" or invoice.total <= 0:
        return
    if owner.order_id is not None:
        found = select(Order.id).where(Order.id == owner.order_id, Order.stripe_invoice_id == invoice.id)
        if (await session.execute(found)).scalar_one_or_none() is not None:
            return
    user = await session.get_one(User, owner.user_id)
    await mail_customer(
        session,
        user,
        key=f"invoice-paid:{invoice_id}",
        template="invoice_paid",
        context={
            "number": invoice.number,
            "lines": _rows(invoice),
            "total": Money(invoice.total, invoice.currency),
            "paid": Money(invoice.amount_paid, invoice.currency) if invoice.amount_paid else None,
            "credit": Money(invoice.credit_applied, invoice.currency) if invoice.credit_applied else None,
            "paid_at": invoice.paid_at,
            "invoice_url": f"{settings.portal_url}/invoices/{invoice_id}",
        },
        attachments=[Attachment(INVOICE_PDF, invoice_id)],
    )


def _rows(invoice: InvoiceSnapshot) -> list[dict[str, object]]:
    """Return what adds up to the total: the lines, what is off them, and the tax that they don't contain."""
    on_top = sum(tax.amount for tax in invoice.taxes if not tax.inclusive)
    amounts = [(line.description, line.amount) for line in invoice.lines]
    amounts += [(discount.name, -discount.amount) for discount in invoice.discounts]
    amounts += [("Tax", on_top)] if on_top else []
    return [{"description": text, "amount": Money(amount, invoice.currency)} for text, amount in amounts]


async def mail_dispute(session: Session, settings: Settings, dispute: Dispute) -> None:
    """Tell staff of a dispute: when it opens, and when it has ended."""
    stage = "closed" if dispute.is_closed else "open"
    customer = await session.get_one(User, dispute.user_id)
    await mail_staff(
        session,
        Permission.REFUNDS_WRITE,
        key=f"dispute:{dispute.id}:{stage}",
        template="dispute_changed",
        context={
            "is_open": not dispute.is_closed,
            "amount": Money(dispute.amount, dispute.currency),
            "customer": customer.email,
            "reason": dispute.reason.replace("_", " "),
            "status": dispute.status.replace("_", " "),
            "evidence_due_at": dispute.evidence_due_at,
            "admin_url": f"{settings.portal_url}/admin/disputes/{dispute.id}",
        },
    )


async def mail_failed_refund(session: Session, settings: Settings, refund: Refund) -> None:
    """Tell staff of a refund that did not arrive, and the customer if it was on its way already."""
    customer = await session.get_one(User, refund.user_id)
    await mail_staff(
        session,
        Permission.REFUNDS_WRITE,
        key=f"refund-failed:{refund.id}",
        template="refund_failed",
        context={
            "amount": Money(refund.amount, refund.currency),
            "customer": customer.email,
            "reason": (refund.failure_reason or "unknown").replace("_", " "),
            "admin_url": f"{settings.portal_url}/admin/payments/{refund.payment_id}",
        },
    )
    if refund.stripe_refund_id is not None:
        await mail_customer(
            session,
            customer,
            key=f"refund-returned:{refund.id}",
            template="refund_returned",
            context={"amount": Money(refund.amount, refund.currency)},
        )
