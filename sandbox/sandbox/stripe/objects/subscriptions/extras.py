"""`add_invoice_items`: one-time prices billed along with a subscription."""

from sandbox.core.store import Document
from sandbox.stripe.errors import invalid
from sandbox.stripe.objects import invoice_items, prices
from sandbox.stripe.objects.invoices.build import line_amount
from sandbox.stripe.parameters import Params
from sandbox.stripe.work import Work

_MOST = 20


def build(work: Work, params: Params, subscription: Document, invoice_id: str | None = None) -> list[Document]:
    """Invoice items of a request, saved without an event: on the given invoice, or waiting for the next one.

    Raises StripeError.
    """
    entries = params.sections("add_invoice_items")
    if len(entries) > _MOST:
        raise invalid(f"You may pass up to {_MOST} add_invoice_items.", "add_invoice_items")
    return [_item(work, entry, subscription, invoice_id) for entry in entries]


def _item(work: Work, entry: Params, subscription: Document, invoice_id: str | None) -> Document:
    data = entry.section("price_data")
    if data is not None:
        price = prices.of_data(work, data)
    else:
        price = prices.named(work, entry.require("price"), entry.path("price"), "one_time")
    if price["currency"] != subscription["currency"]:
        message = f"The currency of the item must be that of the subscription ({subscription['currency']})."
        raise invalid(message, entry.path("price_data" if data is not None else "price"))
    given = entry.natural("quantity")
    quantity = 1 if given is None else given
    item = invoice_items.build(work, subscription["customer"], price, line_amount(price, quantity), quantity)
    item["invoice"] = invoice_id
    item["metadata"] = entry.metadata()
    item["discountable"] = entry.flag("discountable", True)
    invoice_items.reduce(work, item, entry)
    item["parent"] = {
        "subscription_details": {"subscription": subscription["id"]},
        "type": "subscription_details",
    }
    return work.create(item)
