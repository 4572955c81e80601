"""The endpoints of invoices."""

from sandbox.core.store import Document
from sandbox.stripe.errors import invalid, missing_parameter
from sandbox.stripe.listing import in_range, page, slice_list
from sandbox.stripe.objects import invoice_items
from sandbox.stripe.objects.fields import currency, custom_fields, empty_list, refuse_automatic_tax, replace_texts
from sandbox.stripe.objects.invoices import finalize
from sandbox.stripe.objects.invoices.build import item_line, new_invoice, total_up
from sandbox.stripe.objects.invoices.collect import pay
from sandbox.stripe.parameters import Params
from sandbox.stripe.resource import Call, Resource, operation
from sandbox.stripe.work import Work

_SHOWN_LINES = 10
_DAY = 86400
_LONGEST_TERM = 3650
_AFTER_FINALIZATION = {"metadata", "description", "auto_advance", "expand", "default_payment_method"}


def create(work: Work, call: Call) -> Document:
    """POST /v1/invoices: a draft"""
    params = call.params
    customer = work.fetch("customer", params.require("customer"), "customer")
    code = currency(params) or customer["currency"] or "usd"
    invoice = new_invoice(work, customer, code, reason="manual")
    invoice["auto_advance"] = params.flag("auto_advance")
    _apply(work, invoice, params)
    _due(work, invoice, params)
    behavior = params.get("pending_invoice_items_behavior", "exclude")
    if behavior == "include":
        for item in reversed(invoice_items.pending(work, customer["id"], code)):
            item["invoice"] = invoice["id"]
            work.save(item)
            invoice["lines"].append(item_line(work, invoice, item, subscription=None))
    total_up(invoice)
    return work.create(invoice, "invoice.created")


def retrieve(work: Work, call: Call) -> Document:
    """GET /v1/invoices/{id}"""
    return work.fetch("invoice", call.path["id"])


def update(work: Work, call: Call) -> Document:
    """POST /v1/invoices/{id}: drafts; of a finalized one only what does not change the document"""
    invoice = work.fetch("invoice", call.path["id"])
    params = call.params
    forbidden = [name for name in params.names() if name not in _AFTER_FINALIZATION]
    if invoice["status"] != "draft" and forbidden:
        message = "Finalized invoices can't be updated in this way."
        raise invalid(message, forbidden[0], "invoice_not_editable")
    if "auto_advance" in params:
        invoice["auto_advance"] = params.flag("auto_advance")
    _apply(work, invoice, params)
    if {"due_date", "days_until_due", "collection_method"} & set(params.names()):
        _due(work, invoice, params)
    work.update(invoice, "invoice.updated")
    return invoice


def delete(work: Work, call: Call) -> Document:
    """DELETE /v1/invoices/{id}: drafts only"""
    invoice = work.fetch("invoice", call.path["id"])
    if invoice["status"] != "draft":
        message = "You can only delete draft invoices."
        raise invalid(message, "id", "invoice_not_editable")
    for item in work.by("invoiceitem", "invoice", invoice["id"]):
        work.remove(item, "invoiceitem.deleted")
    return work.remove(invoice, "invoice.deleted")


def finalize_invoice(work: Work, call: Call) -> Document:
    """POST /v1/invoices/{id}/finalize"""
    invoice = work.fetch("invoice", call.path["id"])
    if "auto_advance" in call.params:
        invoice["auto_advance"] = call.params.flag("auto_advance")
    finalize.finalize(work, invoice)
    return invoice


def void_invoice(work: Work, call: Call) -> Document:
    """POST /v1/invoices/{id}/void"""
    invoice = work.fetch("invoice", call.path["id"])
    finalize.void(work, invoice)
    return invoice


def mark_uncollectible(work: Work, call: Call) -> Document:
    """POST /v1/invoices/{id}/mark_uncollectible"""
    invoice = work.fetch("invoice", call.path["id"])
    if invoice["status"] != "open":
        raise invalid("You can only mark open invoices as uncollectible.", "id", "invoice_not_editable")
    invoice["status"] = "uncollectible"
    invoice["auto_advance"] = False
    invoice["status_transitions"]["marked_uncollectible_at"] = work.now
    work.save(invoice)
    work.emit("invoice.marked_uncollectible", invoice)
    return invoice


def send(work: Work, call: Call) -> Document:
    """POST /v1/invoices/{id}/send"""
    invoice = work.fetch("invoice", call.path["id"])
    if invoice["status"] == "draft":
        finalize.finalize(work, invoice)
    if invoice["status"] != "open":
        raise invalid("You can only manually send an invoice if it is open.", "id")
    work.emit("invoice.sent", invoice)
    return invoice


def list_invoices(work: Work, call: Call) -> Document:
    """GET /v1/invoices"""
    params = call.params
    equal = {name: params.text(name) for name in ("customer", "status", "collection_method")}
    equal["_subscription"] = params.text("subscription")
    due = params.get("due_date")

    def keep(invoice: Document) -> bool:
        return in_range(invoice["due_date"], due)

    return page(work, params, "invoice", "/v1/invoices", equal=equal, keep=keep)


