"""Documents of subscriptions and their items, before anything is saved."""

from sandbox.core.store import Document
from sandbox.stripe.errors import StripeError, invalid, unsupported
from sandbox.stripe.objects import prices, tax_rates
from sandbox.stripe.objects.fields import money
from sandbox.stripe.parameters import Params
from sandbox.stripe.work import Work

ITEM_OWNERS = "stripe_item_owner"
_MAX_ITEMS = 20


def new_subscription(work: Work, customer: Document, code: str) -> Document:
    """A subscription without items that starts now, in currency `code`."""
    return {
        "id": work.new_id("sub"),
        "object": "subscription",
        "application": None,
        "application_fee_percent": None,
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
        "billing_cycle_anchor": work.now,
        "billing_cycle_anchor_config": None,
        "billing_mode": {"flexible": {"proration_discounts": "included"}, "type": "flexible"},
        "billing_schedules": [],
        "billing_thresholds": None,
        "cancel_at": None,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "cancellation_details": {"comment": None, "feedback": None, "feedback_option": None, "reason": None},
        "collection_method": "charge_automatically",
        "created": work.now,
        "currency": code,
        "customer": customer["id"],
        "customer_account": None,
        "days_until_due": None,
        "default_payment_method": None,
        "default_source": None,
        "default_tax_rates": [],
        "description": None,
        "discounts": [],
        "ended_at": None,
        "invoice_settings": _invoice_settings(),
        "items": [],
        "latest_invoice": None,
        "livemode": False,
        "managed_payments": None,
        "metadata": {},
        "next_pending_invoice_item_invoice": None,
        "on_behalf_of": None,
        "pause_collection": None,
        "payment_settings": {
            "payment_method_options": None,
            "payment_method_types": None,
            "save_default_payment_method": "off",
        },
        "pending_invoice_item_interval": None,
        "pending_setup_intent": None,
        "pending_update": None,
        "schedule": None,
        "start_date": work.now,
        "status": "incomplete",
        "test_clock": customer["test_clock"],
        "transfer_data": None,
        "trial_end": None,
        "trial_settings": {"end_behavior": {"billing_cycle_anchor": None, "missing_payment_method": "create_invoice"}},
        "trial_start": None,
        "_paused": None,
        "_pending": None,
    }


def _invoice_settings() -> Document:
    return {
        "account_tax_ids": None,
        "custom_fields": None,
        "description": None,
        "footer": None,
        "issuer": {"type": "self"},
    }


def chosen_prices(work: Work, params: Params) -> list[tuple[Params, Document]]:
    """The entries of `items` with their recurring prices. Raises StripeError for an impossible choice."""
    entries = params.sections("items")
    if not entries:
        raise StripeError(400, "Missing required param: items.", code="parameter_missing", param="items")
    chosen = []
    for entry in entries:
        price = recurring_price(work, entry)
        assert price is not None
        chosen.append((entry, price))
    check_set([price for _, price in chosen])
    return chosen


def check_set(chosen: list[Document]) -> None:
    """Refuse prices that cannot be on one subscription together. Raises StripeError."""
    if len(chosen) > _MAX_ITEMS:
        raise invalid(f"A subscription can have at most {_MAX_ITEMS} items.", "items")
    if len({price["id"] for price in chosen}) != len(chosen):
        raise invalid("Cannot add multiple subscription items with the same price.", "items")
    if len({price["currency"] for price in chosen}) > 1:
        raise invalid("All prices on a subscription must have the same currency.", "items")
    if len({(price["recurring"]["interval"], price["recurring"]["interval_count"]) for price in chosen}) > 1:
        raise unsupported("items of different billing intervals on one subscription", "items")


def new_item(work: Work, subscription: Document, entry: Params, price: Document, period: Document) -> Document:
    """A subscription item as stored: its price by id."""
    quantity = entry.natural("quantity")
    item_id = work.new_id("si", 14)
    work.store.put(ITEM_OWNERS, item_id, {"subscription": subscription["id"]})
    return {
        "id": item_id,
        "object": "subscription_item",
        "billing_thresholds": None,
        "created": work.now,
        "current_period_end": period["end"],
        "current_period_start": period["start"],
        "current_trial": None,
        "discounts": [],
        "metadata": entry.metadata(),
        "price": price["id"],
        "quantity": 1 if quantity is None else quantity,
        "subscription": subscription["id"],
        "tax_rates": [],
        "_billed": None,
    }


def line_text(work: Work, price: Document, quantity: int) -> str:
    """What an invoice line says: `1 × Starter (at $29.00 / month)`."""
    product = work.fetch("product", price["product"])
    recurring = price["recurring"]
    count = recurring["interval_count"]
    interval = recurring["interval"] if count == 1 else f"{count} {recurring['interval']}s"
    if price["unit_amount"] is None:
        each = f"{price['unit_amount_decimal']} {price['currency'].upper()} (minor)"
    else:
        each = money(price["unit_amount"], price["currency"])
    return f"{quantity} × {product.get('name', '')} (at {each} / {interval})"


def render(work: Work, view: Document) -> None:
    """Items become a list object with their prices in full."""
    items = [render_item(work, item) for item in view["items"]]
    view["default_tax_rates"] = tax_rates.views(work, view["default_tax_rates"])
    view["items"] = {
        "object": "list",
        "data": items,
        "has_more": False,
        "url": f"/v1/subscription_items?subscription={view['id']}",
    }
    waiting = view["pending_update"]
    if waiting is not None:
        items = [render_item(work, item) for item in waiting["subscription_items"]]
        view["pending_update"] = {**waiting, "subscription_items": items}


def status_details(work: Work, view: Document) -> Document | None:
    """Why and since when a subscription is paused; None for all others."""
    paused = work.fetch("subscription", view["id"])["_paused"]
    if paused is None:
        return None
    why = {"type": paused["why"]}
    return {"paused": {"subscription": why, "transitioned_at": paused["at"], "type": "subscription"}}


def render_item(work: Work, item: Document) -> Document:
    """The API's form of a stored item."""
    price = work.fetch("price", item["price"])
    rates = tax_rates.views(work, item["tax_rates"])
    view = {name: value for name, value in item.items() if not name.startswith("_")}
    return {**view, "plan": prices.as_plan(price), "price": price, "tax_rates": rates}


def recurring_price(work: Work, entry: Params, *, optional: bool = False) -> Document | None:
    """The recurring price an entry names or describes; None only when it may be left out. Raises StripeError."""
    data = entry.section("price_data")
    if data is not None:
        return prices.of_data(work, data)
    param = entry.path("price")
    price_id = entry.text("price") or entry.text("plan")
    if price_id is None and optional:
        return None
    if price_id is None:
        raise invalid(f"Missing required param: {param}.", param, "parameter_missing")
    return prices.named(work, price_id, param, "recurring")
