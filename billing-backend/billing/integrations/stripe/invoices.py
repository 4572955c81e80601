"""Read whole invoices and credit notes: all their lines, and the tax rates they name."""

from collections.abc import Iterable
from typing import Any

import stripe

from billing.integrations.stripe.documents import Rates, credit_note_fact, rate_ids
from billing.integrations.stripe.snapshots import invoice_snapshot
from billing.payments.facts import CreditNoteFact
from billing.payments.ports import InvoiceSnapshot
from service_kit.clock import Clock, SystemClock

_INVOICE_PARTS = (
    "payments.data.payment.payment_intent",
    "parent.subscription_details.subscription",
    "total_discount_amounts.discount.source.coupon",
)


class TaxRates:
    """Tax rates by id. A rate's percentage never changes, so each is asked for once."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self._stripe = client.v1
        self._known: dict[str, stripe.TaxRate] = {}

    async def of(self, ids: Iterable[str]) -> Rates:
        for rate_id in ids:
            if rate_id not in self._known:
                self._known[rate_id] = await self._stripe.tax_rates.retrieve_async(rate_id)
        return self._known


class InvoiceReader:
    """Raises Stripe's errors as they are. The clock is the machine's: it orders answers and tells nobody the time."""

    def __init__(self, client: stripe.StripeClient, clock: Clock | None = None) -> None:
        self._stripe = client.v1
        self._rates = TaxRates(client)
        self._clock = clock or SystemClock()

    async def fetch(self, invoice_id: str) -> InvoiceSnapshot:
        asked_at = self._clock.now()
        invoice = await self._stripe.invoices.retrieve_async(invoice_id, {"expand": list(_INVOICE_PARTS)})
        lines = await self.lines_of(invoice)
        rates = await self._rates.of(rate_ids(invoice, lines))
        return invoice_snapshot(invoice, lines, rates, asked_at)

    async def lines_of(self, invoice: stripe.Invoice) -> list[Any]:
        """Return all lines of an invoice; a second question only where the answer left some out."""
        if not invoice.lines.has_more:
            return list(invoice.lines.data)
        listed = await self._stripe.invoices.line_items.list_async(str(invoice.id), {"limit": 100})
        return [line async for line in listed.auto_paging_iter()]

    async def fetch_credit_note(self, credit_note_id: str) -> CreditNoteFact:
        note = await self._stripe.credit_notes.retrieve_async(credit_note_id)
        lines: list[Any] = list(note.lines.data)
        if note.lines.has_more:
            listed = await self._stripe.credit_notes.line_items.list_async(credit_note_id, {"limit": 100})
            lines = [line async for line in listed.auto_paging_iter()]
        return credit_note_fact(note, lines, await self._rates.of(rate_ids(note, lines)))
