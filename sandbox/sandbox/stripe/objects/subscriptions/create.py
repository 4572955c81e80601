"""POST /v1/subscriptions: the subscription, its first invoice and, if asked for, the first payment."""

from sandbox.core.store import Document
from sandbox.stripe.errors import invalid
from sandbox.stripe.jobs import plan
from sandbox.stripe.objects import setup_intents
from sandbox.stripe.objects.fields import replace_texts
from sandbox.stripe.objects.invoices import collect, finalize
from sandbox.stripe.objects.invoices.build import item_line
from sandbox.stripe.objects.invoices.totals import total_up
from sandbox.stripe.objects.subscriptions import build, dunning, extras, invoicing, reductions, schedule, settings
from sandbox.stripe.objects.subscriptions.periods import advance, whole_period
from sandbox.stripe.parameters import Params
from sandbox.stripe.payments import attempt
from sandbox.stripe.resource import Call
from sandbox.stripe.work import Work

INCOMPLETE_FOR = 23 * 3600
_LONGEST_TRIAL = 730
_MOST_ON_A_CLOCK = 3
_FIVE_YEARS = 5 * 366 * 86400


def create(work: Work, call: Call) -> Document:
    """POST /v1/subscriptions"""
    params = call.params
    customer = work.fetch("customer", params.require("customer"), "customer")
    subscription, invoice, extra_items = prepare(work, customer, params)
    reductions.check_first_invoice(work, invoice)
    work.save(subscription)
    work.save(invoice)
    for extra in extra_items:
        work.emit("invoiceitem.created", extra)
    _start(work, subscription, invoice, params)
    subscription = work.fetch("subscription", subscription["id"])
    schedule.plan_all(work, subscription)
    return subscription


def prepare(work: Work, customer: Document, params: Params) -> tuple[Document, Document, list[Document]]:
    """A new subscription, its first draft with all sums, and its extra items; nothing started, nothing told.

    Raises StripeError.
    """
    _check_clock(work, customer)
    chosen = build.chosen_prices(work, params)
    code = chosen[0][1]["currency"]
    _check_currency(params, customer, code)
    subscription = build.new_subscription(work, customer, code)
    _configure(work, subscription, params)
    reductions.configure(work, subscription, customer, params)
    recurring = chosen[0][1]["recurring"]
    _trial(work, subscription, params, recurring)
    free_until_anchor = _anchor(work, subscription, params, recurring)
    end = subscription["trial_end"] or whole_period(subscription["billing_cycle_anchor"], recurring, work.now)[1]
    period = {"end": end, "start": work.now}
    subscription["items"] = [build.new_item(work, subscription, entry, price, period) for entry, price in chosen]
    for item, (entry, _) in zip(subscription["items"], chosen, strict=True):
        reductions.configure_item(work, subscription, customer, item, entry)
    _ending(work, subscription, params)
    invoice = invoicing.draft(work, subscription, "subscription_create")
    if not free_until_anchor:
        invoicing.add_periods(work, invoice, subscription)
    extra_items = extras.build(work, params, subscription, invoice["id"])
    for item in extra_items:
        invoice["lines"].append(item_line(work, invoice, item, subscription=subscription["id"]))
    subscription["latest_invoice"] = invoice["id"]
    total_up(work, invoice)
    return subscription, invoice, extra_items


def _start(work: Work, subscription: Document, invoice: Document, params: Params) -> None:
    behavior = params.get("payment_behavior", "allow_incomplete")
    if behavior == "pending_if_incomplete":
        raise invalid("payment_behavior=pending_if_incomplete is for updates only.", "payment_behavior")
    off_session = params.flag("off_session", True)
    free = not invoice["amount_due"]
    sent = subscription["collection_method"] == "send_invoice"
    if subscription["trial_end"] is not None:
        subscription["status"] = "trialing"
    elif free or sent:
        subscription["status"] = "active"
    has_card = finalize.default_method(work, invoice) is not None
    if not free and not has_card and not sent and behavior != "default_incomplete":
        raise collect.no_payment_method()
    if free and not has_card and not sent:
        _prepare_card(work, subscription)
    work.save(subscription)
    work.emit("customer.subscription.created", subscription)
    if sent and not free:
        dunning.advance_later(work, invoice)
        work.create(invoice, "invoice.created")
        return
    work.emit("invoice.created", invoice)
    finalize.finalize(work, invoice)
    if subscription["status"] == "incomplete":
        plan(work, "expire_subscription", subscription["id"], work.now + INCOMPLETE_FOR)
    if not free and behavior != "default_incomplete":
        _charge_now(work, work.fetch("invoice", invoice["id"]), behavior, off_session=off_session)


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


