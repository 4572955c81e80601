"""Our rows in the shape they are compared in."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from billing.flows.reconcile.models import ObjectKind
from billing.flows.reconcile.ports import Seen
from billing.invoices.models import Invoice, InvoiceStatus
from billing.kit.db import Session
from billing.payments.models import Payment, PaymentStatus, Refund, RefundStatus
from billing.subscriptions.models import Subscription, SubscriptionStatus

_PAID = frozenset({PaymentStatus.SUCCEEDED, PaymentStatus.REFUNDED})


async def list_known(session: Session, kind: ObjectKind, since: datetime) -> list[Seen]:
    """Return our rows made since, and all open ones."""
    conditions: dict[ObjectKind, ColumnElement[bool]] = {
        ObjectKind.SUBSCRIPTION: or_(
            Subscription.created_at >= since, Subscription.status != SubscriptionStatus.CANCELLED
        ),
        ObjectKind.INVOICE: or_(Invoice.created_at >= since, Invoice.status == InvoiceStatus.OPEN),
        ObjectKind.PAYMENT: Payment.created_at >= since,
        ObjectKind.REFUND: or_(Refund.created_at >= since, Refund.status == RefundStatus.PENDING),
    }
    return await _select(session, kind, conditions[kind])


async def get_known(session: Session, kind: ObjectKind, ids: Sequence[str]) -> dict[str, Seen]:
    """Return our rows of these objects of the provider, by its ids."""
    columns: dict[ObjectKind, Any] = {
        ObjectKind.SUBSCRIPTION: Subscription.stripe_subscription_id,
        ObjectKind.INVOICE: Invoice.stripe_invoice_id,
        ObjectKind.PAYMENT: Payment.stripe_payment_intent_id,
        ObjectKind.REFUND: Refund.stripe_refund_id,
    }
    return {seen.id: seen for seen in await _select(session, kind, columns[kind].in_(ids))}


async def _select(session: Session, kind: ObjectKind, condition: ColumnElement[bool]) -> list[Seen]:
    models: dict[ObjectKind, type[Any]] = {
        ObjectKind.SUBSCRIPTION: Subscription,
        ObjectKind.INVOICE: Invoice,
        ObjectKind.PAYMENT: Payment,
        ObjectKind.REFUND: Refund,
    }
    rows = (await session.execute(select(models[kind]).where(condition))).scalars()
    return [seen for row in rows if (seen := _seen(row)) is not None]


def _seen(row: Subscription | Invoice | Payment | Refund) -> Seen | None:
    """Return a row as it is compared; None for one the provider has not been told of yet."""
    if isinstance(row, Subscription):
        end = row.current_period_end
        fields: dict[str, object] = {
            "status": row.status.value,
            "cancel_at_period_end": row.cancel_at_period_end,
            "current_period_end": end.astimezone(UTC).isoformat() if end else None,
        }
        return Seen(ObjectKind.SUBSCRIPTION, row.stripe_subscription_id, fields, local_id=str(row.id))
    if isinstance(row, Invoice):
        return _invoice(row)
    if isinstance(row, Refund):
        if row.stripe_refund_id is None:
            return None
        fields = {"status": row.status.value, "amount": row.amount, "currency": row.currency}
        return Seen(ObjectKind.REFUND, row.stripe_refund_id, fields, local_id=str(row.id))
    status = "succeeded" if row.status in _PAID else row.status.value
    fields = {"status": status, "amount": row.amount, "currency": row.currency}
    return Seen(ObjectKind.PAYMENT, row.stripe_payment_intent_id, fields, local_id=str(row.id))


def _invoice(row: Invoice) -> Seen | None:
    if row.status is InvoiceStatus.DRAFT:
        return None
    fields: dict[str, object] = {
        "status": row.status.value,
        "number": row.number,
        "currency": row.currency,
        "total": row.total_amount,
        "amount_paid": row.amount_paid,
    }
    return Seen(ObjectKind.INVOICE, row.stripe_invoice_id, fields, local_id=str(row.id))
