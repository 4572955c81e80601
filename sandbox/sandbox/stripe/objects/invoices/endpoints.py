"""The endpoints of invoices."""

from sandbox.core.store import Document
from sandbox.stripe.errors import invalid, missing_parameter
from sandbox.stripe.listing import in_range, page, slice_list
from sandbox.stripe.objects import automatic_tax, discounts, invoice_items, tax_rates
from sandbox.stripe.objects.fields import currency, custom_fields, empty_list, replace_texts
from sandbox.stripe.objects.invoices import finalize, lines
from sandbox.stripe.objects.invoices.build import for_subscription, item_line, new_invoice
from sandbox.stripe.objects.invoices.collect import attach_payment, pay
from sandbox.stripe.objects.invoices.totals import total_up
from sandbox.stripe.objects.subscriptions import dunning, standing
from sandbox.stripe.parameters import Params
from sandbox.stripe.resource import Call, Resource, operation
from sandbox.stripe.work import Work

_SHOWN_LINES = 10
_DAY = 86400
_LONGEST_TERM = 3650
_AFTER_FINALIZATION = {"metadata", "description", "auto_advance", "expand", "default_payment_method"}


def create(work: Work, call: Call) -> Document:
    """POST /v1/invoices: a draft, empty or with what waits for the customer or for a subscription"""
    params = call.params
    customer = work.fetch("customer", params.require("customer"), "customer")
    subscription = _subscription(work, params, customer)
    code = currency(params) or (subscription or customer)["currency"] or "usd"
    invoice = new_invoice(work, customer, code, reason="manual")
    if subscription is not None:
        for_subscription(invoice, subscription)
    invoice["auto_advance"] = params.flag("auto_advance")
    _apply(work, invoice, params)
    _due(work, invoice, params)
    behavior = params.get("pending_invoice_items_behavior", "exclude")
    if behavior == "include" or subscription is not None:
        _pull_in(work, invoice, None if subscription is None else subscription["id"])
    total_up(work, invoice)
    discounts.check_minimum(work, invoice["discounts"], invoice["subtotal"], code)
    if invoice["auto_advance"]:
        dunning.advance_later(work, invoice)
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
        _advance(work, invoice, wanted=params.flag("auto_advance"))
    _apply(work, invoice, params)
    if {"due_date", "days_until_due", "collection_method"} & set(params.names()):
        _due(work, invoice, params)
    if invoice["status"] == "draft":
        total_up(work, invoice)
    work.update(invoice, "invoice.updated")
    return invoice


def delete(work: Work, call: Call) -> Document:
    """DELETE /v1/invoices/{id}: drafts only, and none of a subscription"""
    invoice = work.fetch("invoice", call.path["id"])
    if invoice["_subscription"] is not None:
        raise invalid("You can't delete invoices created by subscriptions.", "id", "invoice_not_editable")
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
        _advance(work, invoice, wanted=call.params.flag("auto_advance"))
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
    invoice["_written_off"] = "user_forgiven"
    invoice["status_transitions"]["marked_uncollectible_at"] = work.now
    work.save(invoice)
    work.emit("invoice.marked_uncollectible", invoice)
    standing.forgiven(work, invoice)
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
    shown = [_line_view(line) for line in invoice["lines"]]
    return slice_list(call.params, shown, f"/v1/invoices/{invoice['id']}/lines")


def _advance(work: Work, invoice: Document, *, wanted: bool) -> None:
    """Let Stripe finalize and collect the invoice by itself, or not."""
    if wanted and not invoice["auto_advance"] and invoice["status"] in {"draft", "open"}:
        dunning.advance_later(work, invoice)
    invoice["auto_advance"] = wanted


def _apply(work: Work, invoice: Document, params: Params) -> None:
    replace_texts(invoice, params, "description", "footer", "statement_descriptor")
    _reduce(work, invoice, params)
    invoice["metadata"] = params.metadata(invoice["metadata"])
    if "custom_fields" in params:
        invoice["custom_fields"] = custom_fields(params)
    if "number" in params:
        invoice["number"] = _free_number(work, invoice, params.text("number"))
    if "effective_at" in params:
        invoice["effective_at"] = params.number("effective_at")
    if "default_payment_method" in params:
        method_id = params.text("default_payment_method")
        if method_id is not None:
            work.fetch("payment_method", method_id, "default_payment_method")
        invoice["default_payment_method"] = method_id
    settings = params.section("payment_settings")
    if settings is not None and "payment_method_types" in settings:
        invoice["payment_settings"]["payment_method_types"] = settings.get("payment_method_types")


