"""Stripe objects as the port's snapshots. Field paths of API 2026-10-28.endive."""

from datetime import UTC, datetime
from typing import Any

import stripe

from billing.payments.ports import InvoiceSnapshot, PaymentHandle, PaymentSnapshot, RefundSnapshot, SubscriptionSnapshot

# Ours on the right. `incomplete_expired` never gave anybody anything: to us it is a cancelled one.
SUBSCRIPTION_STATUS = {"canceled": "cancelled", "incomplete_expired": "cancelled"}


def instant(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _id(value: Any) -> str | None:
    """Return the id of a field that is an id, or the object itself when it was expanded."""
    return value if value is None or isinstance(value, str) else str(value.id)


def metadata_of(value: Any) -> dict[str, str]:
    """Return an object's metadata field as plain text by name."""
    return {} if value is None else {str(k): str(v) for k, v in value.to_dict().items()}


def _default_intent(invoice: stripe.Invoice) -> Any:
    """Return the invoice's PaymentIntent, expanded or its id: the paid one, else the default one."""
    payments = getattr(invoice, "payments", None)
    rows = payments.data if payments else []
    ranked = sorted(rows, key=lambda row: (row.status != "paid", not row.is_default))
    return next((row.payment.payment_intent for row in ranked if row.payment.type == "payment_intent"), None)


def payment_snapshot(intent: Any) -> PaymentSnapshot | None:
    if intent is None or isinstance(intent, str):
        return None
    method = intent.payment_method
    label = _id(method)
    if method is not None and not isinstance(method, str) and getattr(method, "card", None):
        label = f"{method.card.brand} •••• {method.card.last4}"
    return PaymentSnapshot(
        id=intent.id,
        amount=intent.amount_received or intent.amount,
        currency=intent.currency.upper(),
        status=intent.status,
        created_at=datetime.fromtimestamp(intent.created, UTC),
        payment_method=label,
    )


def invoice_snapshot(invoice: stripe.Invoice) -> InvoiceSnapshot:
    parent = invoice.parent
    details = parent.subscription_details if parent and parent.type == "subscription_details" else None
    # A subscription's metadata is not the invoice's own: Stripe keeps a copy of it beside the parent.
    metadata = {**(metadata_of(details.metadata) if details else {}), **metadata_of(invoice.metadata)}
    customer = _id(invoice.customer)
    assert customer is not None
    subscription = details.subscription if details else None
    return InvoiceSnapshot(
        id=str(invoice.id),
        status=str(invoice.status),
        currency=invoice.currency.upper(),
        total=invoice.total,
        amount_due=invoice.amount_due,
        amount_paid=invoice.amount_paid,
        number=invoice.number,
        billing_reason=invoice.billing_reason,
        customer_id=customer,
        subscription_id=_id(subscription),
        subscription=subscription_snapshot(subscription) if isinstance(subscription, stripe.Subscription) else None,
        metadata=metadata,
        created_at=datetime.fromtimestamp(invoice.created, UTC),
        paid_at=instant(invoice.status_transitions.paid_at),
        due_at=instant(invoice.due_date),
        pdf_url=getattr(invoice, "invoice_pdf", None),
        hosted_url=getattr(invoice, "hosted_invoice_url", None),
        payment=payment_snapshot(_default_intent(invoice)),
        next_payment_attempt_at=instant(invoice.next_payment_attempt),
    )


def handle(invoice: stripe.Invoice, subscription_id: str | None = None) -> PaymentHandle:
    """Return what the browser needs; `confirmation_secret` is there only when the call expanded it."""
    secret = getattr(invoice, "confirmation_secret", None)
    client_secret = secret.client_secret if secret else None
    return PaymentHandle(
        invoice_id=str(invoice.id),
        # The secret starts with its intent's id: `pi_…_secret_…`.
        payment_intent_id=client_secret.split("_secret_")[0] if client_secret else _id(_default_intent(invoice)),
        client_secret=client_secret,
        amount_due=invoice.amount_due,
        status=str(invoice.status),
        subscription_id=subscription_id,
    )


def subscription_snapshot(subscription: stripe.Subscription) -> SubscriptionSnapshot:
    items = subscription.items.data
    starts = [item.current_period_start for item in items]
    ends = [item.current_period_end for item in items]
    return SubscriptionSnapshot(
        id=subscription.id,
        status=SUBSCRIPTION_STATUS.get(subscription.status, subscription.status),
        period_start=instant(min(starts, default=None)),
        period_end=instant(max(ends, default=None)),
        cancel_at_period_end=subscription.cancel_at_period_end,
        cancelled_at=instant(subscription.canceled_at),
        metadata=metadata_of(subscription.metadata),
    )


def refund_snapshot(refund: stripe.Refund) -> RefundSnapshot:
    return RefundSnapshot(refund.id, refund.amount, refund.currency.upper(), refund.status or "pending")
