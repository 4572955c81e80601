"""Finalization: the number, the sums that no longer change, the intent that collects them."""

from sandbox.core.store import Document
from sandbox.stripe.errors import StripeError, invalid
from sandbox.stripe.objects import payment_intents
from sandbox.stripe.objects.invoices.build import payment_row, total_up
from sandbox.stripe.payments import settlement
from sandbox.stripe.work import Work


def finalize(work: Work, invoice: Document) -> None:
    """Turn a draft into an open invoice, or a paid one when nothing is due. Raises StripeError for others."""
    if invoice["status"] != "draft":
        message = "This invoice is already finalized, you can't re-finalize a non-draft invoice."
        raise invalid(message, code="invoice_not_editable")
    customer = work.fetch("customer", invoice["customer"], "customer")
    total_up(invoice)
    _apply_balance(invoice, customer)
    _number(work, invoice, customer)
    invoice["status"] = "open"
    invoice["effective_at"] = work.now
    invoice["status_transitions"]["finalized_at"] = work.now
    base = work.context.settings.base_url
    invoice["hosted_invoice_url"] = f"{base}/stripe/invoices/{invoice['_token']}"
    invoice["invoice_pdf"] = f"{base}/stripe/invoices/{invoice['_token']}/pdf"
    if invoice["amount_due"]:
        _collect_by_intent(work, invoice, customer)
    work.save(invoice)
    work.emit("invoice.finalized", invoice)
    if not invoice["amount_due"]:
        invoice["attempted"] = True
        settlement.mark_paid(work, invoice, 0)


def default_method(work: Work, invoice: Document) -> str | None:
    """Which card pays: the invoice's own, the subscription's, the customer's."""
    if invoice["default_payment_method"] is not None:
        return str(invoice["default_payment_method"])
    subscription_id = invoice["_subscription"]
    subscription = None if subscription_id is None else work.get("subscription", subscription_id)
    if subscription is not None and subscription["default_payment_method"] is not None:
        return str(subscription["default_payment_method"])
    customer = work.fetch("customer", invoice["customer"])
    method = None if customer.get("deleted") else customer["invoice_settings"]["default_payment_method"]
    return None if method is None else str(method)


def void(work: Work, invoice: Document) -> None:
    """Void an open or uncollectible invoice and cancel its intent. Raises StripeError for others."""
    if invoice["status"] not in {"open", "uncollectible"}:
        raise invalid("You can only pass in open invoices. This invoice isn't open.", code="invoice_not_editable")
    stop_collecting(work, invoice, "void_invoice")
    invoice["status"] = "void"
    invoice["auto_advance"] = False
    invoice["status_transitions"]["voided_at"] = work.now
    work.save(invoice)
    work.emit("invoice.voided", invoice)


def stop_collecting(work: Work, invoice: Document, reason: str) -> None:
    """Cancel the invoice's intent and its open payment row."""
    if invoice["_intent"] is None:
        return
    intent = work.fetch("payment_intent", invoice["_intent"])
    if intent["status"] not in {"succeeded", "canceled"}:
        payment_intents.end(work, intent, reason)
    for row in work.by("invoice_payment", "invoice", invoice["id"]):
        if row["status"] == "open":
            row["status"] = "canceled"
            row["status_transitions"]["canceled_at"] = work.now
            work.save(row)


def intent_of(work: Work, invoice: Document) -> Document:
    """The intent of an open invoice. Raises StripeError when it has none."""
    if invoice["_intent"] is None:
        raise StripeError(400, "This invoice has nothing to collect.", code="invoice_not_payable")
    return work.fetch("payment_intent", invoice["_intent"])


def _apply_balance(invoice: Document, customer: Document) -> None:
    balance = customer["balance"]
    invoice["starting_balance"] = balance
    due = max(0, invoice["total"] + balance)
    customer["balance"] = balance + invoice["total"] - due
    invoice["ending_balance"] = customer["balance"]
    invoice["amount_due"] = due
    invoice["amount_remaining"] = due


def _number(work: Work, invoice: Document, customer: Document) -> None:
    sequence = customer["next_invoice_sequence"]
    invoice["number"] = invoice["number"] or f"{customer['invoice_prefix']}-{sequence:04d}"
    customer["next_invoice_sequence"] = sequence + 1
    customer["currency"] = customer["currency"] or invoice["currency"]
    work.save(customer)


def _collect_by_intent(work: Work, invoice: Document, customer: Document) -> None:
    intent = payment_intents.build(
        work, amount=invoice["amount_due"], code=invoice["currency"], customer_id=customer["id"]
    )
    intent["_invoice"] = invoice["id"]
    intent["receipt_email"] = None
    intent["statement_descriptor"] = invoice["statement_descriptor"]
    if invoice["_subscription"] is None:
        intent["description"] = f"Payment for Invoice {invoice['number']}"
    else:
        intent["description"] = "Subscription creation"
        intent["setup_future_usage"] = "off_session"
    method_id = default_method(work, invoice)
    if method_id is not None and invoice["collection_method"] == "charge_automatically":
        intent["payment_method"] = method_id
        intent["status"] = "requires_confirmation"
    invoice["_intent"] = intent["id"]
    work.create(intent, "payment_intent.created")
    work.create(payment_row(work, invoice, intent))
