"""PaymentIntents: a sum to collect, with its states."""

from sandbox.core.store import Document
from sandbox.stripe.errors import StripeError, invalid, unexpected_state, unsupported
from sandbox.stripe.listing import page
from sandbox.stripe.objects import intents
from sandbox.stripe.objects.currencies import check_step, minimum
from sandbox.stripe.objects.fields import currency, money, replace_texts, shipping
from sandbox.stripe.parameters import Params
from sandbox.stripe.payments import attempt, settlement
from sandbox.stripe.payments import capture as capturing
from sandbox.stripe.resource import Call, Resource, operation
from sandbox.stripe.work import Work

_MOST = 99_999_999
_TEXTS = ("description", "receipt_email", "statement_descriptor", "statement_descriptor_suffix", "transfer_group")
_OPEN = {"requires_payment_method", "requires_confirmation", "requires_action", "requires_capture", "processing"}
_WHEN_CONFIRMING = (
    "confirmation_token",
    "error_on_requires_action",
    "mandate_data",
    "off_session",
    "return_url",
    "use_stripe_sdk",
)
_CHANGEABLE = {"requires_payment_method", "requires_confirmation", "requires_action"}


def build(work: Work, *, amount: int, code: str, customer_id: str | None) -> Document:
    """A new intent without a payment method, not saved; amount in minor units of currency `code`."""
    intent_id = work.new_id("pi")
    return {
        "id": intent_id,
        "object": "payment_intent",
        "allowed_payment_method_types": None,
        "amount": amount,
        "amount_capturable": 0,
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic",
        "client_secret": intents.new_secret(work, intent_id),
        "confirmation_method": "automatic",
        "created": work.now,
        "currency": code,
        "customer": customer_id,
        "customer_account": None,
        "description": None,
        "excluded_payment_method_types": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "managed_payments": None,
        "metadata": {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {
            "card": {
                "installments": None,
                "mandate_options": None,
                "network": None,
                "request_three_d_secure": "automatic",
            }
        },
        "payment_method_types": ["card"],
        "payment_record": None,
        "processing": None,
        "receipt_email": None,
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "source": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": None,
        "_invoice": None,
    }


def create(work: Work, call: Call) -> Document:
    """POST /v1/payment_intents"""
    params = call.params
    code = currency(params) or ""
    amount = _amount(params, code) or 0
    customer_id = params.text("customer")
    if customer_id is not None:
        work.fetch("customer", customer_id, "customer")
    intent = build(work, amount=amount, code=code, customer_id=customer_id)
    intent["automatic_payment_methods"] = _automatic(params)
    _apply(intent, params)
    params.only("confirmation_method", "automatic")
    if params.flag("confirm"):
        return _confirm(work, work.create(intent, "payment_intent.created"), call)
    _set_method(work, intent, params)
    _ignore_confirmation(params)
    return work.create(intent, "payment_intent.created")


def retrieve(work: Work, call: Call) -> Document:
    """GET /v1/payment_intents/{id}; with a publishable key only by client secret, and only its public part"""
    intent = work.fetch("payment_intent", call.path["id"])
    intents.check_secret(call, intent)
    return intents.public_view(intent) if call.public else intent


def update(work: Work, call: Call) -> Document:
    """POST /v1/payment_intents/{id}"""
    intent = work.fetch("payment_intent", call.path["id"])
    params = call.params
    if intent["status"] not in _CHANGEABLE and set(params.names()) - {"metadata", "description", "expand"}:
        message = (
            f"This PaymentIntent's {', '.join(params.names())} could not be updated because it has a status of"
            f" {intent['status']}. You may only update the parameters of a PaymentIntent with one of the following"
            " statuses: requires_payment_method, requires_confirmation, requires_action."
        )
        raise unexpected_state("payment_intent", work.render(intent), message)
    code = currency(params)
    intent["currency"] = code or intent["currency"]
    intent["amount"] = _amount(params, intent["currency"]) or intent["amount"]
    customer_id = params.text("customer")
    if customer_id is not None:
        intent["customer"] = work.fetch("customer", customer_id, "customer")["id"]
    _apply(intent, params)
    _set_method(work, intent, params)
    work.save(intent)
    return intent


def confirm(work: Work, call: Call) -> Document:
    """POST /v1/payment_intents/{id}/confirm"""
    intent = work.fetch("payment_intent", call.path["id"])
    intents.check_secret(call, intent)
    _apply(intent, call.params)
    done = _confirm(work, intent, call)
    return intents.public_view(done) if call.public else done


def cancel(work: Work, call: Call) -> Document:
    """POST /v1/payment_intents/{id}/cancel"""
    intent = work.fetch("payment_intent", call.path["id"])
    reason = call.params.text("cancellation_reason")
    if intent["_invoice"] is not None:
        message = "You cannot cancel this PaymentIntent because it belongs to an invoice; void the invoice instead."
        raise unexpected_state("payment_intent", work.render(intent), message)
    if intent["status"] not in _OPEN:
        message = (
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}. Only a PaymentIntent"
            " with one of the following statuses may be canceled: requires_payment_method, requires_capture,"
            " requires_confirmation, requires_action, processing."
        )
        raise unexpected_state("payment_intent", work.render(intent), message)
    if intent["status"] == "requires_capture":
        capturing.release(work, intent)
    settlement.cancel_intent(work, intent, reason)
    return intent


