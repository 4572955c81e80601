"""`PaymentProvider` over the official SDK. Each write carries an idempotency key made of our own ids."""

import uuid
from collections.abc import Sequence
from typing import cast

import stripe
from stripe.params import SubscriptionCreateParamsAddInvoiceItem

from billing.integrations.stripe import snapshots
from billing.integrations.stripe.client import translated
from billing.integrations.stripe.prices import DOMAIN_PRODUCT
from billing.payments.ports import (
    Charge,
    InvoiceSnapshot,
    PaymentHandle,
    PaymentProviderRefused,
    RefundSnapshot,
    SubscriptionSnapshot,
)

_SECRET = "confirmation_secret"  # noqa: S105 - the name of a field


class StripeProvider:
    """Needs the products of `billing sync-stripe` to exist at Stripe."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self._stripe = client.v1

    @translated
    async def create_customer(self, *, user_id: uuid.UUID, email: str, name: str) -> str:
        customer = await self._stripe.customers.create_async(
            {"email": email, "name": name, "metadata": {"user_id": str(user_id)}},
            {"idempotency_key": f"customer-create:{user_id}:v1"},
        )
        return customer.id

    @translated
    async def open_subscription(
        self, *, order_id: uuid.UUID, customer_id: str, price_id: str, charges: Sequence[Charge]
    ) -> PaymentHandle:
        extra = [
            cast(
                "SubscriptionCreateParamsAddInvoiceItem",
                {
                    "price_data": {
                        "currency": charge.price.currency.lower(),
                        "product": DOMAIN_PRODUCT,
                        "unit_amount": charge.price.amount,
                    },
                    "quantity": 1,
                    "metadata": {"order_item_id": charge.reference, "description": charge.description},
                },
            )
            for charge in charges
        ]
        subscription = await self._stripe.subscriptions.create_async(
            {
                "customer": customer_id,
                "items": [{"price": price_id, "quantity": 1}],
                "add_invoice_items": extra,
                "payment_behavior": "default_incomplete",
                "payment_settings": {"save_default_payment_method": "on_subscription"},
                "metadata": {"order_id": str(order_id)},
                "expand": [f"latest_invoice.{_SECRET}", "latest_invoice.payments"],
            },
            {"idempotency_key": f"sub-create:{order_id}:v1"},
        )
        assert isinstance(subscription.latest_invoice, stripe.Invoice)
        return snapshots.handle(subscription.latest_invoice, subscription.id)

    @translated
    async def open_invoice(
        self, *, order_id: uuid.UUID, customer_id: str, currency: str, charges: Sequence[Charge]
    ) -> PaymentHandle:
        invoice = await self._stripe.invoices.create_async(
            {
                "customer": customer_id,
                "currency": currency.lower(),
                "collection_method": "charge_automatically",
                "auto_advance": False,
                "pending_invoice_items_behavior": "exclude",
                "metadata": {"order_id": str(order_id)},
            },
            {"idempotency_key": f"invoice-create:{order_id}:v1"},
        )
        assert invoice.id is not None
        for charge in charges:
            await self._stripe.invoice_items.create_async(
                {
                    "customer": customer_id,
                    "invoice": invoice.id,
                    "amount": charge.price.amount,
                    "currency": charge.price.currency.lower(),
                    "description": charge.description,
                    "metadata": {"order_item_id": charge.reference},
                },
                {"idempotency_key": f"invoice-item:{charge.reference}:v1"},
            )
        finalized = await self._stripe.invoices.finalize_invoice_async(
            invoice.id,
            {"auto_advance": False, "expand": [_SECRET, "payments"]},
            {"idempotency_key": f"invoice-finalize:{order_id}:v1"},
        )
        return snapshots.handle(finalized)

    @translated
    async def get_handle(self, invoice_id: str) -> PaymentHandle:
        invoice = await self._stripe.invoices.retrieve_async(invoice_id, {"expand": [_SECRET, "payments"]})
        return snapshots.handle(invoice)

    @translated
    async def get_invoice(self, invoice_id: str) -> InvoiceSnapshot:
        invoice = await self._stripe.invoices.retrieve_async(
            invoice_id, {"expand": ["payments.data.payment.payment_intent"]}
        )
        return snapshots.invoice_snapshot(invoice)

    @translated
    async def get_subscription(self, subscription_id: str) -> SubscriptionSnapshot:
        return snapshots.subscription_snapshot(await self._stripe.subscriptions.retrieve_async(subscription_id))

    @translated
    async def abandon(self, *, invoice_id: str, subscription_id: str | None) -> None:
        # The invoice goes first: voiding one that was paid a moment ago is refused, so no payment can be overrun.
        invoice = await self._stripe.invoices.retrieve_async(invoice_id)
        if invoice.status == "open":
            await self._stripe.invoices.void_invoice_async(
                invoice_id, {}, {"idempotency_key": f"invoice-void:{invoice_id}:v1"}
            )
        if subscription_id is not None:
            subscription = await self._stripe.subscriptions.retrieve_async(subscription_id)
            if subscription.status == "incomplete":
                await self._stripe.subscriptions.cancel_async(subscription_id)

    @translated
    async def refund(
        self, *, order_item_id: uuid.UUID, payment_intent_id: str, amount: int, reason: str
    ) -> RefundSnapshot:
        # Stripe forgets idempotency keys after a day; the metadata stays.
        existing = await self._stripe.refunds.list_async({"payment_intent": payment_intent_id, "limit": 100})
        for refund in existing.data:
            metadata = refund.metadata.to_dict() if refund.metadata else {}
            if metadata.get("order_item_id") == str(order_item_id) and refund.status not in {"failed", "canceled"}:
                return snapshots.refund_snapshot(refund)
        if amount <= 0:
            raise PaymentProviderRefused("nothing_to_refund", "There is nothing to refund")
        refund = await self._stripe.refunds.create_async(
            {
                "payment_intent": payment_intent_id,
                "amount": amount,
                "reason": "requested_by_customer",
                "metadata": {"order_item_id": str(order_item_id), "reason": reason},
            },
            {"idempotency_key": f"refund:{order_item_id}:v1"},
        )
        return snapshots.refund_snapshot(refund)
