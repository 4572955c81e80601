"""Pausing a subscription, so that it makes no invoices, and resuming it."""

from sandbox.core.store import Document
from sandbox.stripe.errors import invalid
from sandbox.stripe.jobs import plan
from sandbox.stripe.objects.invoices import finalize
from sandbox.stripe.objects.subscriptions import change, dunning, invoicing, pending, proration, schedule
from sandbox.stripe.objects.subscriptions.periods import next_boundary
from sandbox.stripe.parameters import Params
from sandbox.stripe.resource import Call
from sandbox.stripe.work import Work

_PAUSABLE = {"active", "trialing", "past_due", "unpaid"}


def pause(work: Work, call: Call) -> Document:
    """POST /v1/subscriptions/{id}/pause"""
    subscription = work.fetch("subscription", call.path["id"])
    params = call.params
    if subscription["status"] not in _PAUSABLE:
        raise invalid(f"A subscription with status {subscription['status']} cannot be paused.", "id")
    params.only("type", "subscription")
    _credit_unused(work, subscription, params)
    subscription["status"] = "paused"
    subscription["_paused"] = {"at": work.now, "why": "pause_requested"}
    work.update(subscription, "customer.subscription.updated")
    work.emit("customer.subscription.paused", subscription)
    schedule.plan_all(work, subscription)
    if params.get("invoicing_behavior", "pending_invoice_item") == "invoice":
        _invoice(work, subscription, restarts=False)
    return work.fetch("subscription", subscription["id"])


def resume(work: Work, call: Call) -> Document:
    """POST /v1/subscriptions/{id}/resume"""
    subscription = work.fetch("subscription", call.path["id"])
    params = call.params
    if subscription["status"] != "paused":
        raise invalid("Only paused subscriptions can be resumed.", "id")
    anchor = params.section("billing_cycle_anchor")
    restarts = anchor is None or anchor.get("type") == "now"
    behavior = params.get("proration_behavior", "create_prorations")
    waits = params.get("payment_behavior") == "resume_on_payment_success"
    params.accept("proration_date")
    if restarts:
        change.restart(work, subscription)
    else:
        _go_on(work, subscription, charged=behavior != "none")
    if not waits:
        pending.resume(work, subscription)
    else:
        work.save(subscription)
    if restarts or behavior == "always_invoice":
        invoice = _invoice(work, subscription, restarts=restarts, resuming=waits)
    else:
        invoice = None
    subscription = work.fetch("subscription", subscription["id"])
    if waits and subscription["status"] == "paused" and (invoice is None or invoice["status"] == "paid"):
        pending.resume(work, subscription)
    return work.fetch("subscription", subscription["id"])


def expire_resumption(work: Work, subscription_id: str) -> None:
    """Nobody paid for resuming within 23 hours: the invoice is void, the subscription stays paused. Run as a job."""
    subscription = work.fetch("subscription", subscription_id)
    invoice_id = subscription.get("_resumes_on")
    if subscription["status"] != "paused" or invoice_id is None:
        return
    subscription["_resumes_on"] = None
    work.save(subscription)
    invoice = work.fetch("invoice", invoice_id)
    if invoice["status"] == "open":
        finalize.void(work, invoice)


def _credit_unused(work: Work, subscription: Document, params: Params) -> None:
    bill_for = params.section("bill_for")
    unused = None if bill_for is None else bill_for.section("unused_time_from")
    usage = None if bill_for is None else bill_for.section("outstanding_usage_through")
    if usage is not None:
        usage.accept("type")
    since = "now" if unused is None else unused.get("type")
    if since == "none" or subscription["status"] == "trialing":
        return
    for item in subscription["items"]:
        at = work.now if since == "now" else item["current_period_start"]
        proration.credit(work, subscription, item, subscription["items"], at)
        item["_billed"] = None


def _go_on(work: Work, subscription: Document, *, charged: bool) -> None:
    """Keep the anchor: the rest of the period that runs now is what begins."""
    for item in subscription["items"]:
        price = work.fetch("price", item["price"])
        item["current_period_end"] = next_boundary(subscription["billing_cycle_anchor"], price["recurring"], work.now)
        item["current_period_start"] = work.now
        item["_billed"] = None
    if charged:
        proration.settle(work, subscription, [], work.now)


def _invoice(work: Work, subscription: Document, *, restarts: bool, resuming: bool = False) -> Document | None:
    """Bill at once what the pause or its end made, and collect it; None when there is nothing."""
    invoice = invoicing.draft(work, subscription, "subscription_update")
    waiting = invoicing.add_waiting(work, invoice, subscription, own_only=True)
    if restarts:
        invoicing.add_periods(work, invoice, subscription)
    elif not waiting:
        return None
    invoicing.finish(work, invoice, subscription)
    if resuming:
        subscription["_resumes_on"] = invoice["id"]
        plan(work, "expire_resumption", subscription["id"], work.now + pending.EXPIRES_AFTER)
    work.update(subscription, "customer.subscription.updated")
    finalize.finalize(work, invoice)
    invoice = work.fetch("invoice", invoice["id"])
    if invoice["status"] == "open":
        dunning.collect(work, invoice)
    return work.fetch("invoice", invoice["id"])
