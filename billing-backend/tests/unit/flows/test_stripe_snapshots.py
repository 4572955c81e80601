"""Stripe's objects as the port's snapshots."""

from datetime import UTC, datetime
from typing import Any

import pytest
import stripe

from billing.integrations.stripe import snapshots
from billing.integrations.stripe.client import translated
from billing.invoices.models import InvoiceStatus
from billing.payments.models import RefundStatus
from billing.payments.ports import PaymentProviderRefused, PaymentProviderUnavailable
from billing.subscriptions.models import SubscriptionStatus

CREATED = 1_795_176_000
AT = datetime.fromtimestamp(CREATED, UTC)


def intent_object(**more: Any) -> dict[str, Any]:
    return {
        "id": "pi_1",
        "object": "payment_intent",
        "amount": 3000,
        "amount_received": 2900,
        "currency": "usd",
        "status": "succeeded",
        "created": CREATED,
        "payment_method": "pm_1",
        **more,
    }


def item_object(start: int, end: int) -> dict[str, Any]:
    price = {"id": "price_1", "object": "price", "product": "prod_1", "unit_amount": 2900, "recurring": None}
    return {
        "object": "subscription_item",
        "current_period_start": start,
        "current_period_end": end,
        "quantity": 1,
        "price": price,
    }


def payment_row(intent: Any, *, status: str = "paid", is_default: bool = True) -> dict[str, Any]:
    return {
        "id": "inpay_1",
        "object": "invoice_payment",
        "status": status,
        "is_default": is_default,
        "payment": {"type": "payment_intent", "payment_intent": intent},
    }


def invoice_object(**more: Any) -> stripe.Invoice:
    values = {
        "id": "in_1",
        "object": "invoice",
        "status": "paid",
        "currency": "usd",
        "total": 2900,
        "amount_due": 2900,
        "amount_paid": 2900,
        "number": "N-0001",
        "billing_reason": "subscription_create",
        "customer": "cus_1",
        "metadata": {},
        "created": CREATED,
        "due_date": None,
        "next_payment_attempt": None,
        "subtotal": 2900,
        "starting_balance": 0,
        "ending_balance": None,
        "attempt_count": 1,
        "customer_tax_exempt": "none",
        "total_taxes": [],
        "total_discount_amounts": [],
        "customer_name": "Ada Lovelace",
        "customer_email": "ada@customer.example",
        "customer_address": None,
        "customer_tax_ids": [],
        "lines": {"object": "list", "data": [], "has_more": False},
        "status_transitions": {
            "paid_at": CREATED + 5,
            "finalized_at": CREATED,
            "marked_uncollectible_at": None,
            "voided_at": None,
        },
        "parent": {
            "type": "subscription_details",
            "subscription_details": {"subscription": "sub_1", "metadata": {"order_id": "o1"}},
        },
        "payments": {"object": "list", "data": [payment_row(intent_object())]},
        **more,
    }
    return stripe.Invoice.construct_from(values, "sk_test_x")


def test_a_subscriptions_invoice() -> None:
    seen = snapshots.invoice_snapshot(invoice_object(invoice_pdf="https://x/pdf", hosted_invoice_url="https://x"))
    assert (seen.id, seen.status, seen.currency, seen.total, seen.number) == ("in_1", "paid", "USD", 2900, "N-0001")
    assert (seen.customer_id, seen.subscription_id, dict(seen.metadata)) == ("cus_1", "sub_1", {"order_id": "o1"})
    assert seen.created_at == AT
    assert seen.paid_at is not None
    assert (seen.paid_at - AT).total_seconds() == 5
    assert seen.due_at is seen.next_payment_attempt_at is None
    assert seen.payment is not None
    assert (seen.payment.id, seen.payment.amount, seen.payment.created_at) == ("pi_1", 2900, AT)
    assert (seen.pdf_url, seen.hosted_url) == ("https://x/pdf", "https://x")


def test_an_invoice_without_subscription_and_links() -> None:
    seen = snapshots.invoice_snapshot(
        invoice_object(parent=None, payments=None, metadata={"order_id": "o2"}, billing_reason="manual", status="open")
    )
    assert (seen.subscription_id, seen.payment, dict(seen.metadata)) == (None, None, {"order_id": "o2"})
    assert seen.pdf_url is None


def test_the_invoices_own_metadata_wins_over_its_subscriptions() -> None:
    assert snapshots.invoice_snapshot(invoice_object(metadata={"order_id": "own"})).metadata["order_id"] == "own"


def test_expanded_objects_count_by_their_id() -> None:
    subscription = {
        "id": "sub_9",
        "object": "subscription",
        "status": "active",
        "items": {"object": "list", "data": [item_object(0, 86_400)]},
        "currency": "usd",
        "trial_end": None,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "metadata": {},
    }
    parent = {
        "type": "subscription_details",
        "subscription_details": {"subscription": subscription, "metadata": None},
    }
    seen = snapshots.invoice_snapshot(invoice_object(customer={"id": "cus_9", "object": "customer"}, parent=parent))
    assert (seen.customer_id, seen.subscription_id) == ("cus_9", "sub_9")
    assert seen.subscription is not None
    assert (seen.subscription.status, seen.subscription.period_end) == ("active", datetime(1970, 1, 2, tzinfo=UTC))


