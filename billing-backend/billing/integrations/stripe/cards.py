"""`CardProvider` over the official SDK: the customer's cards, for payments without the customer there."""

import uuid
from collections.abc import Sequence
from typing import Any

import stripe

from billing.integrations.stripe.client import translated
from billing.integrations.stripe.values import id_of
from billing.subscriptions.ports import Card, CardSetup

_RUNNING = frozenset({"active", "trialing", "past_due", "unpaid", "paused", "incomplete"})


class StripeCards:
    def __init__(self, client: stripe.StripeClient) -> None:
        self._stripe = client.v1

    @translated
    async def begin_card_setup(self, customer_id: str, *, user_id: uuid.UUID, key: str) -> CardSetup:
        params: Any = {
            "customer": customer_id,
            "usage": "off_session",
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            "metadata": {"user_id": str(user_id)},
        }
        made = await self._stripe.setup_intents.create_async(params, {"idempotency_key": f"card-setup:{user_id}:{key}"})
        assert made.client_secret is not None
        return CardSetup(made.id, made.client_secret)

    @translated
    async def adopt_card(self, setup_id: str, *, customer_id: str | None) -> str | None:
        setup = await self._stripe.setup_intents.retrieve_async(setup_id)
        owner_id, card_id = id_of(setup.customer), id_of(setup.payment_method)
        if setup.status != "succeeded" or owner_id is None or card_id is None:
            return None
        if customer_id not in {None, owner_id}:
            return None
        await self._charge_from_now_on(owner_id, card_id)
        return owner_id

    @translated
    async def list_cards(self, customer_id: str) -> Sequence[Card]:
        customer = await self._stripe.customers.retrieve_async(customer_id)
        default = id_of(customer.invoice_settings.default_payment_method) if customer.invoice_settings else None
        found = await self._stripe.payment_methods.list_async({"customer": customer_id, "type": "card", "limit": 100})
        if default is None:
            running = await self._running(customer_id)
            default = next((id_of(sub.default_payment_method) for sub in running if sub.default_payment_method), None)
        return [
            Card(
                id=method.id,
                brand=method.card.brand,
                last4=method.card.last4,
                exp_month=method.card.exp_month,
                exp_year=method.card.exp_year,
                is_default=method.id == default,
            )
            for method in found.data
            if method.card is not None
        ]

    @translated
    async def set_default_card(self, customer_id: str, card_id: str) -> None:
        await self._charge_from_now_on(customer_id, card_id)

    async def _charge_from_now_on(self, customer_id: str, card_id: str) -> None:
        default: Any = {"invoice_settings": {"default_payment_method": card_id}}
        await self._stripe.customers.update_async(customer_id, default)
        for subscription in await self._running(customer_id):
            if id_of(subscription.default_payment_method) != card_id:
                await self._stripe.subscriptions.update_async(subscription.id, {"default_payment_method": card_id})

    async def _running(self, customer_id: str) -> list[stripe.Subscription]:
        found = await self._stripe.subscriptions.list_async({"customer": customer_id, "status": "all", "limit": 100})
        return [subscription for subscription in found.data if subscription.status in _RUNNING]

    @translated
    async def detach_card(self, card_id: str) -> None:
        await self._stripe.payment_methods.detach_async(card_id)
