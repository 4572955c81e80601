"""Lines of a draft: added, changed and taken away, one or several at a time."""

from sandbox.core.store import Document
from sandbox.stripe.errors import invalid, no_such
from sandbox.stripe.objects import discounts, invoice_items, tax_rates
from sandbox.stripe.objects.invoices.build import item_line
from sandbox.stripe.objects.invoices.totals import total_up
from sandbox.stripe.parameters import Params
from sandbox.stripe.resource import Call, operation
from sandbox.stripe.work import Work


def add(work: Work, call: Call) -> Document:
    """POST /v1/invoices/{id}/add_lines: what waits already, or new amounts"""
    invoice = _draft(work, call)
    customer = work.fetch("customer", invoice["customer"], "customer")
    for entry in call.params.sections("lines"):
        item_id = entry.text("invoice_item")
        if item_id is None:
            invoice_items.make(work, entry, customer, invoice)
            continue
        item = _waiting(work, item_id, invoice, entry.path("invoice_item"))
        item["invoice"] = invoice["id"]
        invoice_items.change(work, item, entry)
        invoice["lines"].append(item_line(work, invoice, item, subscription=invoice_items.subscription_of(item)))
    return _finish(work, invoice, call.params)


def update_several(work: Work, call: Call) -> Document:
    """POST /v1/invoices/{id}/update_lines"""
    invoice = _draft(work, call)
    for entry in call.params.sections("lines"):
        _change(work, invoice, _line(invoice, entry.require("id"), entry.path("id")), entry)
    return _finish(work, invoice, call.params)


def update_one(work: Work, call: Call) -> Document:
    """POST /v1/invoices/{id}/lines/{line}"""
    invoice = _draft(work, call)
    line_id = call.path["line"]
    _change(work, invoice, _line(invoice, line_id, None), call.params)
    total_up(work, invoice)
    work.update(invoice, "invoice.updated")
    return _line(invoice, line_id, None)


def remove(work: Work, call: Call) -> Document:
    """POST /v1/invoices/{id}/remove_lines: deleted with their items, or waiting again"""
    invoice = _draft(work, call)
    for entry in call.params.sections("lines"):
        line = _line(invoice, entry.require("id"), entry.path("id"))
        details = line["parent"]["invoice_item_details"]
        if details is None:
            raise invalid("Only lines of invoice items can be removed.", entry.path("id"), "invoice_not_editable")
        item = work.fetch("invoiceitem", details["invoice_item"])
        if entry.get("behavior") == "unassign":
            item["invoice"] = None
            work.save(item)
        else:
            work.remove(item, "invoiceitem.deleted")
        invoice["lines"] = [other for other in invoice["lines"] if other["id"] != line["id"]]
    return _finish(work, invoice, call.params)


def _change(work: Work, invoice: Document, line: Document, params: Params) -> None:
    details = line["parent"]["invoice_item_details"]
    if details is not None:
        item = work.fetch("invoiceitem", details["invoice_item"])
        invoice_items.change(work, item, params)
        invoice_items.replace_line(work, invoice, item)
        return
    if "description" in params:
        line["description"] = params.text("description")
    if "discountable" in params:
        line["discountable"] = params.flag("discountable")
    line["metadata"] = params.metadata(line["metadata"])
    line["_tax_rates"] = tax_rates.chosen(work, params, "tax_rates", line["_tax_rates"])
    customer, place = work.fetch("customer", invoice["customer"]), {"invoice": invoice["id"]}
    line["discounts"] = discounts.given(work, params, customer, invoice["currency"], line["discounts"], **place)


def _finish(work: Work, invoice: Document, params: Params) -> Document:
    if "invoice_metadata" in params:
        sent = Params({"metadata": params.get("invoice_metadata", "")})
        invoice["metadata"] = sent.metadata(invoice["metadata"])
    total_up(work, invoice)
    work.update(invoice, "invoice.updated")
    return invoice


def _draft(work: Work, call: Call) -> Document:
    work.fetch("invoice", call.path["id"])
    return invoice_items.draft_of(work, call.path["id"])


def _line(invoice: Document, line_id: str, param: str | None) -> Document:
    for line in invoice["lines"]:
        if line["id"] == line_id:
            found: Document = line
            return found
    raise no_such("line item", line_id, param)


def _waiting(work: Work, item_id: str, invoice: Document, param: str) -> Document:
    item = work.fetch("invoiceitem", item_id, param)
    if item["invoice"] is not None or item["customer"] != invoice["customer"]:
        raise invalid("The invoice item is on an invoice already or belongs to another customer.", param)
    if item["currency"] != invoice["currency"]:
        raise invalid(f"The currency of the item must be that of the invoice ({invoice['currency']}).", param)
    return item


_BASE = "/v1/invoices/{id}"
OPERATIONS = [
    operation("invoices.add_lines", f"POST {_BASE}/add_lines", "InvoiceAddLinesParams", add, "Invoice"),
    operation(
        "invoices.update_lines", f"POST {_BASE}/update_lines", "InvoiceUpdateLinesParams", update_several, "Invoice"
    ),
    operation("invoices.remove_lines", f"POST {_BASE}/remove_lines", "InvoiceRemoveLinesParams", remove, "Invoice"),
    operation(
        "invoices.lines.update",
        f"POST {_BASE}/lines/{{line}}",
        "InvoiceLineItemUpdateParams",
        update_one,
        "InvoiceLineItem",
    ),
]
