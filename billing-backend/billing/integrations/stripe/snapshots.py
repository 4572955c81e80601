"""Stripe objects as the port's snapshots. Field paths of API 2026-10-28.endive."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import stripe

from billing.integrations.stripe.documents import (
    NO_RATES,
    Rates,
    buyer_fact,
    discount_facts,
    line_fact,
    tax_facts,
    taxed,
)
from billing.integrations.stripe.lines import granted
from billing.integrations.stripe.values import id_of, instant, metadata_of
from billing.payments.ports import InvoiceSnapshot, PaymentHandle, PaymentSnapshot, RefundSnapshot, SubscriptionSnapshot

# Ours on the right. `incomplete_expired` never gave anybody anything: to us it is a cancelled one.
SUBSCRIPTION_STATUS = {"canceled": "cancelled", "incomplete_expired": "cancelled"}


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
    label = id_of(method)
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


def invoice_snapshot(
    invoice: stripe.Invoice,
    lines: Sequence[Any] = (),
    rates: Rates = NO_RATES,
    asked_at: datetime | None = None,
) -> InvoiceSnapshot:
    """Return the invoice; `lines` are all of it, for an answer holds the first few only."""
    parent = invoice.parent
    details = parent.subscription_details if parent and parent.type == "subscription_details" else None
    # A subscription's metadata is not the invoice's own: Stripe keeps a copy of it beside the parent.
    metadata = {**(metadata_of(details.metadata) if details else {}), **metadata_of(invoice.metadata)}
    customer = id_of(invoice.customer)
    assert customer is not None
    subscription = details.subscription if details else None
    reverse = invoice.customer_tax_exempt == "reverse"
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
        subscription_id=id_of(subscription),
        subscription=subscription_snapshot(subscription, asked_at)
        if isinstance(subscription, stripe.Subscription)
        else None,
        metadata=metadata,
        created_at=datetime.fromtimestamp(invoice.created, UTC),
        paid_at=instant(invoice.status_transitions.paid_at),
        due_at=instant(invoice.due_date),
        pdf_url=getattr(invoice, "invoice_pdf", None),
        hosted_url=getattr(invoice, "hosted_invoice_url", None),
        payment=payment_snapshot(_default_intent(invoice)),
        next_payment_attempt_at=instant(invoice.next_payment_attempt),
        granted=granted(lines or invoice.lines.data),
        subtotal=invoice.subtotal,
        tax=sum(tax.amount for tax in invoice.total_taxes or []),
        credit_applied=max(0, (invoice.ending_balance or 0) - invoice.starting_balance),
        balance_change=0 if invoice.ending_balance is None else invoice.ending_balance - invoice.starting_balance,
        cancelled_at=_cancelled_at(invoice),
        attempt_count=invoice.attempt_count,
        issued_at=instant(invoice.status_transitions.finalized_at),
        asked_at=asked_at,
        lines=[line_fact(line, rates, reverse=reverse) for line in lines],
        taxes=taxed(tax_facts(invoice.total_taxes, rates), invoice.total, reverse=reverse),
        discounts=discount_facts(invoice.total_discount_amounts),
        buyer=buyer_fact(invoice),
    )


def _cancelled_at(invoice: stripe.Invoice) -> datetime | None:
    transitions = invoice.status_transitions
    return instant(transitions.marked_uncollectible_at or transitions.voided_at)


def handle(
    invoice: stripe.Invoice, lines: Sequence[Any], subscription_id: str | None = None, *, setup: Any = None
) -> PaymentHandle:
    """Return what the browser needs; `lines` are all of the invoice, for an answer holds the first few only.

    `confirmation_secret` is there only when the call expanded it.
    """
    secret = getattr(invoice, "confirmation_secret", None)
    client_secret = secret.client_secret if secret else None
    return PaymentHandle(
        invoice_id=str(invoice.id),
        # The secret starts with its intent's id: `pi_…_secret_…`.
        payment_intent_id=client_secret.split("_secret_")[0] if client_secret else id_of(_default_intent(invoice)),
        client_secret=client_secret,
        amount_due=invoice.amount_due,
        status=str(invoice.status),
        subscription_id=subscription_id,
        setup_client_secret=None if setup is None or isinstance(setup, str) else setup.client_secret,
        total=invoice.total,
        tax_amounts=_tax_amounts(lines),
        tax_inclusive=any(tax.tax_behavior == "inclusive" for tax in invoice.total_taxes or []),
    )


def _tax_amounts(lines: Sequence[Any]) -> dict[str | None, int]:
    """Return the taxes of the lines by the order item they stand for; the plan's lines carry none."""
    sums: dict[str | None, int] = {}
    for line in lines:
        item = metadata_of(line.metadata).get("order_item_id")
        sums[item] = sums.get(item, 0) + sum(tax.amount for tax in line.taxes or [])
    return sums


def subscription_snapshot(subscription: stripe.Subscription, asked_at: datetime | None = None) -> SubscriptionSnapshot:
    items = subscription.items.data
    starts = [item.current_period_start for item in items]
    ends = [item.current_period_end for item in items]
    price = items[0].price if items else None
    return SubscriptionSnapshot(
        id=subscription.id,
        status=SUBSCRIPTION_STATUS.get(subscription.status, subscription.status),
        period_start=instant(min(starts, default=None)),
        period_end=instant(max(ends, default=None)),
        cancel_at_period_end=subscription.cancel_at_period_end,
        cancelled_at=instant(subscription.canceled_at),
        metadata=metadata_of(subscription.metadata),
        product_id=id_of(price.product) if price is not None else None,
        price_id=price.id if price is not None else None,
        interval=price.recurring.interval if price is not None and price.recurring is not None else None,
        trial_end=instant(subscription.trial_end),
        has_pending_update=getattr(subscription, "pending_update", None) is not None,
        asked_at=asked_at,
        amount=sum((item.price.unit_amount or 0) * (item.quantity or 1) for item in items),
        currency=subscription.currency.upper(),
    )


def refund_snapshot(refund: stripe.Refund) -> RefundSnapshot:
    intent: Any = refund.payment_intent
    expanded = None if intent is None or isinstance(intent, str) else intent
    return RefundSnapshot(
        refund.id,
        refund.amount,
        refund.currency.upper(),
        refund.status or "pending",
        payment_intent_id=id_of(intent),
        customer_id=id_of(expanded.customer) if expanded else None,
        reason=refund.reason,
        failure_reason=getattr(refund, "failure_reason", None),
        metadata=metadata_of(refund.metadata),
        created_at=instant(refund.created),
        payment=payment_snapshot(expanded),
    )
