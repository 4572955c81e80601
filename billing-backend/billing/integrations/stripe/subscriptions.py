"""`SubscriptionProvider` over the official SDK."""

import uuid
from datetime import UTC, datetime
from typing import Any

import stripe

from billing.integrations.stripe.client import translated
from billing.integrations.stripe.lines import preview_line
from billing.integrations.stripe.once import make_once
from billing.integrations.stripe.promotions import coupon_of
from billing.integrations.stripe.snapshots import SUBSCRIPTION_STATUS
from billing.integrations.stripe.values import metadata_of
from billing.subscriptions.ports import Coupon, LatestInvoice, LiveSubscription, Preview

_EXPAND = ["latest_invoice.confirmation_secret"]
_ENDED = frozenset({"canceled", "incomplete_expired"})
_ENDING = "subscription_ended"


class StripeSubscriptions:
    """Subscriptions of one item each, as `StripeProvider` opens them."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self._stripe = client.v1

    @translated
    async def get(self, subscription_id: str) -> LiveSubscription:
        return _live(await self._retrieve(subscription_id))

    async def _retrieve(self, subscription_id: str) -> stripe.Subscription:
        return await self._stripe.subscriptions.retrieve_async(subscription_id, {"expand": _EXPAND})

    @translated
    async def preview_change(
        self, live: LiveSubscription, price_id: str, *, prorated_at: datetime, prorate: bool
    ) -> Preview:
        details: dict[str, object] = {
            "items": [{"id": live.item_id, "price": price_id}],
            "proration_behavior": "always_invoice" if prorate else "none",
        }
        if prorate:
            details["proration_date"] = int(prorated_at.timestamp())
        return await self._preview({"subscription": live.id, "subscription_details": details})

    @translated
    async def preview_end(self, subscription_id: str, at: datetime) -> Preview:
        details = {"cancel_now": True, "proration_behavior": "always_invoice", "proration_date": int(at.timestamp())}
        return await self._preview({"subscription": subscription_id, "subscription_details": details})

    async def _preview(self, params: Any) -> Preview:
        invoice = await self._stripe.invoices.create_preview_async(params)
        return Preview(
            currency=invoice.currency.upper(),
            total=invoice.total,
            amount_due=invoice.amount_due,
            balance=invoice.starting_balance,
            lines=[preview_line(line) for line in invoice.lines.data],
        )

    @translated
    async def change_now(
        self, change_id: uuid.UUID, live: LiveSubscription, price_id: str, *, prorated_at: datetime, prorate: bool
    ) -> LiveSubscription:
        params: Any = {
            "items": [{"id": live.item_id, "price": price_id}],
            "proration_behavior": "always_invoice" if prorate else "none",
            "payment_behavior": "pending_if_incomplete",
            "expand": _EXPAND,
        }
        if prorate:
            params["proration_date"] = int(prorated_at.timestamp())

        async def find() -> stripe.Subscription | None:
            found = await self._retrieve(live.id)
            return found if _is_on(found, price_id) else None

        changed = await find()
        if changed is None:
            changed = await make_once(
                f"sub-change:{change_id}",
                lambda key: self._stripe.subscriptions.update_async(live.id, params, key),
                find,
            )
        return _live(changed)

    @translated
    async def change_price(self, subscription_id: str, price_id: str) -> None:
        found = await self._retrieve(subscription_id)
        item = found.items.data[0]
        if item.price.id != price_id:
            params: Any = {"items": [{"id": item.id, "price": price_id}], "proration_behavior": "none"}
            await self._stripe.subscriptions.update_async(subscription_id, params)

    @translated
    async def cancel_at_period_end(
        self, subscription_id: str, *, cancel: bool, reason: str | None = None, comment: str | None = None
    ) -> None:
        params: Any = {
            "cancel_at_period_end": cancel,
            "cancellation_details": {"feedback": reason or "", "comment": comment or ""},
        }
        await self._stripe.subscriptions.update_async(subscription_id, params)

    @translated
    async def end(self, subscription_id: str, *, reason: str | None, comment: str | None) -> None:
        found = await self._stripe.subscriptions.retrieve_async(subscription_id)
        if found.status in _ENDED:
            return
        params: Any = {"cancellation_details": {"feedback": reason or "", "comment": comment or ""}}
        await self._stripe.subscriptions.cancel_async(subscription_id, params)

    @translated
    async def refund_latest(self, subscription_id: str, amount: int) -> int:
        found = await self._stripe.invoices.list_async(
            {"subscription": subscription_id, "status": "paid", "limit": 100}
        )
        notes = {
            str(invoice.id): (
                await self._stripe.credit_notes.list_async({"invoice": str(invoice.id), "limit": 100})
            ).data
            for invoice in found.data
        }
        left = amount - sum(note.amount for kept in notes.values() for note in kept if _is_ours(note))
        for invoice in found.data:
            credited = sum(note.post_payment_amount for note in notes[str(invoice.id)])
            part = min(left, invoice.amount_paid - credited)
            if part > 0:
                await self._refund(subscription_id, str(invoice.id), part)
                left -= part
        return amount - left

    async def _refund(self, subscription_id: str, invoice_id: str, amount: int) -> None:
        async def find() -> stripe.CreditNote | None:
            kept = await self._stripe.credit_notes.list_async({"invoice": invoice_id, "limit": 100})
            return next((note for note in kept.data if _is_ours(note)), None)

        params: Any = {
            "invoice": invoice_id,
            "amount": amount,
            "refund_amount": amount,
            "reason": "order_change",
            "memo": "Unused time of a subscription that ended",
            "metadata": {"reason": _ENDING, "subscription": subscription_id},
        }
        await make_once(
            f"end-refund:{invoice_id}", lambda key: self._stripe.credit_notes.create_async(params, key), find
        )

    @translated
    async def pause(self, subscription_id: str) -> None:
        found = await self._stripe.subscriptions.retrieve_async(subscription_id)
        if found.status != "paused":
            params: Any = {"type": "subscription", "invoicing_behavior": "pending_invoice_item"}
            await self._stripe.subscriptions.pause_async(subscription_id, params)

    @translated
    async def resume(self, subscription_id: str) -> LiveSubscription:
        found = await self._retrieve(subscription_id)
        waits = isinstance(found.latest_invoice, stripe.Invoice) and found.latest_invoice.status == "open"
        if found.status == "paused" and not waits:
            params: Any = {
                "billing_cycle_anchor": {"type": "now"},
                "payment_behavior": "resume_on_payment_success",
                "expand": _EXPAND,
            }
            found = await self._stripe.subscriptions.resume_async(subscription_id, params)
        return _live(found)

    @translated
    async def find_coupon(self, code: str) -> Coupon | None:
        params: Any = {"code": code, "active": True, "limit": 1, "expand": ["data.promotion.coupon"]}
        found = await self._stripe.promotion_codes.list_async(params)
        return coupon_of(found.data[0]) if found.data else None

    @translated
    async def set_coupon(self, subscription_id: str, promotion_code_id: str | None) -> None:
        found = await self._stripe.subscriptions.retrieve_async(subscription_id)
        discounts: Any = "" if promotion_code_id is None else [{"promotion_code": promotion_code_id}]
        items = [{"id": found.items.data[0].id, "discounts": discounts}]
        params: Any = {"items": items, "proration_behavior": "none"}
        await self._stripe.subscriptions.update_async(subscription_id, params)

    @translated
    async def retry_payment(self, subscription_id: str) -> None:
        found = await self._retrieve(subscription_id)
        invoice = found.latest_invoice
        if isinstance(invoice, stripe.Invoice) and invoice.status == "open":
            try:
                await self._stripe.invoices.pay_async(str(invoice.id))
            except stripe.CardError:
                # The invoice stays open and the usual retries go on.
                return


def _is_on(subscription: stripe.Subscription, price_id: str) -> bool:
    """Whether the subscription has this price, or will once its invoice is paid."""
    return price_id in {subscription.items.data[0].price.id, _pending_price(subscription)}


def _is_ours(note: stripe.CreditNote) -> bool:
    return metadata_of(note.metadata).get("reason") == _ENDING


def _pending_price(subscription: stripe.Subscription) -> str | None:
    pending = subscription.pending_update
    items = pending.subscription_items if pending is not None else None
    return items[0].price.id if items else None


def _live(subscription: stripe.Subscription) -> LiveSubscription:
    """Return a subscription of one item; its latest invoice is there when the call expanded it."""
    item = subscription.items.data[0]
    invoice = subscription.latest_invoice
    latest = None
    if isinstance(invoice, stripe.Invoice):
        secret = getattr(invoice, "confirmation_secret", None)
        latest = LatestInvoice(
            id=str(invoice.id),
            status=str(invoice.status),
            amount_due=invoice.amount_due,
            client_secret=secret.client_secret if secret else None,
            hosted_url=getattr(invoice, "hosted_invoice_url", None),
        )
    customer = subscription.customer
    assert item.price.recurring is not None
    return LiveSubscription(
        id=subscription.id,
        customer_id=customer if isinstance(customer, str) else customer.id,
        status=SUBSCRIPTION_STATUS.get(subscription.status, subscription.status),
        item_id=item.id,
        price_id=item.price.id,
        interval=item.price.recurring.interval,
        period_start=datetime.fromtimestamp(item.current_period_start, UTC),
        period_end=datetime.fromtimestamp(item.current_period_end, UTC),
        pending_price_id=_pending_price(subscription),
        has_discount=bool(item.discounts),
        latest_invoice=latest,
    )