def _reduce(work: Work, invoice: Document, params: Params) -> None:
    """Discounts and taxes of a draft."""
    automatic_tax.configure(invoice, params)
    current = invoice["default_tax_rates"]
    invoice["default_tax_rates"] = tax_rates.chosen(work, params, "default_tax_rates", current)
    if "discounts" in params:
        customer = work.fetch("customer", invoice["customer"])
        code, place = invoice["currency"], {"invoice": invoice["id"]}
        invoice["discounts"] = discounts.given(work, params, customer, code, invoice["discounts"], **place)


def _free_number(work: Work, invoice: Document, number: str | None) -> str | None:
    taken = [] if number is None else work.by("invoice", "number", number)
    if any(other["id"] != invoice["id"] for other in taken):
        raise invalid(f"The invoice number {number} is already in use.", "number")
    return number


def _subscription(work: Work, params: Params, customer: Document) -> Document | None:
    subscription_id = params.text("subscription")
    if subscription_id is None:
        return None
    subscription = work.fetch("subscription", subscription_id, "subscription")
    if subscription["customer"] != customer["id"]:
        raise invalid("The subscription does not belong to this customer.", "subscription")
    return subscription


def _pull_in(work: Work, invoice: Document, subscription_id: str | None) -> None:
    """Put what waits for the customer, or only for one subscription, on a draft."""
    waiting = invoice_items.pending(work, invoice["customer"], invoice["currency"])
    if subscription_id is not None:
        waiting = [item for item in waiting if invoice_items.subscription_of(item) == subscription_id]
    if not waiting:
        kind, code = ("customer", "invoice_no_customer_line_items")
        if subscription_id is not None:
            kind, code = ("subscription", "invoice_no_subscription_line_items")
        raise invalid(f"Nothing to invoice for {kind}", kind, code)
    for item in reversed(waiting):
        item["invoice"] = invoice["id"]
        work.save(item)
        invoice["lines"].append(item_line(work, invoice, item, subscription=invoice_items.subscription_of(item)))


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


def _render(work: Work, view: Document) -> None:
    shown = [_line_view(line) for line in view["lines"]]
    view["default_tax_rates"] = tax_rates.views(work, view["default_tax_rates"])
    view["lines"] = {
        "object": "list",
        "data": shown[:_SHOWN_LINES],
        "has_more": len(shown) > _SHOWN_LINES,
        "url": f"/v1/invoices/{view['id']}/lines",
    }


def _line_view(line: Document) -> Document:
    return {name: value for name, value in line.items() if not name.startswith("_")}


def _confirmation_secret(work: Work, view: Document) -> Document | None:
    invoice = work.fetch("invoice", view["id"])
    if invoice["_intent"] is None:
        return None
    intent = work.fetch("payment_intent", invoice["_intent"])
    return {"client_secret": intent["client_secret"], "type": "payment_intent"}


def _status_details(work: Work, view: Document) -> Document:
    reason = work.fetch("invoice", view["id"])["_written_off"]
    return {"uncollectible": None if reason is None else {"reason": reason}}


def _payments(work: Work, view: Document) -> Document:
    rows = [work.render(row) for row in work.by("invoice_payment", "invoice", view["id"])]
    return empty_list(f"/v1/invoice_payments?invoice={view['id']}", rows)


RESOURCES = [
    Resource(
        "invoice",
        "invoice",
        "Invoice",
        render=_render,
        include={
            "amount_paid_off_stripe": lambda work, view: work.fetch("invoice", view["id"])["_off_stripe"],
            "confirmation_secret": _confirmation_secret,
            "payments": _payments,
            "status_details": _status_details,
        },
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
    operation(
        "invoices.attach_payment",
        f"POST {_BASE}/{{id}}/attach_payment",
        "InvoiceAttachPaymentParams",
        attach_payment,
        "Invoice",
    ),
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
    *lines.OPERATIONS,
]
