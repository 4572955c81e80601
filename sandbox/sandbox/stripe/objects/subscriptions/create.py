"""POST /v1/subscriptions: the subscription, its first invoice and, if asked for, the first payment."""

from sandbox.core.store import Document
from sandbox.stripe.errors import invalid, unsupported
from sandbox.stripe.jobs import plan
from sandbox.stripe.objects import invoice_items, prices, setup_intents
from sandbox.stripe.objects.fields import refuse_automatic_tax, replace_texts
from sandbox.stripe.objects.invoices import collect, finalize
from sandbox.stripe.objects.invoices.build import (
    for_subscription,
    item_line,
    line_amount,
    new_invoice,
    subscription_line,
    total_up,
)
from sandbox.stripe.objects.subscriptions import build, settings
from sandbox.stripe.objects.subscriptions.periods import advance
from sandbox.stripe.parameters import Params
from sandbox.stripe.payments import attempt
from sandbox.stripe.resource import Call
from sandbox.stripe.work import Work

INCOMPLETE_FOR = 23 * 3600
_MAX_EXTRA = 20
_LONGEST_TRIAL = 730
_FIVE_YEARS = 5 * 366 * 86400


def create(work: Work, call: Call) -> Document:
    """POST /v1/subscriptions"""
    params = call.params
    customer = work.fetch("customer", params.require("customer"), "customer")
    chosen = build.chosen_prices(work, params)
    code = chosen[0][1]["currency"]
    _check_currency(params, customer, code)
    subscription = build.new_subscription(work, customer, code)
    _configure(work, subscription, params)
    _trial(work, subscription, params)
    anchor = subscription["trial_end"] or advance(work.now, chosen[0][1]["recurring"])
    period = {"end": anchor, "start": work.now}
    subscription["items"] = [build.new_item(work, subscription, entry, price, period) for entry, price in chosen]
    if subscription["cancel_at_period_end"]:
        settings.schedule_cancellation(work, subscription)
    invoice = _first_invoice(work, subscription, customer, [price for _, price in chosen])
    extras = _extra_items(work, params, subscription, invoice)
    subscription["latest_invoice"] = invoice["id"]
    total_up(invoice)
    work.save(subscription)
    work.save(invoice)
    for extra in extras:
        work.emit("invoiceitem.created", extra)
    _start(work, subscription, invoice, params)
    return work.fetch("subscription", subscription["id"])


def _start(work: Work, subscription: Document, invoice: Document, params: Params) -> None:
    behavior = params.get("payment_behavior", "allow_incomplete")
    if behavior == "pending_if_incomplete":
        raise invalid("payment_behavior=pending_if_incomplete is for updates only.", "payment_behavior")
    off_session = params.flag("off_session", True)
    free = invoice["total"] + work.fetch("customer", invoice["customer"])["balance"] <= 0
    if subscription["trial_end"] is not None:
        subscription["status"] = "trialing"
    elif free:
        subscription["status"] = "active"
    has_card = finalize.default_method(work, invoice) is not None
    if not free and not has_card and behavior != "default_incomplete":
        raise collect.no_payment_method()
    if free and not has_card:
        _prepare_card(work, subscription)
    work.save(subscription)
    work.emit("customer.subscription.created", subscription)
    work.emit("invoice.created", invoice)
    finalize.finalize(work, invoice)
    if subscription["status"] == "incomplete":
        plan(work, "expire_subscription", subscription["id"], work.now + INCOMPLETE_FOR)
    if not free and behavior != "default_incomplete":
        _charge_now(work, invoice, behavior, off_session=off_session)


def _charge_now(work: Work, invoice: Document, behavior: str, *, off_session: bool) -> None:
    intent, decline, method = collect.charge(work, invoice, None, off_session=off_session)
    if behavior != "error_if_incomplete":
        return
    if decline is not None:
        error = attempt.decline_error(work, intent, decline, method, public=False)
        error.keep_effects = False
        raise error
    if intent["status"] == "requires_action":
        error = collect.needs_customer(work, intent)
        error.keep_effects = False
        raise error


