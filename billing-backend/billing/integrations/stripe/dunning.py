"""`DunningProvider` over the official SDK."""

from datetime import datetime
from typing import Any

import stripe

from billing.integrations.stripe.client import translated
from billing.payments.ports import PaymentProviderRefused

_OWED = frozenset({"open", "uncollectible"})
_DELETED = "customer.subscription.deleted"
_ENDED = frozenset({"canceled", "incomplete_expired"})


class StripeDunning:
    def __init__(self, client: stripe.StripeClient) -> None:
        self._stripe = client.v1

    @translated
    async def end_unpaid(self, subscription_id: str) -> None:
        found = await self._stripe.invoices.list_async({"subscription": subscription_id, "limit": 100})
        billed = [invoice for invoice in found.data if invoice.status != "draft"]
        if billed and billed[0].status == "paid":
            raise PaymentProviderRefused("paid_meanwhile", "The latest invoice is paid")
        for invoice in found.data:
            if invoice.status == "draft" and invoice.auto_advance:
                # A subscription's draft can't be deleted; left alone it would be finalized and charged.
                await self._stripe.invoices.update_async(str(invoice.id), {"auto_advance": False})
        # Invoices go first: Stripe refuses to void one that was paid a moment ago, so no payment can be overrun.
        for invoice in billed:
            if invoice.status in _OWED:
                await self._stripe.invoices.void_invoice_async(str(invoice.id))
        subscription = await self._stripe.subscriptions.retrieve_async(subscription_id)
        if subscription.status not in _ENDED:
            await self._stripe.subscriptions.cancel_async(subscription_id, {"invoice_now": False, "prorate": False})

    @translated
    async def find_ended_by_retries(self, since: datetime) -> str | None:
        unpaid = await self._stripe.subscriptions.list_async({"status": "unpaid", "limit": 1})
        if unpaid.data:
            return unpaid.data[0].id
        query: Any = {"type": _DELETED, "created": {"gte": int(since.timestamp())}, "limit": 100}
        told = await self._stripe.events.list_async(query)
        async for event in told.auto_paging_iter():
            ended: Any = event.data.object
            if ended.cancellation_details and ended.cancellation_details.reason == "payment_failed":
                return str(ended.id)
        return None
