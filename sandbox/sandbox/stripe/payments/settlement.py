"""What the outcome of a payment does to the invoice it was for, and to the invoice's subscription."""

from sandbox.core.store import Document
from sandbox.stripe.objects import customer_balance
from sandbox.stripe.objects.subscriptions import standing
from sandbox.stripe.work import Work

_CLOSED = {"succeeded", "canceled"}


def intent_succeeded(work: Work, intent: Document) -> None:
    """What came in counts for the invoice behind the intent."""
    invoice = _invoice_of(work, intent)
    if invoice is not None:
        count(work, invoice, _payment_row(work, intent), intent)


def count(work: Work, invoice: Document, row: Document, intent: Document) -> None:
    """Book the money of a succeeded intent on its invoice: a part, all of it, or more than was due.

    The surplus becomes the customer's credit.
    """
    amount = intent["amount_received"]
    row["status"] = "paid"
    row["amount_paid"] = amount
    row["status_transitions"]["paid_at"] = work.now
    work.save(row)
    invoice["attempt_count"] = max(1, invoice["attempt_count"])
    invoice["attempted"] = True
    missing = invoice["amount_remaining"] if invoice["status"] in {"open", "uncollectible"} else 0
    if amount < missing:
        invoice["amount_paid"] += amount
        invoice["amount_remaining"] -= amount
        work.update(invoice, "invoice.updated")
        ask_for_rest(work, invoice)
    else:
        invoice["amount_overpaid"] += amount - missing
        if missing:
            stop_collecting(work, invoice, "duplicate")
            mark_paid(work, invoice, amount, method_id=intent["payment_method"])
        if amount > missing:
            _credit_surplus(work, invoice, amount - missing)
    work.emit("invoice_payment.paid", row)


def ask_for_rest(work: Work, invoice: Document) -> None:
    """The invoice's own intent collects what is still missing, not what was due at first."""
    intent = work.get("payment_intent", invoice["_intent"] or "")
    if intent is None or intent["status"] in _CLOSED:
        return
    intent["amount"] = invoice["amount_remaining"]
    work.save(intent)
    for row in work.by("invoice_payment", "_intent", intent["id"]):
        row["amount_requested"] = intent["amount"]
        work.save(row)


def stop_collecting(work: Work, invoice: Document, reason: str) -> None:
    """Cancel the invoice's own intent and every payment row that is still open."""
    intent = work.get("payment_intent", invoice["_intent"] or "")
    if intent is not None and intent["status"] not in _CLOSED:
        cancel_intent(work, intent, reason)
    for row in work.by("invoice_payment", "invoice", invoice["id"]):
        if row["status"] == "open":
            row["status"] = "canceled"
            row["status_transitions"]["canceled_at"] = work.now
            work.save(row)


def cancel_intent(work: Work, intent: Document, reason: str | None) -> None:
    """Cancel an intent that has not succeeded, on behalf of the API or of its invoice."""
    intent["status"] = "canceled"
    intent["canceled_at"] = work.now
    intent["cancellation_reason"] = reason
    intent["next_action"] = None
    work.save(intent)
    work.emit("payment_intent.canceled", intent)


def intent_failed(work: Work, intent: Document) -> None:
    """The invoice stays open, one attempt further; its subscription stays what it was."""
    invoice = _invoice_of(work, intent)
    if invoice is None:
        return
    invoice["attempt_count"] = max(1, invoice["attempt_count"])
    invoice["attempted"] = True
    work.update(invoice, "invoice.updated")
    work.emit("invoice.payment_failed", invoice)
    standing.failed(work, invoice)


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
    standing.paid(work, invoice, method_id)


def _credit_surplus(work: Work, invoice: Document, surplus: int) -> None:
    work.update(invoice, "invoice.updated")
    customer = work.fetch("customer", invoice["customer"])
    if not customer.get("deleted"):
        code = invoice["currency"]
        customer_balance.move(work, customer, -surplus, "invoice_overpaid", code, invoice=invoice["id"])
    work.emit("invoice.overpaid", invoice)


def _invoice_of(work: Work, intent: Document) -> Document | None:
    invoice_id = intent["_invoice"]
    return None if invoice_id is None else work.fetch("invoice", invoice_id)


def _payment_row(work: Work, intent: Document) -> Document:
    rows = work.by("invoice_payment", "_intent", intent["id"])
    return rows[0]
