"""`RefundDesk` over the official SDK: money back, credit notes, disputes."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import stripe

from billing.integrations.stripe import snapshots
from billing.integrations.stripe.client import translated
from billing.integrations.stripe.documents import ADOPTED, refunds_of
from billing.integrations.stripe.invoices import InvoiceReader
from billing.integrations.stripe.once import make_once
from billing.integrations.stripe.values import id_of, instant, metadata_of
from billing.kit.money import rounded
from billing.payments.facts import CreditNoteFact, DisputeFact, DisputeMovement
from billing.payments.ports import RefundSnapshot
from service_kit.clock import Clock, SystemClock

_OURS = "refund_id"
_EXPAND = ["payment_intent"]
_LOST = frozenset({"failed", "canceled"})


class StripeRefundDesk:
    def __init__(self, client: stripe.StripeClient, clock: Clock | None = None) -> None:
        self._stripe = client.v1
        self._invoices = InvoiceReader(client, clock)
        self._clock = clock or SystemClock()

    @translated
    async def get_refund(self, refund_id: str) -> RefundSnapshot:
        return snapshots.refund_snapshot(await self._stripe.refunds.retrieve_async(refund_id, {"expand": _EXPAND}))

    @translated
    async def list_refunds(self, payment_intent_id: str) -> list[RefundSnapshot]:
        query: Any = {"payment_intent": payment_intent_id, "limit": 100, "expand": ["data.payment_intent"]}
        found = await self._stripe.refunds.list_async(query)
        return [snapshots.refund_snapshot(refund) async for refund in found.auto_paging_iter()]

    @translated
    async def refund_payment(
        self, *, refund_id: uuid.UUID, payment_intent_id: str, amount: int, reason: str
    ) -> RefundSnapshot:
        async def find() -> stripe.Refund | None:
            query: Any = {"payment_intent": payment_intent_id, "limit": 100, "expand": ["data.payment_intent"]}
            found = await self._stripe.refunds.list_async(query)
            return next((made for made in found.data if metadata_of(made.metadata).get(_OURS) == str(refund_id)), None)

        # Stripe forgets keys after a day; the metadata stays.
        refund = await find()
        if refund is None:
            params: Any = {
                "payment_intent": payment_intent_id,
                "amount": amount,
                "reason": reason,
                "metadata": {_OURS: str(refund_id)},
                "expand": _EXPAND,
            }
            refund = await make_once(
                f"refund:{refund_id}", lambda key: self._stripe.refunds.create_async(params, key), find
            )
        return snapshots.refund_snapshot(refund)

    @translated
    async def get_credit_note(self, credit_note_id: str) -> CreditNoteFact:
        return await self._invoices.fetch_credit_note(credit_note_id)

    @translated
    async def credit_refund(
        self, *, refund_id: uuid.UUID, stripe_refund_id: str, invoice_id: str, amount: int, description: str
    ) -> CreditNoteFact | None:
        listed = await self._stripe.credit_notes.list_async({"invoice": invoice_id, "limit": 100})
        notes = [note async for note in listed.auto_paging_iter()]
        for note in notes:
            if stripe_refund_id in refunds_of(note):
                return await self._invoices.fetch_credit_note(note.id)
        invoice = await self._stripe.invoices.retrieve_async(invoice_id)
        left = invoice.total - sum(note.total for note in notes if note.status == "issued")
        if invoice.status != "paid":
            return None
        if left < amount:
            return await self._adopt(notes, stripe_refund_id, amount)
        params: Any = {
            "invoice": invoice_id,
            "refunds": [{"refund": stripe_refund_id, "amount_refunded": amount}],
            "lines": await self._lines(invoice, amount, description, whole=not notes and amount == invoice.total),
            "memo": description,
            "metadata": {_OURS: str(refund_id)},
        }

        async def find() -> stripe.CreditNote | None:
            again = await self._stripe.credit_notes.list_async({"invoice": invoice_id, "limit": 100})
            same = (note for note in again.data if metadata_of(note.metadata).get(_OURS) == str(refund_id))
            return next(same, None)

        note = await make_once(
            f"credit-note:{refund_id}", lambda key: self._stripe.credit_notes.create_async(params, key), find
        )
        return await self._invoices.fetch_credit_note(note.id)

    async def _adopt(self, notes: Sequence[stripe.CreditNote], refund_id: str, amount: int) -> CreditNoteFact | None:
        """Make a credit note whose refund came back that of the refund made instead: Stripe issues no second one."""
        for note in notes:
            if note.status == "issued" and note.total == amount and await self._came_back(note):
                await self._stripe.credit_notes.update_async(note.id, {"metadata": {ADOPTED: refund_id}})
                return await self._invoices.fetch_credit_note(note.id)
        return None

    async def _came_back(self, note: stripe.CreditNote) -> bool:
        made = [await self._stripe.refunds.retrieve_async(refund_id) for refund_id in refunds_of(note)]
        return bool(made) and all(refund.status in _LOST for refund in made)

    async def _lines(
        self, invoice: stripe.Invoice, amount: int, description: str, *, whole: bool
    ) -> list[dict[str, object]]:
        """Return all lines of the invoice, or one of our own that holds its share of each tax."""
        if whole:
            listed = await self._stripe.invoices.line_items.list_async(str(invoice.id), {"limit": 100})
            lines = [line async for line in listed.auto_paging_iter()]
            if all(line.amount > 0 for line in lines):
                return [
                    {"type": "invoice_line_item", "invoice_line_item": line.id, "amount": line.amount} for line in lines
                ]
        share = Decimal(amount) / invoice.total
        taxes = [
            {
                "amount": rounded(tax.amount * share, invoice.currency),
                "taxable_amount": rounded((tax.taxable_amount or 0) * share, invoice.currency),
                "tax_rate": id_of(tax.tax_rate_details.tax_rate) if tax.tax_rate_details else None,
                "exclusive": tax.tax_behavior == "exclusive",
            }
            for tax in invoice.total_taxes or []
        ]
        beside = sum(int(str(tax["amount"])) for tax in taxes if tax.pop("exclusive"))
        line: dict[str, object] = {
            "type": "custom_line_item",
            "description": description,
            "quantity": 1,
            "unit_amount": amount - beside,
        }
        if taxes:
            line["tax_amounts"] = taxes
        return [line]

    @translated
    async def get_dispute(self, dispute_id: str) -> DisputeFact:
        asked_at = self._clock.now()
        dispute = await self._stripe.disputes.retrieve_async(dispute_id, {"expand": _EXPAND})
        intent: Any = dispute.payment_intent
        return DisputeFact(
            id=dispute.id,
            payment_intent_id=id_of(dispute.payment_intent),
            amount=dispute.amount,
            currency=dispute.currency.upper(),
            reason=dispute.reason,
            status=dispute.status,
            evidence_due_at=instant(dispute.evidence_details.due_by),
            created_at=datetime.fromtimestamp(dispute.created, UTC),
            asked_at=asked_at,
            customer_id=None if intent is None or isinstance(intent, str) else id_of(intent.customer),
            movements=[
                DisputeMovement(
                    id=row.id,
                    category=row.reporting_category or row.type,
                    amount=row.amount,
                    fee=row.fee,
                    currency=row.currency.upper(),
                    occurred_at=datetime.fromtimestamp(row.created, UTC),
                )
                for row in dispute.balance_transactions
            ],
        )
