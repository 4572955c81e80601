"""Finalization: the number, the sums that no longer change, the intent that collects them."""

from typing import Final

from sandbox.core.store import Document
from sandbox.stripe.errors import StripeError, invalid
from sandbox.stripe.objects import automatic_tax, customer_balance, discounts, payment_intents, tax_ids
from sandbox.stripe.objects.invoices.build import payment_row
from sandbox.stripe.objects.invoices.totals import due_after, set_due, total_up
from sandbox.stripe.objects.subscriptions import standing
from sandbox.stripe.payments import settlement
from sandbox.stripe.work import Work

_ACCOUNT_PREFIX: Final = "SANDBOX"


def finalize(work: Work, invoice: Document) -> None:
    """Turn a draft into an open invoice, or a paid one when nothing is due.

    Raises StripeError for others, and when automatic tax lacks the customer's country; that failure leaves its
    traces on the invoice.
    """
    if invoice["status"] != "draft":
        message = "This invoice is already finalized, you can't re-finalize a non-draft invoice."
        raise invalid(message, code="invoice_not_editable")
    invoice["customer_tax_ids"] = tax_ids.snapshot(work, invoice["customer"])
    total_up(work, invoice)
    _check_location(work, invoice)
    discounts.spend(work, invoice)
    customer = work.fetch("customer", invoice["customer"], "customer")
    _number(work, invoice, customer)
    _apply_balance(work, invoice, customer)
    invoice["status"] = "open"
    invoice["effective_at"] = invoice["effective_at"] or work.now
    invoice["last_finalization_error"] = None
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
    """Void an open or uncollectible invoice: its intent is canceled, the balance it used goes back.

    Raises StripeError for others, and when part of it was paid.
    """
    if invoice["status"] not in {"open", "uncollectible"}:
        raise invalid("You can only pass in open invoices. This invoice isn't open.", code="invoice_not_editable")
    if invoice["amount_paid"]:
        message = "You cannot void an invoice that was paid in part. Issue a credit note for the rest instead."
        raise invalid(message, code="invoice_not_editable")
    settlement.stop_collecting(work, invoice, "void_invoice")
    _return_balance(work, invoice)
    invoice["status"] = "void"
    invoice["auto_advance"] = False
    invoice["next_payment_attempt"] = None
    invoice["status_transitions"]["voided_at"] = work.now
    work.save(invoice)
    work.emit("invoice.voided", invoice)
    standing.forgiven(work, invoice)


def intent_of(work: Work, invoice: Document) -> Document:
    """The intent of an open invoice. Raises StripeError when it has none."""
    if invoice["_intent"] is None:
        raise StripeError(400, "This invoice has nothing to collect.", code="invoice_not_payable")
    return work.fetch("payment_intent", invoice["_intent"])


def _check_location(work: Work, invoice: Document) -> None:
    try:
        automatic_tax.check_location(invoice)
    except StripeError as error:
        invoice["last_finalization_error"] = {"code": error.code, "message": error.message, "type": error.kind}
        work.save(invoice)
        work.emit("invoice.finalization_failed", invoice)
        error.keep_effects = True
        raise


def _apply_balance(work: Work, invoice: Document, customer: Document) -> None:
    total, code = invoice["total"], invoice["currency"]
    start = customer_balance.held(customer, code)
    due = due_after(total, start, code)
    used = total - due
    invoice["starting_balance"], invoice["ending_balance"] = start, start + used
    set_due(invoice, due)
    if used:
        kind = "invoice_too_small" if total + start > 0 and not due else "applied_to_invoice"
        customer_balance.move(work, customer, used, kind, code, invoice=invoice["id"])


def _return_balance(work: Work, invoice: Document) -> None:
    used = invoice["ending_balance"] - invoice["starting_balance"]
    customer = work.fetch("customer", invoice["customer"])
    if used and not customer.get("deleted"):
        kind, code = "unapplied_from_invoice", invoice["currency"]
        customer_balance.move(work, customer, -used, kind, code, invoice=invoice["id"])


def _number(work: Work, invoice: Document, customer: Document) -> None:
    """The next number of the customer, or of the account when it numbers all invoices in one row."""
    if invoice["number"] is None and work.context.settings.invoice_numbering == "account":
        invoice["number"] = f"{_ACCOUNT_PREFIX}-{work.store.counter('stripe_invoice_number'):04d}"
    elif invoice["number"] is None:
        sequence = customer["next_invoice_sequence"]
        invoice["number"] = f"{customer['invoice_prefix']}-{sequence:04d}"
        customer["next_invoice_sequence"] = sequence + 1
    customer_balance.fix_currency(customer, invoice["currency"])
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
        first = invoice["billing_reason"] == "subscription_create"
        intent["description"] = "Subscription creation" if first else "Subscription update"
        intent["setup_future_usage"] = "off_session"
    method_id = default_method(work, invoice)
    if method_id is not None and invoice["collection_method"] == "charge_automatically":
        intent["payment_method"] = method_id
        intent["status"] = "requires_confirmation"
    invoice["_intent"] = intent["id"]
    work.create(intent, "payment_intent.created")
    work.create(payment_row(work, invoice, intent, invoice["amount_due"]))
