"""What the fate of an invoice means for its subscription."""

from sandbox.core.store import Document
from sandbox.stripe.jobs import drop
from sandbox.stripe.objects.subscriptions import pending, schedule
from sandbox.stripe.work import Work

_OWING = {"past_due", "unpaid"}


def paid(work: Work, invoice: Document, method_id: str | None) -> None:
    """Active again once its newest invoice is settled; a change that waited for this payment comes true."""
    drop(work, "retry_invoice", invoice["id"])
    drop(work, "invoice_overdue", invoice["id"])
    subscription = _subscription_of(work, invoice)
    if subscription is None or subscription["ended_at"] is not None:
        return
    settings = subscription["payment_settings"]
    if method_id is not None and settings["save_default_payment_method"] == "on_subscription":
        subscription["default_payment_method"] = method_id
    if subscription["status"] == "incomplete":
        drop(work, "expire_subscription", subscription["id"])
        subscription["status"] = "active"
    elif subscription["status"] in _OWING and _is_newest(work, invoice, subscription):
        subscription["status"] = "active"
    elif subscription["status"] == "paused" and subscription.get("_resumes_on") == invoice["id"]:
        pending.resume(work, subscription)
        return
    applied = pending.apply(work, subscription, invoice["id"])
    work.update(subscription, "customer.subscription.updated")
    if applied:
        work.emit("customer.subscription.pending_update_applied", subscription)
    schedule.plan_all(work, subscription)


def failed(work: Work, invoice: Document) -> None:
    """Past due when an invoice of a running subscription could not be collected, or not in time."""
    subscription = _subscription_of(work, invoice)
    if subscription is None or pending.waits_for(subscription, invoice["id"]):
        return
    if subscription["status"] in {"active", "trialing"}:
        subscription["status"] = "past_due"
        work.update(subscription, "customer.subscription.updated")


def forgiven(work: Work, invoice: Document) -> None:
    """An open invoice became void or uncollectible: nothing is owed on it any more."""
    drop(work, "retry_invoice", invoice["id"])
    drop(work, "invoice_overdue", invoice["id"])
    subscription = _subscription_of(work, invoice)
    if subscription is None or subscription["ended_at"] is not None:
        return
    if subscription["status"] in _OWING and _is_newest(work, invoice, subscription):
        subscription["status"] = "active"
        work.update(subscription, "customer.subscription.updated")
        schedule.plan_all(work, subscription)


def _subscription_of(work: Work, invoice: Document) -> Document | None:
    subscription_id = invoice["_subscription"]
    return None if subscription_id is None else work.get("subscription", subscription_id)


def _is_newest(work: Work, invoice: Document, subscription: Document) -> bool:
    """Whether no later invoice of the subscription is open; drafts do not count."""
    if subscription["latest_invoice"] == invoice["id"]:
        return True
    for other in work.by("invoice", "_subscription", subscription["id"]):
        if other["id"] == invoice["id"]:
            return True
        if other["status"] == "open":
            return False
    return True
