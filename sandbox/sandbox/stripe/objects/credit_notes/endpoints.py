"""The endpoints of credit notes, and what issuing and voiding one does to invoice, balance and charge."""

from sandbox.core.store import Document
from sandbox.stripe.errors import invalid
from sandbox.stripe.listing import page, slice_list
from sandbox.stripe.objects import customer_balance, refunds
from sandbox.stripe.objects.credit_notes.build import GivenBack, draw_up
from sandbox.stripe.objects.credit_notes.lines import view as line_view
from sandbox.stripe.objects.fields import money
from sandbox.stripe.objects.invoices.totals import set_due
from sandbox.stripe.payments import settlement
from sandbox.stripe.resource import Call, Resource, operation
from sandbox.stripe.work import Work

_SHOWN_LINES = 10
_REFUND_REASONS = {"duplicate": "duplicate", "fraudulent": "fraudulent"}


def create(work: Work, call: Call) -> Document:
    """POST /v1/credit_notes"""
    note, invoice, back = draw_up(work, call.params)
    _give_back(work, note, invoice, back)
    work.create(note, "credit_note.created")
    invoice["post_payment_credit_notes_amount"] += note["post_payment_amount"]
    _lower(work, invoice, note["pre_payment_amount"])
    return note


def preview(work: Work, call: Call) -> Document:
    """GET /v1/credit_notes/preview: what create would make; nothing happens"""
    return draw_up(work, call.params, preview=True)[0]


def preview_lines(work: Work, call: Call) -> Document:
    """GET /v1/credit_notes/preview/lines"""
    note = draw_up(work, call.params, preview=True)[0]
    lines = [line_view(work, line) for line in note["lines"]]
    return slice_list(call.params, lines, "/v1/credit_notes/preview/lines")


def retrieve(work: Work, call: Call) -> Document:
    """GET /v1/credit_notes/{id}"""
    return work.fetch("credit_note", call.path["id"])


def update(work: Work, call: Call) -> Document:
    """POST /v1/credit_notes/{id}: memo and metadata"""
    note = work.fetch("credit_note", call.path["id"])
    if "memo" in call.params:
        note["memo"] = call.params.text("memo")
    note["metadata"] = call.params.metadata(note["metadata"])
    work.update(note, "credit_note.updated")
    return note


def void(work: Work, call: Call) -> Document:
    """POST /v1/credit_notes/{id}/void: only while its invoice is open and nothing was given back"""
    note = work.fetch("credit_note", call.path["id"])
    invoice = work.fetch("invoice", note["invoice"])
    if note["status"] == "void":
        raise invalid("This credit note is already void.", "id")
    if invoice["status"] != "open" or note["post_payment_amount"]:
        raise invalid("You can only void a credit note that reduces an open invoice.", "id")
    note["status"], note["voided_at"] = "void", work.now
    work.save(note)
    work.emit("credit_note.voided", note)
    _lower(work, invoice, -note["pre_payment_amount"])
    return note


def list_notes(work: Work, call: Call) -> Document:
    """GET /v1/credit_notes"""
    equal = {name: call.params.text(name) for name in ("invoice", "customer")}
    return page(work, call.params, "credit_note", "/v1/credit_notes", equal=equal)


def list_lines(work: Work, call: Call) -> Document:
    """GET /v1/credit_notes/{id}/lines"""
    note = work.fetch("credit_note", call.path["id"])
    lines = [line_view(work, line) for line in note["lines"]]
    return slice_list(call.params, lines, f"/v1/credit_notes/{note['id']}/lines")


def _give_back(work: Work, note: Document, invoice: Document, back: GivenBack) -> None:
    given = list(back.refunds)
    if back.refund:
        charge = _charge(work, invoice, back.refund)
        reason = _REFUND_REASONS.get(note["reason"], "requested_by_customer")
        refund = refunds.issue(work, charge, back.refund, reason=reason, metadata={})
        given.append((refund["id"], back.refund))
    note["refunds"] = [
        {"amount_refunded": amount, "payment_record_refund": None, "refund": refund_id, "type": "refund"}
        for refund_id, amount in given
    ]
    if back.credit:
        customer = work.fetch("customer", invoice["customer"], "invoice")
        code = invoice["currency"]
        moved = customer_balance.move(work, customer, -back.credit, "credit_note", code, credit_note=note["id"])
        note["customer_balance_transaction"] = moved["id"]


def _charge(work: Work, invoice: Document, amount: int) -> Document:
    """A charge of the invoice that has this much left to refund. Raises StripeError."""
    most = 0
    for row in work.by("invoice_payment", "invoice", invoice["id"]):
        intent = work.fetch("payment_intent", row["_intent"])
        if row["status"] != "paid" or intent["latest_charge"] is None:
            continue
        charge = work.fetch("charge", intent["latest_charge"])
        left = charge["amount_captured"] - charge["amount_refunded"]
        if left >= amount:
            return charge
        most = max(most, left)
    code = invoice["currency"]
    message = (
        f"The refund amount ({money(amount, code)}) is greater than what can be refunded of the invoice's payments"
        f" ({money(most, code)})."
    )
    raise invalid(message, "refund_amount")


def _lower(work: Work, invoice: Document, amount: int) -> None:
    """Ask for less, or for more again when the amount is negative; an invoice with nothing left to pay is paid."""
    invoice["pre_payment_credit_notes_amount"] += amount
    set_due(invoice, invoice["amount_due"] - amount)
    if amount and not invoice["amount_remaining"]:
        settlement.stop_collecting(work, invoice, "duplicate")
        settlement.mark_paid(work, invoice, 0)
        return
    work.update(invoice, "invoice.updated")
    if amount:
        settlement.ask_for_rest(work, invoice)


def _render(work: Work, view: Document) -> None:
    lines = [line_view(work, line) for line in view["lines"]]
    view["lines"] = {
        "object": "list",
        "data": lines[:_SHOWN_LINES],
        "has_more": len(lines) > _SHOWN_LINES,
        "url": f"/v1/credit_notes/{view['id']}/lines",
    }


RESOURCES = [
    Resource("credit_note", "credit note", "CreditNote", render=_render),
    Resource("credit_note_line_item", "credit note line item", "CreditNoteLineItem"),
]

_BASE = "/v1/credit_notes"
_TYPE = "CreditNote"
_LINE = "CreditNoteLineItem"
OPERATIONS = [
    operation("credit_notes.create", f"POST {_BASE}", "CreditNoteCreateParams", create, _TYPE),
    operation("credit_notes.preview", f"GET {_BASE}/preview", "CreditNotePreviewParams", preview, _TYPE),
    operation(
        "credit_notes.preview_lines.list",
        f"GET {_BASE}/preview/lines",
        "CreditNotePreviewLinesParams",
        preview_lines,
        _LINE,
        listing=True,
    ),
    operation("credit_notes.retrieve", f"GET {_BASE}/{{id}}", "CreditNoteRetrieveParams", retrieve, _TYPE),
    operation("credit_notes.update", f"POST {_BASE}/{{id}}", "CreditNoteUpdateParams", update, _TYPE),
    operation("credit_notes.void", f"POST {_BASE}/{{id}}/void", "CreditNoteVoidCreditNoteParams", void, _TYPE),
    operation("credit_notes.list", f"GET {_BASE}", "CreditNoteListParams", list_notes, _TYPE, listing=True),
    operation(
        "credit_notes.lines.list",
        f"GET {_BASE}/{{id}}/lines",
        "CreditNoteLineItemListParams",
        list_lines,
        _LINE,
        listing=True,
    ),
]