def _configure(work: Work, subscription: Document, params: Params) -> None:
    settings.collection(subscription, params)
    settings.trial_settings(subscription, params)
    replace_texts(subscription, params, "description")
    subscription["metadata"] = params.metadata()
    mode = params.section("billing_mode")
    if mode is not None and mode.get("type") == "classic":
        subscription["billing_mode"] = {"flexible": None, "type": "classic"}
    flexible = None if mode is None else mode.section("flexible")
    if flexible is not None:
        flexible.only("proration_discounts", "included")
    settings.payment_settings(subscription, params)
    settings.default_payment_method(work, subscription, params)


def _ending(work: Work, subscription: Document, params: Params) -> None:
    if params.flag("cancel_at_period_end"):
        settings.schedule_cancellation(work, subscription)
    settings.cancel_at(work, subscription, params)
    cancel_at = subscription["cancel_at"]
    for item in subscription["items"]:
        if cancel_at is not None and cancel_at < item["current_period_end"]:
            item["current_period_end"] = cancel_at


def _check_clock(work: Work, customer: Document) -> None:
    if customer["test_clock"] is None:
        return
    running = [found for found in work.by("subscription", "customer", customer["id"]) if found["ended_at"] is None]
    if len(running) >= _MOST_ON_A_CLOCK:
        message = f"A customer on a test clock can have at most {_MOST_ON_A_CLOCK} subscriptions."
        raise invalid(message, "customer")


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


def _trial(work: Work, subscription: Document, params: Params, recurring: Document) -> None:
    days, end = params.natural("trial_period_days"), params.get("trial_end")
    if days is not None and end is not None:
        raise invalid("You cannot set both trial_end and trial_period_days.", "trial_end")
    if params.flag("trial_from_plan"):
        if days is not None or end is not None:
            raise invalid("You cannot set trial_from_plan together with another trial.", "trial_from_plan")
        days = recurring["trial_period_days"]
    if days is not None and days > _LONGEST_TRIAL:
        raise invalid(f"Invalid trial_period_days: must be at most {_LONGEST_TRIAL}.", "trial_period_days")
    if days:
        end = work.now + days * 86400
    if end is None or end == "now":
        return
    if not work.now < end <= work.now + _FIVE_YEARS:
        raise invalid("Invalid timestamp: must be in the future, at most five years ahead.", "trial_end")
    subscription["trial_start"], subscription["trial_end"] = work.now, end
    subscription["billing_cycle_anchor"] = end


def _anchor(work: Work, subscription: Document, params: Params, recurring: Document) -> bool:
    """Set a chosen anchor; True when the time before it costs nothing. Raises StripeError."""
    behavior = params.get("proration_behavior", "create_prorations")
    anchor = params.get("billing_cycle_anchor")
    if isinstance(anchor, dict):
        anchor = None if anchor.get("type") != "now" else work.now
    if anchor is None or subscription["trial_end"] is not None:
        return False
    if anchor < work.now:
        raise invalid("The billing_cycle_anchor must not be in the past.", "billing_cycle_anchor")
    if anchor > advance(work.now, recurring):
        message = "billing_cycle_anchor cannot be later than next natural billing date."
        raise invalid(message, "billing_cycle_anchor")
    subscription["billing_cycle_anchor"] = anchor
    return bool(behavior == "none" and anchor > work.now)


def _prepare_card(work: Work, subscription: Document) -> None:
    intent = setup_intents.build(work, subscription["customer"])
    intent["_subscription"] = subscription["id"]
    work.create(intent, "setup_intent.created")
    subscription["pending_setup_intent"] = intent["id"]
