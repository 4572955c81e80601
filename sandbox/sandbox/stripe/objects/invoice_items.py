"""Invoice items: amounts waiting for, or put on, an invoice."""

from sandbox.core.store import Document
from sandbox.stripe.errors import StripeError, invalid
from sandbox.stripe.listing import page
from sandbox.stripe.objects import discounts, prices, product_fields, tax_rates
from sandbox.stripe.objects.currencies import check_step
from sandbox.stripe.objects.fields import currency, decimal_text
from sandbox.stripe.objects.invoices.build import item_line, line_amount, pricing
from sandbox.stripe.objects.invoices.totals import total_up
from sandbox.stripe.parameters import Params
from sandbox.stripe.resource import Call, Resource, operation
from sandbox.stripe.work import Work


def create(work: Work, call: Call) -> Document:
    """POST /v1/invoiceitems: pending, or straight onto a draft"""
    params = call.params
    invoice_id, customer_id = params.text("invoice"), params.text("customer")
    invoice = None if invoice_id is None else draft_of(work, invoice_id)
    if customer_id is None and invoice is None:
        raise StripeError(400, "Missing required param: customer.", code="parameter_missing", param="customer")
    owner = customer_id or (invoice or {})["customer"]
    customer = work.fetch("customer", owner, "customer")
    if invoice is not None and invoice["customer"] != customer["id"]:
        raise invalid("The invoice does not belong to this customer.", "invoice")
    item = make(work, params, customer, invoice)
    if invoice is not None:
        total_up(work, invoice)
        work.update(invoice, "invoice.updated")
    return item


def make(work: Work, params: Params, customer: Document, invoice: Document | None) -> Document:
    """A new item with its event; on a draft it becomes a line, whose sums are still to be made. Raises StripeError."""
    quantity = params.natural("quantity")
    price, amount, code = _priced(work, params, quantity, invoice, customer)
    if invoice is not None and code != invoice["currency"]:
        message = f"The currency of the item ({code}) must be that of the invoice ({invoice['currency']})."
        raise invalid(message, "currency")
    item = build(work, customer["id"], price, amount, quantity if quantity is not None else 1)
    item["discountable"] = amount >= 0
    _describe(item, params)
    reduce(work, item, params)
    _for_subscription(work, item, params)
    item["period"] = _period(params) or item["period"]
    item["invoice"] = None if invoice is None else invoice["id"]
    work.create(item, "invoiceitem.created")
    if invoice is not None:
        invoice["lines"].append(item_line(work, invoice, item, subscription=subscription_of(item)))
    return item


def build(work: Work, customer_id: str, price: Document, amount: int, quantity: int) -> Document:
    """An item for a price, not saved; described by its product's name."""
    product = work.fetch("product", price["product"])
    return {
        "id": work.new_id("ii"),
        "object": "invoiceitem",
        "amount": amount,
        "currency": price["currency"],
        "customer": customer_id,
        "customer_account": None,
        "date": work.now,
        "description": product.get("name"),
        "discountable": True,
        "discounts": [],
        "invoice": None,
        "livemode": False,
        "metadata": {},
        "net_amount": amount,
        "parent": None,
        "period": {"end": work.now, "start": work.now},
        "pricing": pricing(price),
        "proration": False,
        "quantity": quantity,
        "quantity_decimal": decimal_text(quantity),
        "tax_rates": [],
        "test_clock": work.clock,
    }


def reduce(work: Work, item: Document, params: Params) -> None:
    """Set the item's own `discounts` and `tax_rates`. Raises StripeError."""
    item["tax_rates"] = tax_rates.chosen(work, params, "tax_rates", item["tax_rates"])
    customer = work.fetch("customer", item["customer"])
    code, place = item["currency"], {"invoice_item": item["id"]}
    item["discounts"] = discounts.given(work, params, customer, code, item["discounts"], **place)


def pending(work: Work, customer_id: str, code: str) -> list[Document]:
    """A customer's items on no invoice yet, in one currency, newest first."""
    items = work.by("invoiceitem", "customer", customer_id)
    return [item for item in items if item["invoice"] is None and item["currency"] == code]


def subscription_of(item: Document) -> str | None:
    """The subscription an item waits for, if it is bound to one."""
    details = None if item["parent"] is None else item["parent"]["subscription_details"]
    return None if details is None else str(details["subscription"])


def retrieve(work: Work, call: Call) -> Document:
    """GET /v1/invoiceitems/{id}"""
    return work.fetch("invoiceitem", call.path["id"])


def update(work: Work, call: Call) -> Document:
    """POST /v1/invoiceitems/{id}: while pending or on a draft"""
    item = work.fetch("invoiceitem", call.path["id"])
    invoice = None if item["invoice"] is None else draft_of(work, item["invoice"])
    change(work, item, call.params)
    if invoice is not None:
        replace_line(work, invoice, item)
        total_up(work, invoice)
        work.update(invoice, "invoice.updated")
    return item


def change(work: Work, item: Document, params: Params) -> None:
    """Set what was sent and save the item. Raises StripeError."""
    amount, quantity = params.number("amount"), params.natural("quantity")
    if amount is not None:
        check_step(amount, item["currency"], params.path("amount"))
        item["amount"], item["quantity"] = amount, 1
    elif quantity is not None:
        price = work.fetch("price", item["pricing"]["price_details"]["price"])
        item["amount"], item["quantity"] = line_amount(price, quantity), quantity
    item["net_amount"], item["quantity_decimal"] = item["amount"], decimal_text(item["quantity"])
    _describe(item, params)
    reduce(work, item, params)
    item["period"] = _period(params) or item["period"]
    work.save(item)


