"""Drafts of a subscription's invoices: what waits, and the periods that begin."""

from decimal import Decimal

from sandbox.core.store import Document
from sandbox.stripe.objects import invoice_items
from sandbox.stripe.objects.currencies import rounded
from sandbox.stripe.objects.invoices.build import for_subscription, item_line, new_invoice, subscription_line
from sandbox.stripe.objects.invoices.totals import total_up
from sandbox.stripe.objects.subscriptions import build, proration
from sandbox.stripe.work import Work

_TRIAL_TEXT = "Trial period for {name}"


def draft(work: Work, subscription: Document, reason: str) -> Document:
    """An empty draft of the subscription, not saved; `reason` is its billing_reason."""
    customer = work.fetch("customer", subscription["customer"])
    invoice = new_invoice(work, customer, subscription["currency"], reason=reason)
    for_subscription(invoice, subscription)
    invoice["auto_advance"] = True
    return invoice


def add_waiting(work: Work, invoice: Document, subscription: Document, *, own_only: bool = False) -> int:
    """Put the customer's waiting invoice items on a draft, oldest first; returns how many.

    Those of other subscriptions stay; with `own_only` also those of none.
    """
    waiting = invoice_items.pending(work, subscription["customer"], subscription["currency"])
    count = 0
    for item in reversed(waiting):
        details = (item["parent"] or {}).get("subscription_details") or {}
        owner = details.get("subscription")
        if owner != subscription["id"] and (own_only or owner is not None):
            continue
        item["invoice"] = invoice["id"]
        work.save(item)
        invoice["lines"].append(item_line(work, invoice, item, subscription=owner))
        count += 1
    return count


def add_periods(work: Work, invoice: Document, subscription: Document) -> None:
    """Bill the current period of every item; a period cut short by the subscription's end costs its share."""
    for item in subscription["items"]:
        price = work.fetch("price", item["price"])
        trialing = subscription["status"] == "trialing" or item["current_period_end"] == subscription["trial_end"]
        if trialing:
            text = _TRIAL_TEXT.format(name=work.fetch("product", price["product"]).get("name", ""))
        else:
            text = build.line_text(work, price, item["quantity"])
        line = subscription_line(work, invoice, subscription["id"], item, price, text)
        if not trialing:
            _cut(line, proration.period_share(subscription, item, price))
        invoice["lines"].append(line)
        item["_billed"] = None if trialing else proration.billed_by_line(invoice, line, item)


def finish(work: Work, invoice: Document, subscription: Document) -> None:
    """Make the sums, save the draft as the subscription's latest invoice and tell about it."""
    total_up(work, invoice)
    subscription["latest_invoice"] = invoice["id"]
    work.create(invoice, "invoice.created")


def _cut(line: Document, share: Decimal) -> None:
    if share != 1:
        line["amount"] = line["subtotal"] = rounded(Decimal(line["amount"]) * share, line["currency"])
        line["parent"]["subscription_item_details"]["proration"] = True
