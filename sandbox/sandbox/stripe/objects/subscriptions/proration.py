"""Proration to the second: what unused time gives back, and what the remaining time costs.

Classic billing credits a share of the item's present price. Flexible billing credits a share of what was last
billed for the item, net of the discounts it really got; what was never billed is never given back.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from sandbox.core.store import Document
from sandbox.stripe.errors import invalid
from sandbox.stripe.objects import discounts, invoice_items
from sandbox.stripe.objects.currencies import rounded
from sandbox.stripe.objects.invoices.arithmetic import amount_shares
from sandbox.stripe.objects.invoices.build import line_amount
from sandbox.stripe.objects.subscriptions.periods import whole_period
from sandbox.stripe.parameters import Params
from sandbox.stripe.work import Work

_NOTHING: Final = Decimal()


@dataclass(frozen=True, slots=True)
class Billed:
    """What a window of time costs as a whole: `net` minor units, exact, from `start` to `end`."""

    net: Decimal
    start: int
    end: int
    price: str
    quantity: int
    credited: Document | None = None


def share(whole: Decimal, start: int, end: int, at: int, code: str) -> int:
    """The part of an amount for [start, end] that falls on [at, end], rounded half up to the currency's unit."""
    if end <= start:
        return 0
    return rounded(whole * (end - at) / (end - start), code)


def date_of(work: Work, subscription: Document, params: Params) -> int:
    """The second prorations count from: `proration_date`, which must lie in the current period, or now."""
    given = params.number("proration_date")
    if given is None:
        return work.now
    start = min(item["current_period_start"] for item in subscription["items"])
    end = max(item["current_period_end"] for item in subscription["items"])
    if not start <= given <= end:
        message = "Invalid proration_date: it must be within the subscription's current period."
        raise invalid(message, params.path("proration_date"))
    return given


def settle(work: Work, subscription: Document, before: list[Document], at: int) -> list[Document]:
    """Invoice items for every item that changed, came or went since `before`; all pending, each with its event."""
    old = {item["id"]: item for item in before}
    made: list[Document | None] = []
    for item in subscription["items"]:
        earlier = old.pop(item["id"], None)
        if earlier is not None and _same(earlier, item):
            continue
        if earlier is not None:
            made.append(credit(work, subscription, earlier, before, at))
        made.append(_debit(work, subscription, item, at))
    made += [credit(work, subscription, gone, before, at) for gone in old.values()]
    return [item for item in made if item is not None]


def credit(
    work: Work, subscription: Document, item: Document, items: list[Document], at: int, until: int | None = None
) -> Document | None:
    """A pending invoice item that gives back an item's time after `at`, or None when nothing was billed for it.

    With `until` only the time up to there is given back.
    """
    billed = _last_billed(work, subscription, item, items)
    if billed is None or not billed.start <= at < billed.end:
        return None
    code = subscription["currency"]
    amount = share(billed.net, billed.start, billed.end, max(at, billed.start), code)
    if until is not None and until < billed.end:
        amount -= share(billed.net, billed.start, billed.end, until, code)
    if not amount:
        return None
    text = f"Unused time on {_thing(work, billed)} after {_day(at)}"
    made = _proration(work, subscription, item, billed, -amount, text, at)
    made["proration_details"]["credited_items"] = billed.credited
    return work.create(made, "invoiceitem.created")


def billed_by_line(invoice: Document, line: Document, item: Document) -> Document:
    """What an item remembers of the line that billed its period."""
    return {
        "amount": None,
        "end": line["period"]["end"],
        "invoice": invoice["id"],
        "item": None,
        "line": line["id"],
        "price": item["price"],
        "quantity": item["quantity"],
        "start": line["period"]["start"],
    }


def full_price(work: Work, subscription: Document, item: Document, items: list[Document]) -> Decimal:
    """The price of an item's present period after the discounts in force, exact to the fraction of a minor unit.

    Flexible billing shares an amount off between all items, classic billing takes it off each.
    """
    price = work.fetch("price", item["price"])
    amount: Decimal = Decimal(price["unit_amount_decimal"]) * item["quantity"]
    for discount in _in_force(work, subscription, item):
        if discount["_products"] is not None and price["product"] not in discount["_products"]:
            continue
        off = discounts.amount_of(discount, subscription["currency"])
        if isinstance(off, Decimal):
            amount -= amount * off / 100
        elif subscription["billing_mode"]["type"] == "classic" or discount["id"] in item["discounts"]:
            amount -= min(amount, Decimal(off or 0))
        else:
            amount -= min(amount, Decimal(_part_of(work, subscription, item, items, discount, off or 0)))
    return amount * period_share(subscription, item, price)


def period_share(subscription: Document, item: Document, price: Document) -> Decimal:
    """How much of a whole billing period the item's present one is: 1, or less when it starts late or ends early."""
    start, end = item["current_period_start"], item["current_period_end"]
    whole = whole_period(subscription["billing_cycle_anchor"], price["recurring"], start)
    if whole == (start, end) or end > whole[1]:
        return Decimal(1)
    return Decimal(end - start) / (whole[1] - whole[0])


