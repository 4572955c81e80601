"""What the outcome of a payment does to the invoice it was for, and to the invoice's subscription."""

from sandbox.core.store import Document
from sandbox.stripe.jobs import drop
from sandbox.stripe.work import Work


def intent_succeeded(work: Work, intent: Document) -> None:
    """The invoice behind a succeeded intent is paid, its subscription active."""
    invoice = _invoice_of(work, intent)
    if invoice is None:
        return
    row = _payment_row(work, intent)
    row["status"] = "paid"
    row["amount_paid"] = intent["amount_received"]
    row["status_transitions"]["paid_at"] = work.now
    work.save(row)
    invoice["attempt_count"] += 1
    invoice["attempted"] = True
    mark_paid(work, invoice, intent["amount_received"], method_id=intent["payment_method"])
    work.emit("invoice_payment.paid", row)


def intent_failed(work: Work, intent: Document) -> None:
    """The invoice stays open, one attempt further; its subscription stays what it was."""
    invoice = _invoice_of(work, intent)
    if invoice is None:
        return
    invoice["attempt_count"] += 1
    invoice["attempted"] = True
    work.update(invoice, "invoice.updated")
    work.emit("invoice.payment_failed", invoice)


def intent_needs_action(work: Work, intent: Document) -> None:
    """The customer has to authenticate before the invoice can be paid."""
    invoice = _invoice_of(work, intent)
    if invoice is not None:
        work.emit("invoice.payment_action_required", invoice)


def mark_paid(work: Work, invoice: Document, amount: int, *, method_id: str | None = None) -> None:
    """Close an open invoice as paid; `amount` is what came in by card, 0 for free or out-of-band ones."""
    invoice["status"] = "paid"
    invoice["amount_paid"] = invoice["amount_due"]
    invoice["amount_remaining"] = 0
    invoice["auto_advance"] = False
    invoice["next_payment_attempt"] = None
    invoice["status_transitions"]["paid_at"] = work.now
    work.update(invoice, "invoice.updated")
    work.emit("invoice.paid", invoice)
    if amount:
        work.emit("invoice.payment_succeeded", invoice)
    subscription_id = invoice["_subscription"]
    if subscription_id is not None:
        _activate(work, work.fetch("subscription", subscription_id), method_id)


def _activate(work: Work, subscription: Document, method_id: str | None) -> None:
    settings = subscription["payment_settings"]
    if method_id is not None and settings["save_default_payment_method"] == "on_subscription":
        subscription["default_payment_method"] = method_id
    if subscription["status"] in {"incomplete", "past_due", "unpaid"}:
        drop(work, "expire_subscription", subscription["id"])
        subscription["status"] = "active"
    work.update(subscription, "customer.subscription.updated")


def _invoice_of(work: Work, intent: Document) -> Document | None:
    invoice_id = intent["_invoice"]
    return None if invoice_id is None else work.fetch("invoice", invoice_id)


def _payment_row(work: Work, intent: Document) -> Document:
    rows = work.by("invoice_payment", "_intent", intent["id"])
    return rows[0]
