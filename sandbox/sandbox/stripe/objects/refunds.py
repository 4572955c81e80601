"""Refunds: all or part of a charge given back."""

from sandbox.core.store import Document
from sandbox.stripe.cards import BY_NUMBER
from sandbox.stripe.errors import StripeError, invalid
from sandbox.stripe.jobs import plan
from sandbox.stripe.listing import page
from sandbox.stripe.objects import balance
from sandbox.stripe.objects.currencies import check_step
from sandbox.stripe.objects.disputes import life as disputes
from sandbox.stripe.objects.fields import money
from sandbox.stripe.parameters import Params
from sandbox.stripe.resource import Call, Resource, operation
from sandbox.stripe.work import Work

SETTLES_AFTER = 60


def create(work: Work, call: Call) -> Document:
    """POST /v1/refunds"""
    params = call.params
    charge = _charge(work, params)
    params.accept("refund_application_fee", "reverse_transfer", "instructions_email")
    return issue(work, charge, params.positive("amount"), reason=params.text("reason"), metadata=params.metadata())


def issue(
    work: Work, charge: Document, wanted: int | None, *, reason: str | None, metadata: dict[str, str]
) -> Document:
    """Give back minor units of a charge, or all that is left of it. Raises StripeError beyond that."""
    disputes.check_refundable(work, charge)
    amount = _amount(wanted, charge)
    outcome = _outcome(work, charge)
    refund = _build(work, charge, amount)
    refund.update(reason=reason, metadata=metadata, status="pending" if outcome == "pending" else "succeeded")
    refund["balance_transaction"] = balance.record(work, refund, -amount, "refund")
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    work.create(refund, "refund.created")
    if outcome != "succeeded":
        plan(work, "settle_refund", refund["id"], work.now + SETTLES_AFTER)
    work.update(charge, "charge.updated")
    work.emit("charge.refunded", charge)
    return refund


def _build(work: Work, charge: Document, amount: int) -> Document:
    return {
        "id": work.new_id("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": work.now,
        "currency": charge["currency"],
        "customer": charge["customer"],
        "customer_account": None,
        "destination_details": {
            "card": {
                "reference_status": "pending",
                "reference_type": "acquirer_reference_number",
                "type": "refund",
            },
            "type": "card",
        },
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": None,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }


def settle(work: Work, refund_id: str) -> None:
    """Some minutes later: a pending refund arrives, a doomed one comes back. Run as a job."""
    refund = work.fetch("refund", refund_id)
    charge = work.fetch("charge", refund["charge"])
    if refund["status"] == "pending":
        refund["status"] = "succeeded"
        work.update(refund, "refund.updated")
        work.emit("charge.refund.updated", refund)
        return
    if refund["status"] != "succeeded":
        return
    refund["status"] = "failed"
    refund["failure_reason"] = "expired_or_canceled_card"
    refund["failure_balance_transaction"] = balance.record(work, refund, refund["amount"], "refund_failure")
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    work.update(refund, "refund.updated")
    work.emit("refund.failed", refund)
    work.emit("charge.refund.updated", refund)
    work.update(charge, "charge.updated")


def retrieve(work: Work, call: Call) -> Document:
    """GET /v1/refunds/{id}"""
    return work.fetch("refund", call.path["id"])


def update(work: Work, call: Call) -> Document:
    """POST /v1/refunds/{id}"""
    refund = work.fetch("refund", call.path["id"])
    refund["metadata"] = call.params.metadata(refund["metadata"])
    work.update(refund, "refund.updated")
    return refund


def cancel(work: Work, call: Call) -> Document:
    """POST /v1/refunds/{id}/cancel; card refunds never wait for the customer, so there is nothing to cancel"""
    refund = work.fetch("refund", call.path["id"])
    message = f"This refund cannot be canceled because it has a status of {refund['status']}."
    raise invalid(message, "id")


def list_refunds(work: Work, call: Call) -> Document:
    """GET /v1/refunds"""
    equal = {name: call.params.text(name) for name in ("charge", "payment_intent")}
    return page(work, call.params, "refund", "/v1/refunds", equal=equal)


def _charge(work: Work, params: Params) -> Document:
    charge_id, intent_id = params.text("charge"), params.text("payment_intent")
    if charge_id is None and intent_id is None:
        message = "One of the following params should be provided for this request: payment_intent or charge."
        raise StripeError(400, message, code="parameter_missing")
    if intent_id is not None:
        intent = work.fetch("payment_intent", intent_id, "payment_intent")
        if intent["status"] != "succeeded":
            message = f"This PaymentIntent ({intent_id}) does not have a successful charge to refund."
            raise invalid(message, "payment_intent")
        if charge_id is not None and charge_id != intent["latest_charge"]:
            raise invalid("The charge does not belong to the PaymentIntent.", "charge")
        charge_id = intent["latest_charge"]
    charge = work.fetch("charge", charge_id or "", "charge")
    if not charge["paid"]:
        raise invalid(f"Charge {charge['id']} was not successful and cannot be refunded.", "charge")
    return charge


def _amount(amount: int | None, charge: Document) -> int:
    left = charge["amount_captured"] - charge["amount_refunded"]
    if left == 0:
        message = f"Charge {charge['id']} has already been refunded."
        raise StripeError(400, message, code="charge_already_refunded")
    code = charge["currency"]
    if amount is not None:
        check_step(amount, code, "amount")
    if amount is not None and amount > left:
        message = (
            f"Refund amount ({money(amount, code)}) is greater than unrefunded amount on charge ({money(left, code)})"
        )
        raise invalid(message, "amount")
    return left if amount is None else amount


def _outcome(work: Work, charge: Document) -> str:
    fault = work.context.faults.take("stripe", "refund", kinds=frozenset({"refund_pending", "refund_failed"}))
    if fault is not None:
        return fault.kind.removeprefix("refund_")
    method = work.get("payment_method", charge["payment_method"])
    return "succeeded" if method is None else BY_NUMBER[method["_test_card"]].refund


RESOURCE = Resource("refund", "refund", "Refund")

OPERATIONS = [
    operation("refunds.create", "POST /v1/refunds", "RefundCreateParams", create, "Refund"),
    operation("refunds.retrieve", "GET /v1/refunds/{id}", "RefundRetrieveParams", retrieve, "Refund"),
    operation("refunds.update", "POST /v1/refunds/{id}", "RefundUpdateParams", update, "Refund"),
    operation("refunds.cancel", "POST /v1/refunds/{id}/cancel", "RefundCancelParams", cancel, "Refund"),
    operation("refunds.list", "GET /v1/refunds", "RefundListParams", list_refunds, "Refund", listing=True),
]
