"""Cancellation: at once, at a set time, with the last invoice if something is still to be billed."""

from sandbox.core.store import Document
from sandbox.stripe.errors import no_such
from sandbox.stripe.objects.invoices import finalize
from sandbox.stripe.objects.subscriptions import dunning, ending, invoicing, proration, settings
from sandbox.stripe.resource import Call
from sandbox.stripe.work import Work


def cancel(work: Work, call: Call) -> Document:
    """DELETE /v1/subscriptions/{id}"""
    subscription = work.fetch("subscription", call.path["id"])
    if subscription["ended_at"] is not None:
        raise no_such("subscription", subscription["id"])
    settings.cancellation_details(subscription, call.params)
    invoice_now, prorate = call.params.flag("invoice_now"), call.params.flag("prorate")
    stop(work, subscription, invoice_now=invoice_now, prorate=prorate)
    return work.fetch("subscription", subscription["id"])


def stop(work: Work, subscription: Document, *, invoice_now: bool, prorate: bool) -> None:
    """End on request now, crediting unused time and billing what waits as told."""
    if prorate and subscription["status"] not in {"incomplete", "paused"}:
        credit_all(work, subscription, work.now)
    subscription["cancel_at_period_end"] = False
    ending.end(work, subscription, reason="cancellation_requested")
    if invoice_now and subscription["status"] == "canceled":
        bill_rest(work, subscription)


def fall_due(work: Work, subscription_id: str) -> None:
    """The time set by `cancel_at` has come. Run as a job."""
    subscription = work.fetch("subscription", subscription_id)
    cancel_at = subscription["cancel_at"]
    if subscription["ended_at"] is not None or cancel_at is None or cancel_at > work.now:
        return
    ending.end(work, subscription, reason="cancellation_requested")
    bill_rest(work, subscription)


def credit_all(work: Work, subscription: Document, at: int) -> None:
    """Give the time after `at` back for every item."""
    items = subscription["items"]
    for item in items:
        proration.credit(work, subscription, item, items, at)


def bill_rest(work: Work, subscription: Document) -> None:
    """A last invoice of what still waits for the subscription, if anything does."""
    invoice = invoicing.draft(work, subscription, "subscription_update")
    if not invoicing.add_waiting(work, invoice, subscription, own_only=True):
        return
    invoicing.finish(work, invoice, subscription)
    work.save(subscription)
    finalize.finalize(work, invoice)
    invoice = work.fetch("invoice", invoice["id"])
    if invoice["status"] == "open":
        dunning.collect(work, invoice)
