"""Changes of what a subscription bills: items, prices, quantities, the billing anchor, trials."""

import copy
from dataclasses import dataclass
from typing import Any

from sandbox.core.store import Document
from sandbox.stripe.errors import invalid, no_such
from sandbox.stripe.objects.invoices.totals import total_up
from sandbox.stripe.objects.subscriptions import build, invoicing, proration, reductions
from sandbox.stripe.objects.subscriptions.periods import advance
from sandbox.stripe.parameters import Params
from sandbox.stripe.work import Work

_FIVE_YEARS = 5 * 366 * 86400


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change asks for: an invoice `now`; with `restarts` it bills new periods too."""

    now: bool
    restarts: bool


def asked_for(params: Params) -> bool:
    """Whether a request changes what is billed."""
    return any(name in params for name in ("items", "billing_cycle_anchor", "trial_end"))


def apply(work: Work, subscription: Document, params: Params) -> Effect:
    """Change the subscription in place and make its prorations as pending invoice items. The caller saves.

    Reads `items`, `proration_behavior`, `proration_date`, `billing_cycle_anchor`, `trial_end`. Raises StripeError.
    """
    behavior = params.get("proration_behavior", "create_prorations")
    at = proration.date_of(work, subscription, params)
    before: list[Document] = copy.deepcopy(subscription["items"])
    anchor = params.section("billing_cycle_anchor")
    to_now = anchor is not None and anchor.get("type") == "now"
    trial_end = _trial_end(work, params)
    trialing = subscription["status"] == "trialing"
    after = _items(work, subscription, params)
    restarts = (
        to_now
        or trial_end == "now"
        or (
            not trialing and (_interval(work, before) != _interval(work, after) or _starts_to_cost(work, before, after))
        )
    )
    billable = not trialing and subscription["status"] != "paused"
    if isinstance(trial_end, int):
        _credit(work, subscription, before, at, wanted=billable and behavior != "none")
        subscription["items"] = after
        _begin_trial(work, subscription, trial_end)
        return Effect(now=billable and behavior == "always_invoice", restarts=False)
    if restarts and subscription["status"] != "paused":
        _credit(work, subscription, before, at, wanted=billable and behavior != "none")
        subscription["items"] = after
        restart(work, subscription)
        return Effect(now=True, restarts=True)
    subscription["items"] = after
    made = proration.settle(work, subscription, before, at) if billable and behavior != "none" else []
    return Effect(now=bool(made) and behavior == "always_invoice", restarts=False)


def restart(work: Work, subscription: Document) -> None:
    """Begin new periods now, which becomes the anchor; a trial is over."""
    if subscription["status"] == "trialing":
        subscription["status"] = "active"
        subscription["trial_end"] = work.now
    subscription["billing_cycle_anchor"] = work.now
    for item in subscription["items"]:
        price = work.fetch("price", item["price"])
        item["current_period_start"] = work.now
        item["current_period_end"] = advance(work.now, price["recurring"])
    if subscription["cancel_at_period_end"]:
        subscription["cancel_at"] = max(item["current_period_end"] for item in subscription["items"])


def draft(work: Work, subscription: Document, effect: Effect, *, own_only: bool = False) -> Document:
    """The invoice a change asks for, its sums made, not saved."""
    invoice = invoicing.draft(work, subscription, "subscription_update")
    invoicing.add_waiting(work, invoice, subscription, own_only=own_only)
    if effect.restarts:
        invoicing.add_periods(work, invoice, subscription)
    total_up(work, invoice)
    return invoice


def _credit(work: Work, subscription: Document, before: list[Document], at: int, *, wanted: bool) -> None:
    for item in before if wanted else []:
        proration.credit(work, subscription, item, before, at)


def _items(work: Work, subscription: Document, params: Params) -> list[Document]:
    """The items after a request: named ones changed or removed, others added, the rest as they are."""
    items: list[Document] = copy.deepcopy(subscription["items"])
    customer = work.fetch("customer", subscription["customer"])
    for entry in params.sections("items"):
        item_id = entry.text("id")
        if item_id is None:
            items.append(_added(work, subscription, customer, entry, items))
            continue
        found = next((item for item in items if item["id"] == item_id), None)
        if found is None:
            raise no_such("subscription item", item_id, entry.path("id"))
        if entry.flag("deleted"):
            entry.accept("clear_usage")
            items.remove(found)
        else:
            change_item(work, subscription, customer, found, entry)
    check(work, subscription, items)
    return items


def change_item(work: Work, subscription: Document, customer: Document, item: Document, entry: Params) -> None:
    """Set price, quantity, metadata, discounts and taxes of an item; a new price means quantity 1 unless told."""
    price = build.recurring_price(work, entry, optional=True)
    if price is not None and price["id"] != item["price"]:
        item["price"], item["quantity"] = price["id"], 1
    quantity = entry.natural("quantity")
    if quantity is not None:
        item["quantity"] = quantity
    entry.accept("deleted")
    item["metadata"] = entry.metadata(item["metadata"])
    reductions.configure_item(work, subscription, customer, item, entry)


def _added(work: Work, subscription: Document, customer: Document, entry: Params, items: list[Document]) -> Document:
    price = build.recurring_price(work, entry)
    assert price is not None
    period = {"start": items[0]["current_period_start"], "end": items[0]["current_period_end"]}
    item = build.new_item(work, subscription, entry, price, period)
    entry.accept("deleted")
    reductions.configure_item(work, subscription, customer, item, entry)
    return item


def check(work: Work, subscription: Document, items: list[Document]) -> None:
    """Refuse a set of items no subscription can have. Raises StripeError."""
    if not items:
        raise invalid("A subscription must have at least one active item; cancel it instead.", "items")
    build.check_set([work.fetch("price", item["price"]) for item in items])
    if work.fetch("price", items[0]["price"])["currency"] != subscription["currency"]:
        message = f"The prices of a subscription must be in its currency, {subscription['currency']}."
        raise invalid(message, "items")


def _trial_end(work: Work, params: Params) -> Any:
    trial_end = params.get("trial_end")
    if isinstance(trial_end, int) and not work.now < trial_end <= work.now + _FIVE_YEARS:
        raise invalid("Invalid timestamp: must be in the future, at most five years ahead.", "trial_end")
    return trial_end


def _begin_trial(work: Work, subscription: Document, trial_end: int) -> None:
    if subscription["status"] != "trialing":
        subscription["trial_start"] = work.now
        for item in subscription["items"]:
            item["current_period_start"] = work.now
    if subscription["status"] == "active":
        subscription["status"] = "trialing"
    subscription["trial_end"] = subscription["billing_cycle_anchor"] = trial_end
    for item in subscription["items"]:
        item["current_period_end"] = trial_end
        item["_billed"] = None
    if subscription["cancel_at_period_end"]:
        subscription["cancel_at"] = trial_end


def _interval(work: Work, items: list[Document]) -> tuple[str, int]:
    recurring = work.fetch("price", items[0]["price"])["recurring"]
    return recurring["interval"], recurring["interval_count"]


def _starts_to_cost(work: Work, before: list[Document], after: list[Document]) -> bool:
    return not _costs(work, before) and _costs(work, after)


def _costs(work: Work, items: list[Document]) -> bool:
    return any(item["quantity"] and float(work.fetch("price", item["price"])["unit_amount_decimal"]) for item in items)