def capture(work: Work, call: Call) -> Document:
    """POST /v1/payment_intents/{id}/capture"""
    intent = work.fetch("payment_intent", call.path["id"])
    params = call.params
    if intent["status"] != "requires_capture":
        message = (
            f"This PaymentIntent could not be captured because it has a status of {intent['status']}. Only a"
            " PaymentIntent with one of the following statuses may be captured: requires_capture."
        )
        raise unexpected_state("payment_intent", work.render(intent), message)
    intent["metadata"] = params.metadata(intent["metadata"])
    replace_texts(intent, params, "statement_descriptor", "statement_descriptor_suffix")
    params.only("final_capture", True)
    capturing.take(work, intent, params.positive("amount_to_capture"))
    return intent


def list_intents(work: Work, call: Call) -> Document:
    """GET /v1/payment_intents"""
    equal = {"customer": call.params.text("customer")}
    return page(work, call.params, "payment_intent", "/v1/payment_intents", equal=equal)


def _confirm(work: Work, intent: Document, call: Call) -> Document:
    params = call.params
    method = intents.method_to_confirm(work, params, intent)
    off_session = params.get("off_session") not in {None, False}
    stop = params.flag("error_on_requires_action")
    params.accept("mandate_data", "mandate", "radar_options", "confirm")
    decline = attempt.confirm(
        work,
        intent,
        method,
        off_session=off_session,
        return_url=params.text("return_url"),
        use_sdk=params.flag("use_stripe_sdk"),
    )
    if decline is not None and method is not None:
        raise attempt.decline_error(work, intent, decline, method, public=call.public)
    if stop and intent["status"] == "requires_action":
        message = "This payment required an authentication action to complete, but `error_on_requires_action` was set."
        raise StripeError(402, message, kind="card_error", code="payment_intent_action_required")
    return intent


def _apply(intent: Document, params: Params) -> None:
    replace_texts(intent, params, *_TEXTS)
    intent["metadata"] = params.metadata(intent["metadata"])
    if "setup_future_usage" in params:
        intent["setup_future_usage"] = params.get("setup_future_usage")
    if "capture_method" in params:
        intent["capture_method"] = params.get("capture_method")
    if "shipping" in params:
        intent["shipping"] = shipping(params.section("shipping"))
    if "allowed_payment_method_types" in params:
        allowed = params.get("allowed_payment_method_types")
        if "card" not in allowed:
            raise unsupported("payment method types other than card", "allowed_payment_method_types")
        intent["allowed_payment_method_types"] = allowed
    options = params.section("payment_method_options")
    card = None if options is None else options.section("card")
    if card is not None and "request_three_d_secure" in card:
        intent["payment_method_options"]["card"]["request_three_d_secure"] = card.get("request_three_d_secure")


def _set_method(work: Work, intent: Document, params: Params) -> None:
    method = intents.chosen_method(work, params, None)
    if method is None:
        return
    intents.check_owner(method, intent["customer"])
    intent["payment_method"] = method["id"]
    intent["status"] = "requires_confirmation"


def _automatic(params: Params) -> Document | None:
    section = params.section("automatic_payment_methods")
    if section is None:
        return {"allow_redirects": "always", "enabled": True}
    allow = section.get("allow_redirects", "always")
    return {"allow_redirects": allow, "enabled": section.flag("enabled")}


def _ignore_confirmation(params: Params) -> None:
    for name in _WHEN_CONFIRMING:
        if name in params and params.get(name) not in {None, False}:
            message = f"You can only set {name} when confirm=true is given as well."
            raise invalid(message, name)
    params.accept("confirm")


def _amount(params: Params, code: str) -> int | None:
    amount, least = params.positive("amount"), minimum(code)
    if amount is not None and amount < least:
        raise invalid(f"Amount must be at least {money(least, code)} {code}", "amount", "amount_too_small")
    if amount is not None and amount > _MOST:
        raise invalid(f"Amount must be no more than {money(_MOST, code)} {code}", "amount", "amount_too_large")
    if amount is not None:
        check_step(amount, code, "amount")
    return amount


RESOURCE = Resource("payment_intent", "payment_intent", "PaymentIntent")

_BASE = "/v1/payment_intents"
_TYPE = "PaymentIntent"
OPERATIONS = [
    operation(
        "payment_intents.create",
        f"POST {_BASE}",
        "PaymentIntentCreateParams",
        create,
        _TYPE,
        extra=intents.CARD_EXTRA,
    ),
    operation(
        "payment_intents.retrieve",
        f"GET {_BASE}/{{id}}",
        "PaymentIntentRetrieveParams",
        retrieve,
        _TYPE,
        public=True,
    ),
    operation(
        "payment_intents.update",
        f"POST {_BASE}/{{id}}",
        "PaymentIntentUpdateParams",
        update,
        _TYPE,
        extra=intents.CARD_EXTRA,
    ),
    operation(
        "payment_intents.confirm",
        f"POST {_BASE}/{{id}}/confirm",
        "PaymentIntentConfirmParams",
        confirm,
        _TYPE,
        public=True,
        extra=intents.PUBLIC_EXTRA,
    ),
    operation("payment_intents.capture", f"POST {_BASE}/{{id}}/capture", "PaymentIntentCaptureParams", capture, _TYPE),
    operation("payment_intents.cancel", f"POST {_BASE}/{{id}}/cancel", "PaymentIntentCancelParams", cancel, _TYPE),
    operation("payment_intents.list", f"GET {_BASE}", "PaymentIntentListParams", list_intents, _TYPE, listing=True),
]
