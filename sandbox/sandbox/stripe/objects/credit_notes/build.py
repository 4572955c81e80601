"""A credit note before anything happens because of it, and the rules of how its amount is given back."""

from dataclasses import dataclass, field

from sandbox.core.store import Document
from sandbox.stripe.errors import invalid
from sandbox.stripe.objects.credit_notes.lines import LineBuilder, pretax
from sandbox.stripe.objects.fields import money
from sandbox.stripe.objects.invoices.totals import discount_sums, tax_sums
from sandbox.stripe.parameters import Params
from sandbox.stripe.work import Work

_CREDITABLE = {"open", "paid", "uncollectible"}


@dataclass(frozen=True, slots=True)
class GivenBack:
    """How the part that was paid already returns to the customer, minor units; `refunds` are (id, amount)."""

    refund: int = 0
    credit: int = 0
    out_of_band: int = 0
    refunds: list[tuple[str, int]] = field(default_factory=list)

    @property
    def total(self) -> int:
        """All ways together."""
        return self.refund + self.credit + self.out_of_band + sum(amount for _, amount in self.refunds)


def draw_up(work: Work, params: Params, *, preview: bool = False) -> tuple[Document, Document, GivenBack]:
    """The credit note a request describes, its invoice, and how money goes back; nothing is saved.

    A preview may leave open how the money goes back. Raises StripeError when the invoice does not allow it or the
    amounts don't fit.
    """
    invoice = work.fetch("invoice", params.require("invoice"), "invoice")
    if invoice["status"] not in _CREDITABLE:
        status = invoice["status"]
        message = f"Credit notes can only be issued for open, paid or uncollectible invoices; this one is {status}."
        raise invalid(message, "invoice")
    earlier = work.by("credit_note", "invoice", invoice["id"])
    note = _document(work, invoice, len(earlier) + 1)
    note["lines"] = LineBuilder(work, invoice, earlier).build(params)
    _sum_up(note)
    back = GivenBack(
        refund=params.natural("refund_amount") or 0,
        credit=params.natural("credit_amount") or 0,
        out_of_band=params.natural("out_of_band_amount") or 0,
        refunds=_refunds(work, invoice, params),
    )
    _divide(note, invoice, back.total or (note["total"] if preview and invoice["status"] == "paid" else 0))
    note["memo"] = params.text("memo")
    note["reason"] = params.text("reason")
    note["metadata"] = params.metadata()
    note["effective_at"] = params.number("effective_at") or work.now
    note["out_of_band_amount"] = back.out_of_band or None
    params.accept("email_type")
    return note, invoice, back


def _document(work: Work, invoice: Document, position: int) -> Document:
    token = work.context.identifiers.text(40)
    return {
        "id": work.new_id("cn"),
        "object": "credit_note",
        "amount_shipping": 0,
        "created": work.now,
        "currency": invoice["currency"],
        "customer": invoice["customer"],
        "customer_account": None,
        "customer_balance_transaction": None,
        "invoice": invoice["id"],
        "livemode": False,
        "number": f"{invoice['number']}-CN-{position:02d}",
        "pdf": f"{work.context.settings.base_url}/stripe/credit_notes/{token}/pdf",
        "refunds": [],
        "shipping_cost": None,
        "status": "issued",
        "voided_at": None,
        "_token": token,
    }


def _sum_up(note: Document) -> None:
    """All sums from the lines: amounts − discounts + exclusive taxes = total."""
    lines = note["lines"]
    note["discount_amounts"] = discount_sums(lines)
    note["discount_amount"] = sum(share["amount"] for share in note["discount_amounts"])
    note["pretax_credit_amounts"] = [pretax(share) for share in note["discount_amounts"]]
    note["total_taxes"] = tax_sums(lines)
    included = sum(tax["amount"] for tax in note["total_taxes"] if tax["tax_behavior"] == "inclusive")
    note["subtotal"] = sum(line["amount"] for line in lines)
    note["subtotal_excluding_tax"] = note["subtotal"] - included
    note["total_excluding_tax"] = note["subtotal_excluding_tax"] - note["discount_amount"]
    note["total"] = note["total_excluding_tax"] + sum(tax["amount"] for tax in note["total_taxes"])
    note["amount"] = note["total"]


def _divide(note: Document, invoice: Document, back: int) -> None:
    """Which part lowers what is still due and which was paid already. Raises StripeError when it doesn't fit."""
    total, code = note["total"], invoice["currency"]
    left = invoice["total"] - invoice["pre_payment_credit_notes_amount"] - invoice["post_payment_credit_notes_amount"]
    if total > left:
        message = (
            f"The credit note's amount ({money(total, code)}) is greater than what can still be credited on the invoice"
            f" ({money(left, code)})."
        )
        raise invalid(message, "amount")
    before = 0 if invoice["status"] == "paid" else total - back
    if (invoice["status"] == "paid" and back != total) or before < 0:
        message = (
            "The sum of refund_amount, credit_amount, out_of_band_amount and refunds"
            f" ({money(back, code)}) must equal the credit note's amount ({money(total, code)})."
        )
        raise invalid(message, "amount")
    if before > invoice["amount_remaining"]:
        message = (
            f"The amount not given back ({money(before, code)}) is greater than the amount remaining on the invoice"
            f" ({money(invoice['amount_remaining'], code)}). Specify refund_amount, credit_amount or"
            " out_of_band_amount."
        )
        raise invalid(message, "amount")
    note["pre_payment_amount"], note["post_payment_amount"] = before, total - before
    note["type"] = "mixed" if before and total > before else ("pre_payment" if before else "post_payment")


def _refunds(work: Work, invoice: Document, params: Params) -> list[tuple[str, int]]:
    """Existing refunds of the invoice's payments, with the part of each this note is about."""
    intents = {row["_intent"] for row in work.by("invoice_payment", "invoice", invoice["id"])}
    found: list[tuple[str, int]] = []
    for entry in params.sections("refunds"):
        entry.only("type", "refund")
        param = entry.path("refund")
        refund = work.fetch("refund", entry.require("refund"), param)
        if refund["payment_intent"] not in intents:
            raise invalid(f"The refund {refund['id']} is not of a payment of this invoice.", param)
        used = sum(part for known, part in found if known == refund["id"])
        free = refund["amount"] - _noted(work, invoice, refund["id"]) - used
        amount = entry.positive("amount_refunded") or free
        if not 0 < amount <= free:
            raise invalid(f"Only {money(free, refund['currency'])} of the refund are not on a credit note yet.", param)
        found.append((refund["id"], amount))
    return found


def _noted(work: Work, invoice: Document, refund_id: str) -> int:
    notes = work.by("credit_note", "invoice", invoice["id"])
    entries = [entry for note in notes if note["status"] == "issued" for entry in note["refunds"]]
    return sum(entry["amount_refunded"] for entry in entries if entry["refund"] == refund_id)
