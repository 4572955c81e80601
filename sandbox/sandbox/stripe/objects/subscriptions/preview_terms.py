"""What a preview may suppose about money: another address or exemption, further items, taxes.

Runs inside the preview's rehearsal, so everything supposed here is undone with it.
"""

from sandbox.core.store import Document
from sandbox.stripe.errors import invalid
from sandbox.stripe.objects import automatic_tax, invoice_items, prices, tax_ids
from sandbox.stripe.objects.fields import address, shipping
from sandbox.stripe.objects.invoices.build import line_amount
from sandbox.stripe.objects.invoices.totals import total_up
from sandbox.stripe.parameters import Params
from sandbox.stripe.work import Work

_MOST_ITEMS = 250


def suppose(work: Work, params: Params) -> None:
    """Give the customer what `customer_details` and `invoice_items` say, before anything is billed."""
    customer_id = params.text("customer")
    if customer_id is None and params.text("subscription") is not None:
        customer_id = work.fetch("subscription", params.require("subscription"), "subscription")["customer"]
    if customer_id is None:
        return
    customer = work.fetch("customer", customer_id, "customer")
    details = params.section("customer_details")
    if details is not None:
        _suppose_customer(work, customer, details)
    entries = params.sections("invoice_items")
    if len(entries) > _MOST_ITEMS:
        raise invalid(f"At most {_MOST_ITEMS} invoice_items can be previewed.", "invoice_items")
    for entry in entries:
        _suppose_item(work, customer, entry, params.text("subscription"))


def tax(work: Work, invoice: Document, params: Params) -> None:
    """Apply `automatic_tax` to the previewed invoice and make its sums again."""
    if "automatic_tax" in params:
        automatic_tax.configure(invoice, params)
        total_up(work, invoice)


def _suppose_customer(work: Work, customer: Document, details: Params) -> None:
    if "address" in details:
        customer["address"] = address(details.section("address"))
    if "shipping" in details:
        customer["shipping"] = shipping(details.section("shipping"))
    if "tax_exempt" in details:
        customer["tax_exempt"] = details.get("tax_exempt", "none")
    for data in details.sections("tax_ids"):
        tax_ids.add(work, customer["id"], data)
    work.save(customer)


def _suppose_item(work: Work, customer: Document, entry: Params, subscription_id: str | None) -> None:
    item_id = entry.text("invoiceitem")
    if item_id is not None:
        item = work.fetch("invoiceitem", item_id, entry.path("invoiceitem"))
        invoice_items.change(work, item, entry)
        return
    price_id = entry.text("price")
    if price_id is None:
        item = invoice_items.make(work, entry, customer, None)
    else:
        price = prices.named(work, price_id, entry.path("price"), "one_time")
        quantity = entry.positive("quantity") or 1
        item = invoice_items.build(work, customer["id"], price, line_amount(price, quantity), quantity)
        invoice_items.reduce(work, item, entry)
    if subscription_id is not None:
        details = {"subscription": subscription_id}
        item["parent"] = {"subscription_details": details, "type": "subscription_details"}
    work.save(item)
