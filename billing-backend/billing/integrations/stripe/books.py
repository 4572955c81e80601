"""`ProviderBooks` over the official SDK: lists to compare with, and our balance."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import stripe

from billing.flows.reconcile.models import ObjectKind
from billing.flows.reconcile.ports import Held, Owed, Seen
from billing.integrations.stripe.client import translated
from billing.integrations.stripe.snapshots import SUBSCRIPTION_STATUS
from billing.integrations.stripe.values import id_of, instant
from billing.ledger.facts import ProviderFact
from billing.payments.ports import PaymentProviderRefused

_PAGE = 100
_CHECKOUT = frozenset({"subscription_create", "manual"})
_PAYMENT_STATUS = {"succeeded": "succeeded", "canceled": "failed"}


class StripeBooks:
    def __init__(self, client: stripe.StripeClient) -> None:
        self._stripe = client.v1

    async def list_seen(self, kind: ObjectKind, since: datetime) -> AsyncIterator[Seen]:
        created: dict[str, Any] = {"created": {"gte": int(since.timestamp())}}
        # Without a status Stripe lists every subscription that is not cancelled.
        everything: dict[str, Any] = {"status": "all"} if kind is ObjectKind.SUBSCRIPTION else {}
        queries = [{**created, **everything}]
        if kind is ObjectKind.SUBSCRIPTION:
            queries.append({})
        if kind is ObjectKind.INVOICE:
            queries.append({"status": "open"})
        for query in queries:
            async for found in self._pages(kind, query):
                seen = _seen(kind, found)
                if seen is not None:
                    yield seen

    async def _pages(self, kind: ObjectKind, query: dict[str, Any]) -> AsyncIterator[Any]:
        """Yield page after page: an error of the SDK inside is translated like any other."""
        after: str | None = None
        while True:
            page = await self._page(kind, {**query, "limit": _PAGE, **({"starting_after": after} if after else {})})
            for found in page.data:
                yield found
            if not page.has_more or not page.data:
                return
            after = page.data[-1].id

    @translated
    async def _page(self, kind: ObjectKind, query: Any) -> Any:
        if kind is ObjectKind.SUBSCRIPTION:
            return await self._stripe.subscriptions.list_async(query)
        if kind is ObjectKind.INVOICE:
            return await self._stripe.invoices.list_async(query)
        if kind is ObjectKind.PAYMENT:
            return await self._stripe.payment_intents.list_async(query)
        if kind is ObjectKind.REFUND:
            return await self._stripe.refunds.list_async(query)
        return await self._stripe.balance_transactions.list_async(query)

    async def get_seen(self, kind: ObjectKind, object_id: str) -> Seen | None:
        try:
            found = await self._retrieve(kind, object_id)
        except PaymentProviderRefused as error:
            if error.code == "resource_missing":
                return None
            raise
        return _seen(kind, found)

    @translated
    async def _retrieve(self, kind: ObjectKind, object_id: str) -> Any:
        if kind is ObjectKind.SUBSCRIPTION:
            return await self._stripe.subscriptions.retrieve_async(object_id)
        if kind is ObjectKind.INVOICE:
            return await self._stripe.invoices.retrieve_async(object_id)
        if kind is ObjectKind.PAYMENT:
            return await self._stripe.payment_intents.retrieve_async(object_id)
        return await self._stripe.refunds.retrieve_async(object_id)

    @translated
    async def find_invoice(self, payment_id: str) -> str | None:
        query: Any = {"payment": {"type": "payment_intent", "payment_intent": payment_id}, "limit": 1}
        found = await self._stripe.invoice_payments.list_async(query)
        return next((id_of(row.invoice) for row in found.data), None)

    async def list_movements(self, since: datetime | None) -> AsyncIterator[ProviderFact]:
        query: dict[str, Any] = {"created": {"gte": int(since.timestamp())}} if since else {}
        async for row in self._pages(ObjectKind.LEDGER, query):
            yield _movement(row)

    @translated
    async def get_movement(self, movement_id: str) -> ProviderFact:
        return _movement(await self._stripe.balance_transactions.retrieve_async(movement_id))

    async def held(self) -> Held:
        balance: dict[str, int] = {}
        for part in await self._balance():
            currency = part.currency.upper()
            balance[currency] = balance.get(currency, 0) + part.amount
        owed: dict[str, Owed] = {}
        async for invoice in self._pages(ObjectKind.INVOICE, {"status": "open"}):
            owed[invoice.id] = Owed(invoice.amount_remaining, invoice.billing_reason in _CHECKOUT)
        return Held(balance, owed)

    @translated
    async def _balance(self) -> list[Any]:
        balance = await self._stripe.balance.retrieve_async()
        return [*balance.available, *balance.pending]


def _movement(row: stripe.BalanceTransaction) -> ProviderFact:
    return ProviderFact(
        id=row.id,
        category=row.reporting_category or row.type,
        amount=row.amount,
        fee=row.fee,
        currency=row.currency.upper(),
        occurred_at=datetime.fromtimestamp(row.created, UTC),
        source_id=id_of(row.source),
    )


def _seen(kind: ObjectKind, found: Any) -> Seen | None:
    """Return what is compared; None for what is no money of anybody yet."""
    if kind is ObjectKind.SUBSCRIPTION:
        return _subscription(found)
    if kind is ObjectKind.INVOICE:
        return _invoice(found)
    currency = found.currency.upper()
    if kind is ObjectKind.REFUND:
        return Seen(kind, found.id, {"status": found.status, "amount": found.amount, "currency": currency})
    status = _PAYMENT_STATUS.get(found.status, "pending")
    amount = found.amount_received or found.amount
    fields = {"status": status, "amount": amount, "currency": currency}
    return Seen(kind, found.id, fields, is_checkout=status != "succeeded")


def _subscription(found: stripe.Subscription) -> Seen:
    status = SUBSCRIPTION_STATUS.get(found.status, found.status)
    end = instant(max((item.current_period_end for item in found.items.data), default=None))
    fields: dict[str, object] = {
        "status": status,
        "cancel_at_period_end": found.cancel_at_period_end,
        "current_period_end": end.isoformat() if end else None,
    }
    never_began = found.status in {"incomplete", "incomplete_expired"}
    return Seen(ObjectKind.SUBSCRIPTION, found.id, fields, is_checkout=never_began)


def _invoice(found: stripe.Invoice) -> Seen | None:
    if found.status == "draft":
        return None
    fields: dict[str, object] = {
        "status": found.status,
        "number": found.number,
        "currency": found.currency.upper(),
        "total": found.total,
        "amount_paid": found.amount_paid,
    }
    unpaid = found.status == "void" or (found.status == "open" and found.billing_reason in _CHECKOUT)
    return Seen(ObjectKind.INVOICE, str(found.id), fields, is_checkout=unpaid)
