"""Charges: one per attempt to take money, successful or not."""

from typing import Final

from sandbox.core.store import Document
from sandbox.stripe.cards import Decline
from sandbox.stripe.listing import page
from sandbox.stripe.objects import balance
from sandbox.stripe.objects.fields import empty_list
from sandbox.stripe.resource import Call, Resource, operation
from sandbox.stripe.work import Work

_REASONS = {
    "incorrect_cvc": "The bank returned the decline code `incorrect_cvc`.",
    "insufficient_funds": "The bank returned the decline code `insufficient_funds`.",
}

_NOT_HERE: Final = (
    "application",
    "application_fee",
    "application_fee_amount",
    "failure_balance_transaction",
    "on_behalf_of",
    "receipt_number",
    "receipt_url",
    "review",
    "source",
    "source_transfer",
    "transfer_data",
    "transfer_group",
)
"""What only platforms, receipts and old sources have."""
THREE_D_SECURE: Final = {
    "authentication_flow": "challenge",
    "electronic_commerce_indicator": "05",
    "exemption_indicator": None,
    "result": "authenticated",
    "result_reason": None,
    "transaction_id": None,
    "version": "2.2.0",
}


def make(
    work: Work,
    intent: Document,
    method: Document,
    decline: Decline | None,
    *,
    authenticated: bool,
    hold: bool = False,
) -> Document:
    """Charge an intent's amount to a card and save the result with its event; on `hold` it is only reserved."""
    succeeded = decline is None
    captured = succeeded and not hold
    charge: Document = {
        **dict.fromkeys(_NOT_HERE),
        "id": work.new_id("ch"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"] if captured else 0,
        "amount_refunded": 0,
        "balance_transaction": None,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": intent["statement_descriptor"] or "SANDBOX",
        "captured": captured,
        "created": work.now,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_code": None if decline is None else decline.code,
        "failure_message": None if decline is None else decline.message,
        "fraud_details": {},
        "livemode": False,
        "metadata": intent["metadata"],
        "outcome": _outcome(decline),
        "paid": succeeded,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {
            "card": _card_details(method, intent["amount"], authenticated=authenticated, succeeded=succeeded),
            "type": "card",
        },
        "receipt_email": intent["receipt_email"],
        "refunded": False,
        "shipping": intent["shipping"],
        "statement_descriptor": intent["statement_descriptor"],
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": "succeeded" if succeeded else "failed",
    }
    if captured:
        charge["balance_transaction"] = balance.record(work, charge, charge["amount"], "charge")
    return work.create(charge, "charge.succeeded" if succeeded else "charge.failed")


def retrieve(work: Work, call: Call) -> Document:
    """GET /v1/charges/{id}"""
    return work.fetch("charge", call.path["id"])


def update(work: Work, call: Call) -> Document:
    """POST /v1/charges/{id}"""
    charge = work.fetch("charge", call.path["id"])
    charge["metadata"] = call.params.metadata(charge["metadata"])
    for name in ("description", "receipt_email"):
        if name in call.params:
            charge[name] = call.params.text(name)
    work.update(charge, "charge.updated")
    return charge


def list_charges(work: Work, call: Call) -> Document:
    """GET /v1/charges"""
    equal = {name: call.params.text(name) for name in ("payment_intent", "customer")}
    return page(work, call.params, "charge", "/v1/charges", equal=equal)


def refunds_of(work: Work, charge: Document) -> Document:
    """The `refunds` list of a charge, newest first."""
    found = [work.render(refund) for refund in work.by("refund", "charge", charge["id"])]
    return empty_list(f"/v1/charges/{charge['id']}/refunds", found)


def _outcome(decline: Decline | None) -> Document:
    if decline is None:
        return {
            "advice_code": None,
            "network_advice_code": None,
            "network_decline_code": None,
            "network_status": "approved_by_network",
            "reason": None,
            "risk_level": "normal",
            "risk_score": 20,
            "seller_message": "Payment complete.",
            "type": "authorized",
        }
    reason = decline.decline_code or decline.code
    return {
        "advice_code": decline.advice_code,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "declined_by_network",
        "reason": reason,
        "risk_level": "normal",
        "risk_score": 20,
        "seller_message": _REASONS.get(reason, "The bank did not return any further details with this decline."),
        "type": "issuer_declined",
    }


def _card_details(method: Document, amount: int, *, authenticated: bool, succeeded: bool) -> Document:
    card = method["card"]
    return {
        "amount_authorized": amount if succeeded else None,
        "authorization_code": None,
        "brand": card["brand"],
        "checks": card["checks"],
        "country": card["country"],
        "electronic_commerce_indicator": None,
        "exp_month": card["exp_month"],
        "exp_year": card["exp_year"],
        "fingerprint": card["fingerprint"],
        "funding": card["funding"],
        "installments": None,
        "last4": card["last4"],
        "mandate": None,
        "network": card["brand"],
        "network_transaction_id": None,
        "regulated_status": card["regulated_status"],
        "three_d_secure": dict(THREE_D_SECURE) if authenticated else None,
        "transaction_link_id": None,
        "wallet": None,
    }


RESOURCE = Resource("charge", "charge", "Charge", include={"refunds": refunds_of})

OPERATIONS = [
    operation("charges.retrieve", "GET /v1/charges/{id}", "ChargeRetrieveParams", retrieve, "Charge"),
    operation("charges.update", "POST /v1/charges/{id}", "ChargeUpdateParams", update, "Charge"),
    operation("charges.list", "GET /v1/charges", "ChargeListParams", list_charges, "Charge", listing=True),
]
