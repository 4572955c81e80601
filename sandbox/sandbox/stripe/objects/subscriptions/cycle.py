"""The life of a subscription by its clock: renewals, ends of trials, the notices before."""

from sandbox.core.store import Document
from sandbox.stripe.objects.invoices import finalize
from sandbox.stripe.objects.invoices.totals import total_up
from sandbox.stripe.objects.subscriptions import cancel, dunning, ending, invoicing, schedule
from sandbox.stripe.objects.subscriptions.periods import next_boundary
from sandbox.stripe.work import Work


def renew(work: Work, subscription_id: str) -> None:
    """A period ended: the next one begins, with a draft that is collected about an hour later. Run as a job."""
    subscription = work.fetch("subscription", subscription_id)
    if subscription["status"] not in schedule.RUNNING:
        return
    if subscription["cancel_at"] is not None and subscription["cancel_at"] <= work.now:
        cancel.fall_due(work, subscription_id)
        return
    if subscription["status"] == "trialing" and not _survives_trial(work, subscription):
        return
    start = schedule.period_start(subscription)
    ended = schedule.period_end(subscription)
    begin_period(work, subscription, ended)
    invoice = invoicing.draft(work, subscription, "subscription_cycle")
    invoice["period_start"], invoice["period_end"] = start, ended
    invoicing.add_waiting(work, invoice, subscription)
    invoicing.add_periods(work, invoice, subscription)
    _decide_collection(work, subscription, invoice)
    invoicing.finish(work, invoice, subscription)
    work.update(subscription, "customer.subscription.updated")
    schedule.plan_all(work, subscription)


def begin_period(work: Work, subscription: Document, start: int) -> None:
    """Let the period after `start` run for every item; a set end of the subscription cuts it short."""
    if subscription["status"] == "trialing":
        subscription["status"] = "active"
    for item in subscription["items"]:
        price = work.fetch("price", item["price"])
        end = next_boundary(subscription["billing_cycle_anchor"], price["recurring"], start)
        cancel_at = subscription["cancel_at"]
        if cancel_at is not None and start < cancel_at < end:
            end = cancel_at
        item["current_period_start"], item["current_period_end"] = start, end
    if subscription["cancel_at_period_end"]:
        subscription["cancel_at"] = schedule.period_end(subscription)


def announce_trial_end(work: Work, subscription_id: str) -> None:
    """Three days before a trial ends, or at once when it is shorter. Run as a job."""
    subscription = work.fetch("subscription", subscription_id)
    if subscription["status"] == "trialing":
        subscription["_trial_end_told"] = subscription["trial_end"]
        work.save(subscription)
        work.emit("customer.subscription.trial_will_end", subscription)


def announce_invoice(work: Work, subscription_id: str) -> None:
    """Some days before a renewal: the invoice it would bring today. Run as a job."""
    subscription = work.fetch("subscription", subscription_id)
    if subscription["status"] not in schedule.RUNNING:
        return
    with work.store.rehearsal():
        invoice = next_invoice(work, subscription)
    if invoice is not None:
        work.emit("invoice.upcoming", invoice)


def next_invoice(work: Work, subscription: Document) -> Document | None:
    """The draft the coming renewal would make, or the last invoice before a planned end; None for nothing.

    Changes the subscription and takes what waits: call it in a rehearsal only.
    """
    ended = schedule.period_end(subscription)
    invoice = invoicing.draft(work, subscription, "upcoming")
    invoice["period_start"], invoice["period_end"] = schedule.period_start(subscription), ended
    invoice["next_payment_attempt"] = ended + 3600
    ends = subscription["cancel_at"] is not None and subscription["cancel_at"] <= ended
    waiting = invoicing.add_waiting(work, invoice, subscription, own_only=ends)
    if ends and not waiting:
        return None
    if not ends:
        begin_period(work, subscription, ended)
        invoicing.add_periods(work, invoice, subscription)
    return as_upcoming(work, invoice)


def as_upcoming(work: Work, invoice: Document) -> Document:
    """A draft in the form of a preview: its sums made, never saved."""
    total_up(work, invoice)
    preview_id = f"upcoming_{invoice['id']}"
    for line in invoice["lines"]:
        line["invoice"] = preview_id
    return {**invoice, "id": preview_id, "billing_reason": "upcoming", "auto_advance": False}


def _survives_trial(work: Work, subscription: Document) -> bool:
    """What happens at the end of a trial when there is no card to charge."""
    behavior = subscription["trial_settings"]["end_behavior"]["missing_payment_method"]
    if behavior == "create_invoice" or subscription["collection_method"] == "send_invoice":
        return True
    probe = {"_subscription": subscription["id"], "customer": subscription["customer"], "default_payment_method": None}
    if finalize.default_method(work, probe) is not None:
        return True
    if behavior == "cancel":
        ending.end(work, subscription, reason="cancellation_requested")
        return False
    subscription["status"] = "paused"
    subscription["_paused"] = {"at": work.now, "why": "trial_end_without_payment_method"}
    work.update(subscription, "customer.subscription.updated")
    work.emit("customer.subscription.paused", subscription)
    schedule.plan_all(work, subscription)
    return False


def _decide_collection(work: Work, subscription: Document, invoice: Document) -> None:
    pause = subscription["pause_collection"]
    if subscription["status"] == "unpaid" or (pause is not None and pause["behavior"] == "keep_as_draft"):
        invoice["auto_advance"] = False
    else:
        dunning.advance_later(work, invoice)
