"""POST /v1/subscriptions/{id}, and the invoice a change may ask for at once."""

import copy

from sandbox.core.store import Document
from sandbox.stripe.errors import invalid
from sandbox.stripe.objects.fields import replace_texts
from sandbox.stripe.objects.invoices import collect, finalize
from sandbox.stripe.objects.subscriptions import (
    change,
    dunning,
    extras,
    pending,
    proration,
    reductions,
    schedule,
    settings,
    standing,
)
from sandbox.stripe.parameters import Params
from sandbox.stripe.payments import attempt
from sandbox.stripe.resource import Call
from sandbox.stripe.work import Work

ENDED = frozenset({"canceled", "incomplete_expired"})
_AFTER_END = {"metadata", "cancellation_details", "expand"}
_WHILE_INCOMPLETE = {*_AFTER_END, "payment_settings", "default_payment_method", "description"}


def update(work: Work, call: Call) -> Document:
    """POST /v1/subscriptions/{id}"""
    subscription = work.fetch("subscription", call.path["id"])
    params = call.params
    _check_allowed(subscription, params)
    before = copy.deepcopy(subscription)
    _settings(work, subscription, params)
    effect = change.apply(work, subscription, params) if change.asked_for(params) else None
    params.accept("proration_behavior", "proration_date")
    params.only("trial_from_plan", False)
    for extra in extras.build(work, params, subscription):
        work.emit("invoiceitem.created", extra)
    _ending(work, subscription, params)
    if effect is not None and effect.now:
        bill(work, subscription, before, effect, params)
    else:
        params.accept("payment_behavior", "off_session")
        work.update(subscription, "customer.subscription.updated")
    subscription = work.fetch("subscription", subscription["id"])
    schedule.plan_all(work, subscription)
    return subscription


def bill(work: Work, subscription: Document, before: Document, effect: change.Effect, params: Params) -> None:
    """Invoice a change now and collect it as `payment_behavior` says; everything is saved. Raises StripeError."""
    behavior = params.get("payment_behavior", "allow_incomplete")
    off_session = params.flag("off_session")
    invoice = change.draft(work, subscription, effect)
    subscription["latest_invoice"] = invoice["id"]
    automatic = subscription["collection_method"] == "charge_automatically"
    if subscription["pending_update"] is not None:
        _drop_pending(work, subscription)
    if behavior == "pending_if_incomplete" and invoice["amount_due"] and automatic:
        pending.put_off(work, subscription, before, invoice["id"])
    work.update(subscription, "customer.subscription.updated")
    work.create(invoice, "invoice.created")
    finalize.finalize(work, invoice)
    invoice = work.fetch("invoice", invoice["id"])
    if invoice["status"] != "open":
        return
    if not automatic or subscription["pause_collection"] is not None:
        dunning.collect(work, invoice)
    elif behavior == "default_incomplete":
        standing.failed(work, invoice)
    elif behavior == "allow_incomplete":
        dunning.charge(work, invoice, off_session=off_session)
    else:
        _charge_or_refuse(work, invoice, off_session=off_session, refuse=behavior == "error_if_incomplete")


def _charge_or_refuse(work: Work, invoice: Document, *, off_session: bool, refuse: bool) -> None:
    if finalize.default_method(work, invoice) is None:
        if refuse:
            raise collect.no_payment_method()
        return
    intent, decline, method = collect.charge(work, invoice, None, off_session=off_session)
    if not refuse:
        return
    if decline is not None:
        error = attempt.decline_error(work, intent, decline, method, public=False)
    elif intent["status"] == "requires_action":
        error = collect.needs_customer(work, intent)
    else:
        return
    error.keep_effects = False
    raise error


def expire_pending(work: Work, subscription_id: str) -> None:
    """Nobody paid for a change within 23 hours: it is dropped, its invoice void. Run as a job."""
    subscription = work.fetch("subscription", subscription_id)
    if subscription["pending_update"] is not None:
        _drop_pending(work, subscription)
        work.update(subscription, "customer.subscription.updated")
        work.emit("customer.subscription.pending_update_expired", subscription)


def resume_collection(work: Work, subscription_id: str) -> None:
    """The pause of collection ends by itself. Run as a job."""
    subscription = work.fetch("subscription", subscription_id)
    if subscription["ended_at"] is None:
        subscription["pause_collection"] = None
        work.update(subscription, "customer.subscription.updated")


def _drop_pending(work: Work, subscription: Document) -> None:
    """Void the invoice a change waited for and forget the change. The caller saves."""
    invoice = work.fetch("invoice", subscription["_pending"]["invoice"])
    if invoice["status"] == "open":
        finalize.void(work, invoice)
        subscription["status"] = work.fetch("subscription", subscription["id"])["status"]
    pending.clear(work, subscription)


def _check_allowed(subscription: Document, params: Params) -> None:
    names = set(params.names())
    if subscription["status"] in ENDED and names - _AFTER_END:
        message = "A canceled subscription can only update its cancellation_details and metadata."
        raise invalid(message, "id")
    if subscription["status"] == "incomplete" and names - _WHILE_INCOMPLETE:
        allowed = "Only metadata and payment settings of a subscription can be updated while it is incomplete."
        raise invalid(allowed, "id")
    if params.get("payment_behavior") == "pending_if_incomplete":
        pending.check(params)


def _settings(work: Work, subscription: Document, params: Params) -> None:
    subscription["metadata"] = params.metadata(subscription["metadata"])
    replace_texts(subscription, params, "description")
    settings.payment_settings(subscription, params)
    settings.default_payment_method(work, subscription, params)
    settings.cancellation_details(subscription, params)
    settings.trial_settings(subscription, params)
    settings.pause_collection(work, subscription, params)
    if "collection_method" in params or "days_until_due" in params:
        settings.collection(subscription, params)
    reductions.configure(work, subscription, work.fetch("customer", subscription["customer"]), params)


def _ending(work: Work, subscription: Document, params: Params) -> None:
    """Set or take back the end; one within the current period credits the time after it when asked to prorate."""
    if "cancel_at_period_end" in params:
        wanted = params.flag("cancel_at_period_end")
        if wanted and not subscription["cancel_at_period_end"]:
            settings.schedule_cancellation(work, subscription)
        elif not wanted and subscription["cancel_at_period_end"]:
            settings.keep(subscription)
    settings.cancel_at(work, subscription, params)
    cancel_at = subscription["cancel_at"]
    if "cancel_at" not in params or cancel_at is None or cancel_at >= schedule.period_end(subscription):
        return
    if params.get("proration_behavior", "none") != "none" and subscription["status"] != "trialing":
        for item in subscription["items"]:
            proration.credit(work, subscription, item, subscription["items"], cancel_at)
