"""Collecting an open invoice without the customer at hand: `POST /pay` and automatic first payments."""

from sandbox.core.store import Document
from sandbox.stripe.cards import Decline
from sandbox.stripe.errors import StripeError, invalid
from sandbox.stripe.objects import payment_methods
from sandbox.stripe.objects.invoices import finalize
from sandbox.stripe.objects.invoices.build import payment_row
from sandbox.stripe.payments import attempt, settlement
from sandbox.stripe.resource import Call
from sandbox.stripe.work import Work


def pay(work: Work, call: Call) -> Document:
    """POST /v1/invoices/{id}/pay"""
    invoice = work.fetch("invoice", call.path["id"])
    params = call.params
    params.accept("mandate", "forgive")
    if invoice["status"] == "draft":
        finalize.finalize(work, invoice)
        if invoice["status"] == "paid":
            return invoice
    if invoice["status"] == "paid":
        raise invalid("Invoice is already paid", code="invoice_already_paid")
    if invoice["status"] not in {"open", "uncollectible"}:
        raise invalid(f"This invoice can no longer be paid: its status is {invoice['status']}.")
    if params.flag("paid_out_of_band"):
        settlement.stop_collecting(work, invoice, "duplicate")
        invoice["_off_stripe"] = invoice["amount_remaining"]
        settlement.mark_paid(work, invoice, 0)
        return work.fetch("invoice", invoice["id"])
    given = params.text("payment_method")
    method = payment_methods.usable(work, given, "payment_method") if given is not None else None
    intent, decline, used = charge(work, invoice, method, off_session=params.flag("off_session", True))
    if decline is not None:
        raise attempt.decline_error(work, intent, decline, used, public=False)
    if intent["status"] == "requires_action":
        raise needs_customer(work, intent)
    return work.fetch("invoice", invoice["id"])


def attach_payment(work: Work, call: Call) -> Document:
    """POST /v1/invoices/{id}/attach_payment: a further intent, succeeded or not yet, counts for an open invoice"""
    invoice = work.fetch("invoice", call.path["id"])
    intent = work.fetch("payment_intent", call.params.require("payment_intent"), "payment_intent")
    if invoice["status"] not in {"open", "uncollectible"}:
        message = f"Payments can only be attached to open invoices; this one is {invoice['status']}."
        raise invalid(message, "id", "invoice_not_editable")
    if intent["_invoice"] is not None:
        raise invalid("This PaymentIntent already belongs to an invoice.", "payment_intent")
    if intent["customer"] != invoice["customer"] or intent["currency"] != invoice["currency"]:
        message = "The PaymentIntent must have the customer and the currency of the invoice."
        raise invalid(message, "payment_intent")
    if intent["status"] == "canceled":
        raise invalid("A canceled PaymentIntent cannot be attached to an invoice.", "payment_intent")
    intent["_invoice"] = invoice["id"]
    work.save(intent)
    row = work.create(payment_row(work, invoice, intent, intent["amount"], is_default=False))
    if intent["status"] == "succeeded":
        settlement.count(work, invoice, row, intent)
    return work.fetch("invoice", invoice["id"])


def charge(
    work: Work, invoice: Document, method: Document | None, *, off_session: bool
) -> tuple[Document, Decline | None, Document]:
    """Confirm the invoice's intent with a card or the default one; returns intent, decline and card.

    Raises StripeError when there is no card to charge.
    """
    intent = finalize.intent_of(work, invoice)
    if method is None:
        method_id = intent["payment_method"] or finalize.default_method(work, invoice)
        if method_id is None:
            raise no_payment_method()
        method = work.fetch("payment_method", method_id)
    decline = attempt.confirm(work, intent, method, off_session=off_session)
    return intent, decline, method


def no_payment_method() -> StripeError:
    """400: a charge was asked for and the customer has nothing to charge."""
    message = (
        "This customer has no attached payment source or default payment method. Please consider adding a default"
        " payment method. For more information, visit"
        " https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority."
    )
    return invalid(message, code="resource_missing")


def needs_customer(work: Work, intent: Document) -> StripeError:
    """402: only the customer can go on."""
    return StripeError(
        402,
        "This payment requires additional user action before it can be completed successfully. Payment can be"
        " completed using the PaymentIntent associated with the invoice.",
        kind="card_error",
        code="invoice_payment_intent_requires_action",
        keep_effects=True,
        details={"payment_intent": work.render(intent)},
    )