def delete(work: Work, call: Call) -> Document:
    """DELETE /v1/invoiceitems/{id}: while pending or on a draft"""
    item = work.fetch("invoiceitem", call.path["id"])
    if item["invoice"] is not None:
        invoice = draft_of(work, item["invoice"])
        invoice["lines"] = [line for line in invoice["lines"] if not _is_of(line, item)]
        total_up(work, invoice)
        work.update(invoice, "invoice.updated")
    return work.remove(item, "invoiceitem.deleted")


def list_items(work: Work, call: Call) -> Document:
    """GET /v1/invoiceitems"""
    params = call.params
    waiting = params.get("pending")

    def keep(item: Document) -> bool:
        return waiting is None or (item["invoice"] is None) == waiting

    equal = {name: params.text(name) for name in ("customer", "invoice")}
    return page(work, params, "invoiceitem", "/v1/invoiceitems", equal=equal, keep=keep)


def draft_of(work: Work, invoice_id: str) -> Document:
    """An invoice that can still be changed. Raises StripeError."""
    invoice = work.fetch("invoice", invoice_id, "invoice")
    if invoice["status"] != "draft":
        message = "This invoice is no longer editable"
        raise invalid(message, "invoice", "invoice_not_editable")
    return invoice


def _priced(
    work: Work, params: Params, quantity: int | None, invoice: Document | None, customer: Document
) -> tuple[Document, int, str]:
    count = 1 if quantity is None else quantity
    data, reference = params.section("price_data"), params.section("pricing")
    if data is not None:
        price = prices.of_data(work, data)
    elif reference is not None:
        price = prices.named(work, reference.require("price"), "pricing[price]", "one_time")
    else:
        return _bare_amount(work, params, quantity, invoice, customer)
    return price, line_amount(price, count), price["currency"]


def _bare_amount(
    work: Work, params: Params, quantity: int | None, invoice: Document | None, customer: Document
) -> tuple[Document, int, str]:
    amount, decimal = params.number("amount"), params.text("unit_amount_decimal")
    fallback = customer["currency"] if invoice is None else invoice["currency"]
    code = currency(params) or fallback
    if amount is None and decimal is None:
        raise invalid("You must specify one of amount, unit_amount_decimal, price_data or pricing.", "amount")
    if amount is not None and (decimal is not None or quantity is not None):
        raise invalid("You cannot specify amount together with quantity or unit_amount_decimal.", "amount")
    if amount is not None and code is not None:
        check_step(amount, code, "amount")
    if code is None:
        raise StripeError(400, "Missing required param: currency.", code="parameter_missing", param="currency")
    product = product_fields.build(work, None)
    product["name"], product["active"] = params.text("description") or "Invoice item", False
    work.save(product)
    unit = str(amount) if decimal is None else decimal
    behavior = params.get("tax_behavior", "unspecified")
    values = {"currency": code, "unit_amount_decimal": unit, "tax_behavior": behavior}
    price = prices.inline(work, Params(values), product=product, active=False)
    return price, line_amount(price, 1 if quantity is None else quantity), code


def _for_subscription(work: Work, item: Document, params: Params) -> None:
    subscription_id = params.text("subscription")
    if subscription_id is None:
        return
    subscription = work.fetch("subscription", subscription_id, "subscription")
    if subscription["customer"] != item["customer"]:
        raise invalid("The subscription does not belong to this customer.", "subscription")
    details = {"subscription": subscription_id}
    item["parent"] = {"subscription_details": details, "type": "subscription_details"}


def _describe(item: Document, params: Params) -> None:
    if "description" in params:
        item["description"] = params.text("description")
    if "discountable" in params:
        item["discountable"] = params.flag("discountable")
    item["metadata"] = params.metadata(item["metadata"])


def _period(params: Params) -> Document | None:
    section = params.section("period")
    if section is None:
        return None
    start, end = section.number("start"), section.number("end")
    if start is None or end is None or start > end:
        raise invalid("The period's start must not be after its end.", "period[start]")
    return {"end": end, "start": start}


def replace_line(work: Work, invoice: Document, item: Document) -> None:
    """Renew the item's line on a draft; the line keeps its id, the sums are still to be made."""
    for position, line in enumerate(invoice["lines"]):
        if _is_of(line, item):
            fresh = item_line(work, invoice, item, subscription=line["subscription"])
            invoice["lines"][position] = {**fresh, "id": line["id"]}


def _is_of(line: Document, item: Document) -> bool:
    details = line["parent"]["invoice_item_details"]
    return details is not None and details["invoice_item"] == item["id"]


def _render(work: Work, view: Document) -> None:
    view["tax_rates"] = tax_rates.views(work, view["tax_rates"])


RESOURCE = Resource("invoiceitem", "invoiceitem", "InvoiceItem", render=_render)

_BASE = "/v1/invoiceitems"
OPERATIONS = [
    operation("invoiceitems.create", f"POST {_BASE}", "InvoiceItemCreateParams", create, "InvoiceItem"),
    operation("invoiceitems.retrieve", f"GET {_BASE}/{{id}}", "InvoiceItemRetrieveParams", retrieve, "InvoiceItem"),
    operation("invoiceitems.update", f"POST {_BASE}/{{id}}", "InvoiceItemUpdateParams", update, "InvoiceItem"),
    operation("invoiceitems.delete", f"DELETE {_BASE}/{{id}}", "InvoiceItemDeleteParams", delete, "InvoiceItem"),
    operation("invoiceitems.list", f"GET {_BASE}", "InvoiceItemListParams", list_items, "InvoiceItem", listing=True),
]
