"""`PaymentProvider` over the official SDK. Each write carries an idempotency key made of our own ids."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import stripe

from billing.integrations.stripe import snapshots
from billing.integrations.stripe.client import translated
from billing.integrations.stripe.invoices import InvoiceReader
from billing.integrations.stripe.once import make_once
from billing.integrations.stripe.prices import DOMAIN_PRODUCT
from billing.integrations.stripe.values import metadata_of
from billing.payments.ports import (
    UNTAXED,
    CardCharge,
    Charge,
    InvoiceSnapshot,
    PaymentHandle,
    PaymentProviderRefused,
    RefundSnapshot,
    SubscriptionSnapshot,
    Taxes,
)

_SECRET = "confirmation_secret"  # noqa: S105 - the name of a field
_FAILED = frozenset({"failed", "canceled"})
_CUSTOMER_NEEDED = frozenset({"invoice_payment_intent_requires_action", "authentication_required"})
Made = TypeVar("Made", stripe.Customer, stripe.Subscription, stripe.Invoice, stripe.InvoiceItem, stripe.Refund)


class StripeProvider:
    """Needs the products of `billing sync-stripe` to exist at Stripe."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self._stripe = client.v1
        self._invoices = InvoiceReader(client)

    @translated
    async def create_customer(self, *, user_id: uuid.UUID, email: str, name: str) -> str:
        async def find() -> stripe.Customer | None:
            found = await self._stripe.customers.list_async({"email": email, "limit": 100})
            return _with_metadata(found.data, "user_id", user_id)

        params: Any = {"email": email, "name": name, "metadata": {"user_id": str(user_id)}}
        customer = await make_once(
            f"customer-create:{user_id}", lambda key: self._stripe.customers.create_async(params, key), find
        )
        return customer.id

    @translated
    async def open_subscription(
        self,
        *,
        order_id: uuid.UUID,
        customer_id: str,
        price_id: str,
        charges: Sequence[Charge],
        promotion_code_id: str | None = None,
        trial_days: int = 0,
        taxes: Taxes = UNTAXED,
    ) -> PaymentHandle:
        expand = [f"latest_invoice.{_SECRET}", "latest_invoice.payments", "pending_setup_intent"]
        item: dict[str, object] = {"price": price_id, "quantity": 1}
        if promotion_code_id is not None:
            # On the item, not the subscription: a coupon is off the plan, never off what a registrar takes.
            item["discounts"] = [{"promotion_code": promotion_code_id}]
        params: Any = {
            "customer": customer_id,
            "items": [item],
            "add_invoice_items": [_invoice_item(charge) for charge in charges],
            "payment_behavior": "default_incomplete",
            "payment_settings": {"save_default_payment_method": "on_subscription"},
            "metadata": {"order_id": str(order_id)},
            "expand": expand,
            **_tax_params(taxes),
        }
        if trial_days:
            params["trial_period_days"] = trial_days
            params["trial_settings"] = {"end_behavior": {"missing_payment_method": "cancel"}}

        async def find() -> stripe.Subscription | None:
            found = await self._stripe.subscriptions.list_async(
                {"customer": customer_id, "status": "all", "limit": 100}
            )
            known = _with_metadata(found.data, "order_id", order_id)
            return await self._stripe.subscriptions.retrieve_async(known.id, {"expand": expand}) if known else None

        subscription = await make_once(
            f"sub-create:{order_id}", lambda key: self._stripe.subscriptions.create_async(params, key), find
        )
        assert isinstance(subscription.latest_invoice, stripe.Invoice)
        lines = await self._invoices.lines_of(subscription.latest_invoice)
        setup = getattr(subscription, "pending_setup_intent", None)
        return snapshots.handle(subscription.latest_invoice, lines, subscription.id, setup=setup)

    @translated
    async def open_invoice(
        self,
        *,
        order_id: uuid.UUID,
        customer_id: str,
        currency: str,
        charges: Sequence[Charge],
        taxes: Taxes = UNTAXED,
    ) -> PaymentHandle:
        invoice_id = await self._draft(order_id, customer_id, currency, taxes)
        for charge in charges:
            await self._add_line(invoice_id, customer_id, charge)
        expand = [_SECRET, "payments"]
        params: Any = {"auto_advance": False, "expand": expand}

        async def find() -> stripe.Invoice | None:
            invoice = await self._stripe.invoices.retrieve_async(invoice_id, {"expand": expand})
            return None if invoice.status == "draft" else invoice

        finalized = await make_once(
            f"invoice-finalize:{order_id}",
            lambda key: self._stripe.invoices.finalize_invoice_async(invoice_id, params, key),
            find,
        )
        return snapshots.handle(finalized, await self._invoices.lines_of(finalized))

    async def _draft(self, order_id: uuid.UUID, customer_id: str, currency: str, taxes: Taxes) -> str:
        """Return the id of the order's invoice, without lines if it is new."""
        params: Any = {
            "customer": customer_id,
            "currency": currency.lower(),
            "collection_method": "charge_automatically",
            "auto_advance": False,
            "pending_invoice_items_behavior": "exclude",
            "metadata": {"order_id": str(order_id)},
            **_tax_params(taxes),
        }

        async def find() -> stripe.Invoice | None:
            found = await self._stripe.invoices.list_async({"customer": customer_id, "limit": 100})
            return _with_metadata(found.data, "order_id", order_id)

        invoice = await make_once(
            f"invoice-create:{order_id}", lambda key: self._stripe.invoices.create_async(params, key), find
        )
        return str(invoice.id)

    async def _add_line(self, invoice_id: str, customer_id: str, charge: Charge) -> None:
        params: Any = {
            "customer": customer_id,
            "invoice": invoice_id,
            "amount": charge.price.amount,
            "currency": charge.price.currency.lower(),
            "description": charge.description,
            "metadata": {"order_item_id": charge.reference},
        }

        async def find() -> stripe.InvoiceItem | None:
            found = await self._stripe.invoice_items.list_async({"invoice": invoice_id, "limit": 100})
            return _with_metadata(found.data, "order_item_id", charge.reference)

        await make_once(
            f"invoice-item:{charge.reference}", lambda key: self._stripe.invoice_items.create_async(params, key), find
        )

    @translated
    async def charge_card(self, *, invoice_id: str, card_id: str) -> CardCharge:
        params: Any = {"payment_method": card_id, "off_session": True}
        try:
            await self._stripe.invoices.pay_async(
                invoice_id, params, {"idempotency_key": f"invoice-pay:{invoice_id}:{card_id}:v1"}
            )
        except stripe.CardError as error:
            return CardCharge.NEEDS_CUSTOMER if error.code in _CUSTOMER_NEEDED else CardCharge.DECLINED
        except stripe.InvalidRequestError as error:
            if error.code != "invoice_already_paid":
                raise
        return CardCharge.PAID

    @translated
    async def get_handle(self, invoice_id: str) -> PaymentHandle:
        invoice = await self._stripe.invoices.retrieve_async(invoice_id, {"expand": [_SECRET, "payments"]})
        return snapshots.handle(invoice, await self._invoices.lines_of(invoice))

    @translated
    async def get_invoice(self, invoice_id: str) -> InvoiceSnapshot:
        return await self._invoices.fetch(invoice_id)

    @translated
    async def get_subscription(self, subscription_id: str) -> SubscriptionSnapshot:
        asked_at = datetime.now(UTC)
        found = await self._stripe.subscriptions.retrieve_async(subscription_id)
        return snapshots.subscription_snapshot(found, asked_at)

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
        async def list_tries() -> list[stripe.Refund]:
            found = await self._stripe.refunds.list_async({"payment_intent": payment_intent_id, "limit": 100})
            return [refund for refund in found.data if _carries(refund, "order_item_id", order_item_id)]

        async def find() -> stripe.Refund | None:
            return next((refund for refund in await list_tries() if refund.status not in _FAILED), None)

        # Stripe forgets keys after a day; the metadata stays.
        tries = await list_tries()
        refund = next((refund for refund in tries if refund.status not in _FAILED), None)
        if refund is None:
            if amount <= 0:
                raise PaymentProviderRefused("nothing_to_refund", "There is nothing to refund")
            params: Any = {
                "payment_intent": payment_intent_id,
                "amount": amount,
                "reason": "requested_by_customer",
                "metadata": {"order_item_id": str(order_item_id), "reason": reason},
            }
            # One that failed at the bank is followed by another one, under a key of its own.
            series = f"refund:{order_item_id}:{len(tries)}"
            refund = await make_once(series, lambda key: self._stripe.refunds.create_async(params, key), find)
        return snapshots.refund_snapshot(refund)


def _carries(made: Made, name: str, value: uuid.UUID | str) -> bool:
    return metadata_of(made.metadata).get(name) == str(value)


def _with_metadata(objects: Iterable[Made], name: str, value: uuid.UUID | str) -> Made | None:
    """Return the first object that carries our id."""
    return next((made for made in objects if _carries(made, name, value)), None)


def _tax_params(taxes: Taxes) -> dict[str, object]:
    if taxes.automatic:
        return {"automatic_tax": {"enabled": True}}
    return {} if taxes.rate_id is None else {"default_tax_rates": [taxes.rate_id]}


def _invoice_item(charge: Charge) -> dict[str, object]:
    return {
        "price_data": {
            "currency": charge.price.currency.lower(),
            "product": DOMAIN_PRODUCT,
            "unit_amount": charge.price.amount,
        },
        "quantity": 1,
        "metadata": {"order_item_id": charge.reference, "description": charge.description},
    }