def _last_billed(work: Work, subscription: Document, item: Document, items: list[Document]) -> Billed | None:
    record = item.get("_billed")
    if subscription["billing_mode"]["type"] == "classic":
        if record is None:
            return None
        net = full_price(work, subscription, item, items)
        start, end = item["current_period_start"], item["current_period_end"]
        return Billed(net, start, end, item["price"], item["quantity"])
    if record is None:
        return None
    credited = _credited(work, record)
    net = Decimal(record["amount"]) if record["amount"] is not None else _net_of_line(work, record)
    return Billed(net, record["start"], record["end"], record["price"], record["quantity"], credited)


def _net_of_line(work: Work, record: Document) -> Decimal:
    invoice = work.get("invoice", record["invoice"])
    if invoice is None or invoice.get("deleted"):
        return _NOTHING
    for line in invoice["lines"]:
        if line["id"] == record["line"]:
            return Decimal(line["amount"] - sum(entry["amount"] for entry in line["discount_amounts"]))
    return _NOTHING


def _credited(work: Work, record: Document) -> Document | None:
    """What a credit refers to: the lines of an invoice, or the invoice item that has not been invoiced yet."""
    invoice_id, line_id = record["invoice"], record["line"]
    if record["item"] is not None:
        item = work.get("invoiceitem", record["item"])
        if item is None:
            return None
        if item["invoice"] is None:
            return {"invoice_item": item["id"], "invoice_line_item_details": None, "type": "invoice_item"}
        invoice_id, line_id = item["invoice"], _line_of(work, item)
    lines = {"invoice": invoice_id, "invoice_line_items": [] if line_id is None else [line_id]}
    return {"invoice_item": None, "invoice_line_item_details": lines, "type": "invoice_line_items"}


def _line_of(work: Work, item: Document) -> str | None:
    invoice = work.fetch("invoice", item["invoice"])
    for line in invoice["lines"]:
        details = line["parent"]["subscription_item_details"]
        if details is not None and details["invoice_item"] == item["id"]:
            return str(line["id"])
    return None


def _debit(work: Work, subscription: Document, item: Document, at: int) -> Document | None:
    start, end = item["current_period_start"], item["current_period_end"]
    net = full_price(work, subscription, item, subscription["items"])
    billed = Billed(net, start, end, item["price"], item["quantity"])
    amount = share(net, start, end, at, subscription["currency"])
    text = f"Remaining time on {_thing(work, billed)} after {_day(at)}"
    made = _proration(work, subscription, item, billed, amount, text, at)
    item["_billed"] = {
        "amount": str(net),
        "end": end,
        "invoice": None,
        "item": made["id"],
        "line": None,
        "price": item["price"],
        "quantity": item["quantity"],
        "start": start,
    }
    return work.create(made, "invoiceitem.created")


def _proration(
    work: Work, subscription: Document, item: Document, billed: Billed, amount: int, text: str, at: int
) -> Document:
    price = work.fetch("price", billed.price)
    made = invoice_items.build(work, subscription["customer"], price, amount, billed.quantity)
    made["description"] = text
    made["discountable"] = False
    made["period"] = {"end": billed.end, "start": at}
    made["proration"] = True
    made["proration_details"] = {"credited_items": None, "discount_amounts": []}
    made["tax_rates"] = list(item["tax_rates"])
    made["parent"] = {
        "subscription_details": {"subscription": subscription["id"], "subscription_item": item["id"]},
        "type": "subscription_details",
    }
    return made


def _in_force(work: Work, subscription: Document, item: Document) -> list[Document]:
    inherited = subscription["discounts"]
    if not inherited:
        customer = work.fetch("customer", subscription["customer"])
        inherited = [customer["discount"]] if customer.get("discount") else []
    asking = {"created": work.now, "currency": subscription["currency"], "id": ""}
    return discounts.applying(work, [*item["discounts"], *inherited], asking)


def _part_of(
    work: Work, subscription: Document, item: Document, items: list[Document], discount: Document, off: int
) -> int:
    full: dict[str, int] = {}
    for other in items:
        price = work.fetch("price", other["price"])
        if discount["_products"] is None or price["product"] in discount["_products"]:
            full[other["id"]] = line_amount(price, other["quantity"])
    shares = amount_shares(off, list(full.values()), subscription["currency"])
    return dict(zip(full, shares, strict=True)).get(item["id"], 0)


def _same(earlier: Document, item: Document) -> bool:
    return bool(earlier["price"] == item["price"] and earlier["quantity"] == item["quantity"])


def _thing(work: Work, billed: Billed) -> str:
    price = work.fetch("price", billed.price)
    name = work.fetch("product", price["product"]).get("name", "")
    return f"{name}" if billed.quantity == 1 else f"{billed.quantity} × {name}"


def _day(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%d %b %Y")