def _first_invoice(work: Work, subscription: Document, customer: Document, chosen: list[Document]) -> Document:
    invoice = new_invoice(work, customer, subscription["currency"], reason="subscription_create")
    for_subscription(invoice, subscription)
    for item, price in zip(subscription["items"], chosen, strict=True):
        text = build.line_text(work, price, item["quantity"])
        if subscription["trial_end"] is not None:
            text = f"Trial period for {work.fetch('product', price['product'])['name']}"
        line = subscription_line(work, invoice, subscription["id"], item, price, text)
        invoice["lines"].append(line)
    return invoice


def _extra_items(work: Work, params: Params, subscription: Document, invoice: Document) -> list[Document]:
    entries = params.sections("add_invoice_items")
    if len(entries) > _MAX_EXTRA:
        raise invalid(f"You may pass up to {_MAX_EXTRA} add_invoice_items.", "add_invoice_items")
    extras = []
    for entry in entries:
        item = _extra_item(work, entry, subscription, invoice)
        invoice["lines"].append(item_line(work, invoice, item, subscription=subscription["id"]))
        extras.append(item)
    return extras


def _extra_item(work: Work, entry: Params, subscription: Document, invoice: Document) -> Document:
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
    item = invoice_items.build(work, invoice["customer"], price, line_amount(price, quantity), quantity)
    item["invoice"] = invoice["id"]
    item["metadata"] = entry.metadata()
    item["discountable"] = entry.flag("discountable", True)
    item["parent"] = {
        "subscription_details": {"subscription": subscription["id"]},
        "type": "subscription_details",
    }
    return work.create(item)


def _configure(work: Work, subscription: Document, params: Params) -> None:
    params.only("collection_method", "charge_automatically")
    refuse_automatic_tax(params)
    params.accept("proration_behavior")
    replace_texts(subscription, params, "description")
    subscription["metadata"] = params.metadata()
    subscription["cancel_at_period_end"] = params.flag("cancel_at_period_end")
    mode = params.section("billing_mode")
    if mode is not None and mode.get("type") != "flexible":
        raise unsupported("billing_mode[type]=classic", "billing_mode[type]")
    flexible = None if mode is None else mode.section("flexible")
    if flexible is not None:
        chosen = flexible.get("proration_discounts", "included")
        subscription["billing_mode"]["flexible"]["proration_discounts"] = chosen
    settings.payment_settings(subscription, params)
    settings.default_payment_method(work, subscription, params)


def _check_currency(params: Params, customer: Document, code: str) -> None:
    wanted = params.text("currency")
    if wanted is not None and wanted.lower() != code:
        raise invalid(f"The price is in {code}, not in {wanted}.", "currency")
    if customer["currency"] not in {None, code}:
        message = (
            f"You cannot combine currencies on a single customer. This customer has had a subscription, coupon, or"
            f" invoice item with currency {customer['currency']}"
        )
        raise invalid(message, "currency")


def _trial(work: Work, subscription: Document, params: Params) -> None:
    days, end = params.natural("trial_period_days"), params.get("trial_end")
    if days is not None and end is not None:
        raise invalid("You cannot set both trial_end and trial_period_days.", "trial_end")
    if days is not None and days > _LONGEST_TRIAL:
        raise invalid(f"Invalid trial_period_days: must be at most {_LONGEST_TRIAL}.", "trial_period_days")
    if days:
        end = work.now + days * 86400
    section = params.section("trial_settings")
    behavior = None if section is None else section.section("end_behavior")
    if behavior is not None:
        chosen = behavior.get("missing_payment_method", "create_invoice")
        subscription["trial_settings"]["end_behavior"]["missing_payment_method"] = chosen
    if end is None or end == "now":
        return
    if not work.now < end <= work.now + _FIVE_YEARS:
        raise invalid("Invalid timestamp: must be in the future, at most five years ahead.", "trial_end")
    subscription["trial_start"], subscription["trial_end"] = work.now, end
    subscription["billing_cycle_anchor"] = end


def _prepare_card(work: Work, subscription: Document) -> None:
    intent = setup_intents.build(work, subscription["customer"])
    intent["_subscription"] = subscription["id"]
    work.create(intent, "setup_intent.created")
    subscription["pending_setup_intent"] = intent["id"]