def test_the_intent_that_paid_counts_before_the_default_one() -> None:
    rows = [
        payment_row(intent_object(id="pi_default"), status="open"),
        payment_row(intent_object(id="pi_paid"), is_default=False),
    ]
    seen = snapshots.invoice_snapshot(invoice_object(payments={"object": "list", "data": rows}))
    assert seen.payment is not None
    assert seen.payment.id == "pi_paid"


def test_a_payment_that_is_not_expanded_or_no_intent_is_unknown() -> None:
    charge = {"id": "inpay", "status": "paid", "is_default": True, "payment": {"type": "charge", "charge": "ch_1"}}
    for row in (payment_row("pi_1"), charge):
        seen = snapshots.invoice_snapshot(invoice_object(payments={"object": "list", "data": [row]}))
        assert seen.payment is None


def test_a_card_is_named_by_brand_and_last_four_only() -> None:
    card = {"id": "pm_1", "object": "payment_method", "card": {"brand": "visa", "last4": "4242"}}
    method = stripe.PaymentIntent.construct_from(intent_object(payment_method=card), "k")
    payment = snapshots.payment_snapshot(method)
    assert payment is not None
    assert payment.payment_method == "visa •••• 4242"


def test_the_handle_names_the_intent_of_the_secret() -> None:
    handle = snapshots.handle(
        invoice_object(status="open", confirmation_secret={"type": "payment_intent", "client_secret": "pi_7_secret_x"}),
        [],
        "sub_1",
    )
    assert (handle.payment_intent_id, handle.client_secret) == ("pi_7", "pi_7_secret_x")
    assert handle.subscription_id == "sub_1"
    without = snapshots.handle(invoice_object(), [])
    assert (without.payment_intent_id, without.client_secret) == ("pi_1", None)


def subscription_object(status: str) -> stripe.Subscription:
    item, longer = item_object(CREATED, CREATED + 100), item_object(CREATED, CREATED + 200)
    return stripe.Subscription.construct_from(
        {
            "id": "sub_1",
            "object": "subscription",
            "status": status,
            "items": {"object": "list", "data": [item, longer]},
            "currency": "usd",
            "trial_end": None,
            "cancel_at_period_end": False,
            "canceled_at": None,
            "metadata": {"order_id": "o1"},
        },
        "k",
    )


@pytest.mark.parametrize(
    "status",
    ["incomplete", "incomplete_expired", "trialing", "active", "past_due", "canceled", "unpaid", "paused"],
)
def test_every_status_of_stripes_has_one_of_ours(status: str) -> None:
    seen = snapshots.subscription_snapshot(subscription_object(status))
    SubscriptionStatus(seen.status)
    assert seen.period_start == AT
    assert seen.period_end is not None
    assert (seen.period_end - AT).total_seconds() == 200


def test_every_invoice_and_refund_status_has_one_of_ours() -> None:
    for status in ("draft", "open", "paid", "uncollectible", "void"):
        InvoiceStatus(snapshots.invoice_snapshot(invoice_object(status=status)).status)
    for given in ("pending", "requires_action", "succeeded", "failed", "canceled", None):
        values = {"id": "re_1", "amount": 5, "currency": "usd", "status": given, "payment_intent": "pi_1"}
        more: dict[str, Any] = {"reason": None, "metadata": {}, "created": CREATED}
        refund = stripe.Refund.construct_from({**values, **more}, "k")
        RefundStatus(snapshots.refund_snapshot(refund).status)


def make_error(kind: Any, *arguments: str) -> stripe.StripeError:
    """Make an error of the SDK, whose constructors are not typed."""
    error: stripe.StripeError = kind(*arguments)
    return error


UNAVAILABLE = [
    make_error(stripe.APIConnectionError, "no route"),
    make_error(stripe.APIError, "500"),
    make_error(stripe.RateLimitError, "slow down"),
    make_error(stripe.AuthenticationError, "sk_test_wrong is no key"),
    make_error(stripe.PermissionError, "not yours"),
]
REFUSED = [
    make_error(stripe.InvalidRequestError, "No such price", "price", "resource_missing"),
    make_error(stripe.CardError, "declined", "number", "card_declined"),
    make_error(stripe.IdempotencyError, "other parameters"),
]


@pytest.mark.parametrize("error", [*UNAVAILABLE, *REFUSED], ids=lambda error: type(error).__name__)
async def test_stripes_errors_become_the_ports(error: stripe.StripeError) -> None:
    @translated
    async def call() -> None:
        raise error

    expected = PaymentProviderUnavailable if error in UNAVAILABLE else PaymentProviderRefused
    with pytest.raises(expected) as raised:
        await call()
    assert "sk_test" not in str(raised.value)
