"""Collecting the invoices of subscriptions without the customer: finalization, the charge, retries, the end."""

from typing import Final

from sandbox.core.store import Document
from sandbox.stripe import billing_settings
from sandbox.stripe.errors import StripeError
from sandbox.stripe.jobs import drop, plan
from sandbox.stripe.objects.invoices import finalize
from sandbox.stripe.objects.subscriptions import ending, schedule, standing
from sandbox.stripe.payments import attempt
from sandbox.stripe.work import Work

_DAY: Final = 86400
_HARD: Final = frozenset(
    {
        "authentication_required",
        "highest_risk_level",
        "incorrect_number",
        "lost_card",
        "pickup_card",
        "revocation_of_all_authorizations",
        "revocation_of_authorization",
        "stolen_card",
        "transaction_not_allowed",
    }
)


def advance_later(work: Work, invoice: Document) -> None:
    """Finalize and collect a draft after the hour Stripe leaves for changes. The caller saves."""
    due_at = work.now + billing_settings.read(work.store)["finalize_after"]
    invoice["automatically_finalizes_at"] = due_at
    if invoice["collection_method"] == "charge_automatically":
        invoice["next_payment_attempt"] = due_at
    plan(work, "advance_invoice", invoice["id"], due_at)


def advance(work: Work, invoice_id: str) -> None:
    """The hour is over: finalize, then charge or send. Run as a job."""
    invoice = work.get("invoice", invoice_id)
    if invoice is None or invoice.get("deleted"):
        return
    work.enter(invoice)
    if not invoice["auto_advance"]:
        return
    if invoice["status"] == "draft":
        invoice["automatically_finalizes_at"] = None
        try:
            finalize.finalize(work, invoice)
        except StripeError as error:
            if not error.keep_effects:
                raise
            return
    invoice = work.fetch("invoice", invoice_id)
    if invoice["status"] == "open" and not invoice["attempted"]:
        collect(work, invoice)


def collect(work: Work, invoice: Document, *, off_session: bool = True) -> None:
    """Charge a fresh open invoice, or send it, as its collection method says; void it while collection is paused."""
    subscription = work.get("subscription", invoice["_subscription"] or "")
    pause = None if subscription is None else subscription["pause_collection"]
    if pause is not None and pause["behavior"] != "keep_as_draft":
        _give_up(work, invoice, void=pause["behavior"] == "void")
    elif invoice["collection_method"] == "send_invoice":
        send(work, invoice, subscription)
    else:
        charge(work, invoice, off_session=off_session)


def send(work: Work, invoice: Document, subscription: Document | None) -> None:
    """Ask the customer to pay until the due date."""
    if invoice["due_date"] is None and subscription is not None:
        invoice["due_date"] = work.now + (subscription["days_until_due"] or 0) * _DAY
    work.update(invoice, "invoice.updated")
    work.emit("invoice.sent", invoice)
    plan(work, "invoice_overdue", invoice["id"], invoice["due_date"])


def overdue(work: Work, invoice_id: str) -> None:
    """The due date passed: tell, and the subscription is past due. Run as a job."""
    invoice = work.fetch("invoice", invoice_id)
    if invoice["status"] == "open":
        work.emit("invoice.overdue", invoice)
        standing.failed(work, invoice)


def charge(work: Work, invoice: Document, *, off_session: bool = True) -> None:
    """Try the default card now, as the first attempt or a scheduled retry, and plan what follows a failure."""
    retry = invoice["attempt_count"] > 0
    next_at = _next_retry(work, invoice)
    if next_at is not None:
        plan(work, "retry_invoice", invoice["id"], next_at)
    invoice["next_payment_attempt"] = next_at
    invoice["attempt_count"] += 1 if retry else 0
    if retry and _is_pointless(work, invoice):
        work.update(invoice, "invoice.updated")
    else:
        work.save(invoice)
        _attempt(work, invoice, off_session=off_session)
    invoice = work.fetch("invoice", invoice["id"])
    if invoice["status"] == "open":
        standing.failed(work, invoice)
        if next_at is None:
            _exhausted(work, invoice)


def retry(work: Work, invoice_id: str) -> None:
    """A scheduled retry. Run as a job."""
    invoice = work.fetch("invoice", invoice_id)
    if invoice["status"] == "open" and invoice["auto_advance"]:
        charge(work, invoice)


def _attempt(work: Work, invoice: Document, *, off_session: bool) -> None:
    method_id = finalize.default_method(work, invoice)
    if method_id is None:
        invoice["attempted"] = True
        invoice["attempt_count"] = max(1, invoice["attempt_count"])
        work.update(invoice, "invoice.updated")
        work.emit("invoice.payment_failed", invoice)
        return
    intent = finalize.intent_of(work, invoice)
    method = work.fetch("payment_method", method_id)
    attempt.confirm(work, intent, method, off_session=off_session)
    intent = work.fetch("payment_intent", intent["id"])
    if intent["status"] == "requires_action" and off_session:
        invoice = work.fetch("invoice", invoice["id"])
        invoice["attempted"] = True
        invoice["attempt_count"] = max(1, invoice["attempt_count"])
        work.update(invoice, "invoice.updated")
        work.emit("invoice.payment_failed", invoice)


def _next_retry(work: Work, invoice: Document) -> int | None:
    """The next time of the schedule, counted from the first failure; None after the last."""
    first = invoice.get("_first_attempt_at")
    if first is None:
        first = invoice["_first_attempt_at"] = work.now
    for days in billing_settings.read(work.store)["retry_days"]:
        at = int(first + days * _DAY)
        if at > work.now:
            return at
    return None


def _is_pointless(work: Work, invoice: Document) -> bool:
    """Without a card, or with the one a bank refused for good, another charge is not even tried."""
    method_id = finalize.default_method(work, invoice)
    if method_id is None:
        return True
    intent = finalize.intent_of(work, invoice)
    if intent["status"] == "requires_action":
        return bool(intent["payment_method"] == method_id)
    error = intent["last_payment_error"]
    if error is None:
        return False
    reasons = {error["code"], error.get("decline_code")}
    return bool(reasons & _HARD) and error["payment_method"]["id"] == method_id


def _exhausted(work: Work, invoice: Document) -> None:
    settings = billing_settings.read(work.store)
    subscription = work.get("subscription", invoice["_subscription"] or "")
    if subscription is not None:
        _conclude(work, subscription, settings["after_retries"])
    if settings["mark_uncollectible"]:
        _give_up(work, work.fetch("invoice", invoice["id"]), void=False)


def _conclude(work: Work, subscription: Document, outcome: str) -> None:
    if subscription["ended_at"] is None and outcome == "cancel":
        ending.end(work, subscription, reason="payment_failed")
    elif subscription["status"] == "past_due" and outcome == "unpaid":
        subscription["status"] = "unpaid"
        work.update(subscription, "customer.subscription.updated")
        schedule.plan_all(work, subscription)


def _give_up(work: Work, invoice: Document, *, void: bool) -> None:
    drop(work, "retry_invoice", invoice["id"])
    if void:
        finalize.void(work, invoice)
        return
    invoice["status"] = "uncollectible"
    invoice["auto_advance"] = False
    invoice["next_payment_attempt"] = None
    invoice["status_transitions"]["marked_uncollectible_at"] = work.now
    work.save(invoice)
    work.emit("invoice.marked_uncollectible", invoice)
