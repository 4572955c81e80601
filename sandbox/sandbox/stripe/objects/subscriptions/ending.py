"""The end of a subscription: collection stops, nothing waits for time any more."""

from sandbox.core.store import Document
from sandbox.stripe.jobs import drop
from sandbox.stripe.objects.invoices import finalize
from sandbox.stripe.objects.subscriptions import pending, schedule
from sandbox.stripe.work import Work


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
    subscription["_paused"] = None
    for invoice in work.by("invoice", "_subscription", subscription["id"]):
        if invoice["status"] in {"open", "draft"} and invoice["auto_advance"]:
            invoice["auto_advance"] = False
            invoice["next_payment_attempt"] = None
            work.update(invoice, "invoice.updated")
            drop(work, "retry_invoice", invoice["id"])
    pending.clear(work, subscription)
    subscription["pending_setup_intent"] = None
    work.save(subscription)
    work.emit("customer.subscription.deleted", subscription)
    schedule.plan_all(work, subscription)


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
    subscription["pending_setup_intent"] = None
    work.update(subscription, "customer.subscription.updated")
    schedule.plan_all(work, subscription)
    invoice = work.fetch("invoice", subscription["latest_invoice"])
    if invoice["status"] == "open":
        finalize.void(work, invoice)
