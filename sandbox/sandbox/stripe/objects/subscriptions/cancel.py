"""The end of a subscription: on request, or after 23 hours without the first payment."""

from sandbox.core.store import Document
from sandbox.stripe.errors import no_such
from sandbox.stripe.jobs import drop
from sandbox.stripe.objects.invoices import finalize
from sandbox.stripe.objects.subscriptions import settings
from sandbox.stripe.resource import Call
from sandbox.stripe.work import Work


def cancel(work: Work, call: Call) -> Document:
    """DELETE /v1/subscriptions/{id}"""
    subscription = work.fetch("subscription", call.path["id"])
    if subscription["ended_at"] is not None or subscription["status"] == "incomplete_expired":
        raise no_such("subscription", subscription["id"])
    settings.cancellation_details(subscription, call.params)
    call.params.only("invoice_now", False)
    call.params.only("prorate", False)
    end(work, subscription, reason="cancellation_requested")
    return subscription


def end(work: Work, subscription: Document, *, reason: str) -> None:
    """Stop now; collection of its open invoices stops too, and an unpaid first invoice is voided."""
    if subscription["status"] == "incomplete":
        expire(work, subscription["id"])
        subscription.update(work.fetch("subscription", subscription["id"]))
        return
    subscription["status"] = "canceled"
    subscription["canceled_at"] = subscription["canceled_at"] or work.now
    subscription["ended_at"] = work.now
    subscription["cancellation_details"]["reason"] = reason
    for invoice in work.by("invoice", "_subscription", subscription["id"]):
        if invoice["status"] in {"open", "draft"} and invoice["auto_advance"]:
            invoice["auto_advance"] = False
            work.update(invoice, "invoice.updated")
    _drop_setup(subscription)
    work.save(subscription)
    work.emit("customer.subscription.deleted", subscription)


def expire(work: Work, subscription_id: str) -> None:
    """Give up on a first payment: `incomplete` becomes `incomplete_expired`, the invoice void. Run as a job
    too.
    """
    drop(work, "expire_subscription", subscription_id)
    subscription = work.fetch("subscription", subscription_id)
    if subscription["status"] != "incomplete":
        return
    subscription["status"] = "incomplete_expired"
    subscription["ended_at"] = work.now
    _drop_setup(subscription)
    work.update(subscription, "customer.subscription.updated")
    invoice = work.fetch("invoice", subscription["latest_invoice"])
    if invoice["status"] == "open":
        finalize.void(work, invoice)


def _drop_setup(subscription: Document) -> None:
    subscription["pending_setup_intent"] = None