def list_lines(work: Work, call: Call) -> Document:
    """GET /v1/invoices/{id}/lines"""
    invoice = work.fetch("invoice", call.path["id"])
    return slice_list(call.params, invoice["lines"], f"/v1/invoices/{invoice['id']}/lines")


def _apply(work: Work, invoice: Document, params: Params) -> None:
    replace_texts(invoice, params, "description", "footer", "statement_descriptor")
    refuse_automatic_tax(params)
    invoice["metadata"] = params.metadata(invoice["metadata"])
    if "custom_fields" in params:
        invoice["custom_fields"] = custom_fields(params)
    if "number" in params:
        invoice["number"] = params.text("number")
    if "default_payment_method" in params:
        method_id = params.text("default_payment_method")
        if method_id is not None:
            work.fetch("payment_method", method_id, "default_payment_method")
        invoice["default_payment_method"] = method_id
    settings = params.section("payment_settings")
    if settings is not None and "payment_method_types" in settings:
        invoice["payment_settings"]["payment_method_types"] = settings.get("payment_method_types")


def _due(work: Work, invoice: Document, params: Params) -> None:
    method = params.get("collection_method", invoice["collection_method"])
    days, date = params.natural("days_until_due"), params.natural("due_date")
    if method == "charge_automatically" and (days is not None or date is not None):
        message = "You can only set days_until_due or due_date with collection_method=send_invoice."
        raise invalid(message, "days_until_due" if date is None else "due_date")
    if method == "send_invoice" and days is None and date is None and invoice["due_date"] is None:
        raise missing_parameter("days_until_due")
    invoice["collection_method"] = method
    if days is not None and days > _LONGEST_TERM:
        raise invalid(f"days_until_due must be at most {_LONGEST_TERM}.", "days_until_due")
    if days is not None:
        date = work.now + days * _DAY
    invoice["due_date"] = date if date is not None else invoice["due_date"]


def _render(_work: Work, view: Document) -> None:
    lines = view["lines"]
    view["lines"] = {
        "object": "list",
        "data": lines[:_SHOWN_LINES],
        "has_more": len(lines) > _SHOWN_LINES,
        "url": f"/v1/invoices/{view['id']}/lines",
    }


def _confirmation_secret(work: Work, view: Document) -> Document | None:
    invoice = work.fetch("invoice", view["id"])
    if invoice["_intent"] is None:
        return None
    intent = work.fetch("payment_intent", invoice["_intent"])
    return {"client_secret": intent["client_secret"], "type": "payment_intent"}


def _payments(work: Work, view: Document) -> Document:
    rows = [work.render(row) for row in work.by("invoice_payment", "invoice", view["id"])]
    return empty_list(f"/v1/invoice_payments?invoice={view['id']}", rows)


RESOURCES = [
    Resource(
        "invoice",
        "invoice",
        "Invoice",
        render=_render,
        include={"confirmation_secret": _confirmation_secret, "payments": _payments},
    ),
    Resource("line_item", "line item", "InvoiceLineItem"),
]

_BASE = "/v1/invoices"
OPERATIONS = [
    operation("invoices.create", f"POST {_BASE}", "InvoiceCreateParams", create, "Invoice"),
    operation("invoices.retrieve", f"GET {_BASE}/{{id}}", "InvoiceRetrieveParams", retrieve, "Invoice"),
    operation("invoices.update", f"POST {_BASE}/{{id}}", "InvoiceUpdateParams", update, "Invoice"),
    operation("invoices.delete", f"DELETE {_BASE}/{{id}}", "InvoiceDeleteParams", delete, "Invoice"),
    operation("invoices.list", f"GET {_BASE}", "InvoiceListParams", list_invoices, "Invoice", listing=True),
    operation("invoices.pay", f"POST {_BASE}/{{id}}/pay", "InvoicePayParams", pay, "Invoice"),
    operation("invoices.send", f"POST {_BASE}/{{id}}/send", "InvoiceSendInvoiceParams", send, "Invoice"),
    operation(
        "invoices.finalize",
        f"POST {_BASE}/{{id}}/finalize",
        "InvoiceFinalizeInvoiceParams",
        finalize_invoice,
        "Invoice",
    ),
    operation("invoices.void", f"POST {_BASE}/{{id}}/void", "InvoiceVoidInvoiceParams", void_invoice, "Invoice"),
    operation(
        "invoices.mark_uncollectible",
        f"POST {_BASE}/{{id}}/mark_uncollectible",
        "InvoiceMarkUncollectibleParams",
        mark_uncollectible,
        "Invoice",
    ),
    operation(
        "invoices.lines.list",
        f"GET {_BASE}/{{id}}/lines",
        "InvoiceLineItemListParams",
        list_lines,
        "InvoiceLineItem",
        listing=True,
    ),
]
