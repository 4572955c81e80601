"""Setup attempts: one per try to set a card up."""

from sandbox.core.store import Document
from sandbox.stripe.listing import page
from sandbox.stripe.objects.charges import THREE_D_SECURE
from sandbox.stripe.resource import Call, Resource, operation
from sandbox.stripe.work import Work

_CARD = ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4")


def note(work: Work, intent: Document, method: Document, status: str, error: Document | None = None) -> None:
    """Record how the current try goes; one that waited for authentication goes on. The intent is not saved."""
    last = work.get("setup_attempt", intent["latest_attempt"] or "")
    waited = last is not None and last["status"] == "requires_action"
    attempt = last if last is not None and waited else _build(work, intent, method)
    attempt["status"] = status
    attempt["setup_error"] = error
    if waited and status == "succeeded":
        shown = {name: value for name, value in THREE_D_SECURE.items() if name != "exemption_indicator"}
        attempt["payment_method_details"]["card"]["three_d_secure"] = shown
    work.save(attempt)
    intent["latest_attempt"] = attempt["id"]


def list_attempts(work: Work, call: Call) -> Document:
    """GET /v1/setup_attempts of one intent"""
    intent = work.fetch("setup_intent", call.params.require("setup_intent"), "setup_intent")
    equal: dict[str, str | None] = {"setup_intent": intent["id"]}
    return page(work, call.params, "setup_attempt", "/v1/setup_attempts", equal=equal)


def _build(work: Work, intent: Document, method: Document) -> Document:
    card = method["card"]
    details = {name: card[name] for name in _CARD}
    return {
        "id": work.new_id("setatt"),
        "object": "setup_attempt",
        "application": None,
        "created": work.now,
        "customer": intent["customer"],
        "customer_account": None,
        "flow_directions": None,
        "livemode": False,
        "on_behalf_of": None,
        "payment_method": method["id"],
        "payment_method_details": {
            "card": {**details, "moto": None, "network": card["brand"], "three_d_secure": None, "wallet": None},
            "type": "card",
        },
        "setup_error": None,
        "setup_intent": intent["id"],
        "status": "processing",
        "usage": intent["usage"],
    }


RESOURCE = Resource("setup_attempt", "setupattempt", "SetupAttempt")

OPERATIONS = [
    operation(
        "setup_attempts.list",
        "GET /v1/setup_attempts",
        "SetupAttemptListParams",
        list_attempts,
        "SetupAttempt",
        listing=True,
    ),
]
