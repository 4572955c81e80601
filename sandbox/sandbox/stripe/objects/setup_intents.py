"""SetupIntents: a card made ready for later payments."""

from sandbox.core.store import Document
from sandbox.stripe.cards import Decline
from sandbox.stripe.errors import StripeError, invalid, unexpected_state, unsupported
from sandbox.stripe.listing import page
from sandbox.stripe.objects import intents, payment_methods, setup_attempts
from sandbox.stripe.parameters import Params
from sandbox.stripe.resource import Call, Resource, operation
from sandbox.stripe.work import Work, declined

_OPEN = {"requires_payment_method", "requires_confirmation", "requires_action"}
_FAILED_AUTHENTICATION = Decline(
    "setup_intent_authentication_failure",
    None,
    "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
    None,
)


def build(work: Work, customer_id: str | None) -> Document:
    """A new intent without a payment method, not saved."""
    intent_id = work.new_id("seti")
    return {
        "id": intent_id,
        "object": "setup_intent",
        "allowed_payment_method_types": None,
        "application": None,
        "automatic_payment_methods": None,
        "cancellation_reason": None,
        "client_secret": intents.new_secret(work, intent_id),
        "created": work.now,
        "customer": customer_id,
        "customer_account": None,
        "description": None,
        "excluded_payment_method_types": None,
        "flow_directions": None,
        "last_setup_error": None,
        "latest_attempt": None,
        "livemode": False,
        "mandate": None,
        "metadata": {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {
            "card": {"mandate_options": None, "network": None, "request_three_d_secure": "automatic"}
        },
        "payment_method_types": ["card"],
        "single_use_mandate": None,
        "status": "requires_payment_method",
        "usage": "off_session",
        "_subscription": None,
    }


def create(work: Work, call: Call) -> Document:
    """POST /v1/setup_intents"""
    params = call.params
    customer_id = params.text("customer")
    if customer_id is not None:
        work.fetch("customer", customer_id, "customer")
    intent = build(work, customer_id)
    section = params.section("automatic_payment_methods")
    intent["automatic_payment_methods"] = {
        "allow_redirects": "always" if section is None else section.get("allow_redirects", "always"),
        "enabled": True if section is None else section.flag("enabled"),
    }
    intent["usage"] = params.get("usage", "off_session")
    _apply(intent, params)
    if params.flag("confirm"):
        return _confirm(work, work.create(intent, "setup_intent.created"), call)
    _set_method(work, intent, params)
    for name in ("confirmation_token", "return_url", "mandate_data"):
        if params.get(name) is not None:
            raise invalid(f"You can only set {name} when confirm=true is given as well.", name)
    params.accept("confirm", "use_stripe_sdk")
    return work.create(intent, "setup_intent.created")


def retrieve(work: Work, call: Call) -> Document:
    """GET /v1/setup_intents/{id}"""
    intent = work.fetch("setup_intent", call.path["id"])
    intents.check_secret(call, intent)
    return intents.public_view(intent) if call.public else intent


def update(work: Work, call: Call) -> Document:
    """POST /v1/setup_intents/{id}"""
    intent = work.fetch("setup_intent", call.path["id"])
    customer_id = call.params.text("customer")
    if customer_id is not None:
        intent["customer"] = work.fetch("customer", customer_id, "customer")["id"]
    _apply(intent, call.params)
    _set_method(work, intent, call.params)
    work.save(intent)
    return intent


def confirm(work: Work, call: Call) -> Document:
    """POST /v1/setup_intents/{id}/confirm"""
    intent = work.fetch("setup_intent", call.path["id"])
    intents.check_secret(call, intent)
    done = _confirm(work, intent, call)
    return intents.public_view(done) if call.public else done


def cancel(work: Work, call: Call) -> Document:
    """POST /v1/setup_intents/{id}/cancel"""
    intent = work.fetch("setup_intent", call.path["id"])
    if intent["status"] not in _OPEN:
        message = f"You cannot cancel this SetupIntent because it has a status of {intent['status']}."
        raise unexpected_state("setup_intent", work.render(intent), message)
    end(work, intent, call.params.text("cancellation_reason"))
    return intent


def end(work: Work, intent: Document, reason: str | None) -> None:
    """Cancel an intent that has not succeeded."""
    intent["status"] = "canceled"
    intent["cancellation_reason"] = reason
    intent["next_action"] = None
    work.save(intent)
    work.emit("setup_intent.canceled", intent)


def finish_authentication(work: Work, intent: Document, *, passed: bool) -> Decline | None:
    """The customer came back from the bank's page. Raises StripeError when nothing was asked for."""
    if intent["status"] != "requires_action":
        raise invalid(f"This intent does not wait for authentication: its status is {intent['status']}.")
    method = work.fetch("payment_method", intent["payment_method"])
    intent["next_action"] = None
    if passed:
        _succeed(work, intent, method)
        return None
    _fail(work, intent, method, _FAILED_AUTHENTICATION)
    return _FAILED_AUTHENTICATION


def list_intents(work: Work, call: Call) -> Document:
    """GET /v1/setup_intents"""
    equal = {name: call.params.text(name) for name in ("customer", "payment_method")}
    return page(work, call.params, "setup_intent", "/v1/setup_intents", equal=equal)


def _apply(intent: Document, params: Params) -> None:
    if "description" in params:
        intent["description"] = params.text("description")
    intent["metadata"] = params.metadata(intent["metadata"])
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
    if method is not None:
        intents.check_owner(method, intent["customer"])
        intent["payment_method"] = method["id"]
        intent["status"] = "requires_confirmation"


def _confirm(work: Work, intent: Document, call: Call) -> Document:
    params = call.params
    method = intents.method_to_confirm(work, params, intent)
    params.accept("mandate_data", "confirm")
    return_url, use_sdk = params.text("return_url"), params.flag("use_stripe_sdk")
    if intent["status"] not in _OPEN or method is None:
        reason = f"it has a status of {intent['status']}" if method else "it's missing a payment method"
        message = f"You cannot confirm this SetupIntent because {reason}."
        raise unexpected_state("setup_intent", work.render(intent), message)
    intents.check_owner(method, intent["customer"])
    intent["payment_method"] = method["id"]
    card = payment_methods.test_card(method)
    if _asks_bank(intent, method):
        intent["status"] = "requires_action"
        intent["next_action"] = intents.next_action(work, intent, return_url, use_sdk=use_sdk)
        setup_attempts.note(work, intent, method, "requires_action")
        work.save(intent)
        work.emit("setup_intent.requires_action", intent)
        return intent
    if card.decline is not None and card.declines_attach:
        _fail(work, intent, method, card.decline)
        raise _decline_error(work, intent, card.decline, method, public=call.public)
    _succeed(work, intent, method)
    return intent


def _asks_bank(intent: Document, method: Document) -> bool:
    wish = intent["payment_method_options"]["card"]["request_three_d_secure"]
    asked_for = payment_methods.test_card(method).challenge in {"always", "unless_set_up"} and not method["_set_up"]
    return asked_for or wish in {"any", "challenge"}


def _succeed(work: Work, intent: Document, method: Document) -> None:
    intent["status"] = "succeeded"
    intent["last_setup_error"] = None
    setup_attempts.note(work, intent, method, "succeeded")
    method["_set_up"] = True
    work.save(method)
    work.save(intent)
    work.emit("setup_intent.succeeded", intent)
    if intent["customer"] is not None and method["customer"] is None:
        payment_methods.bind(work, method, intent["customer"])
    subscription = None if intent["_subscription"] is None else work.get("subscription", intent["_subscription"])
    if subscription is not None and subscription["pending_setup_intent"] == intent["id"]:
        subscription["pending_setup_intent"] = None
        if subscription["payment_settings"]["save_default_payment_method"] == "on_subscription":
            subscription["default_payment_method"] = method["id"]
        work.update(subscription, "customer.subscription.updated")


def _fail(work: Work, intent: Document, method: Document, decline: Decline) -> None:
    error: Document = {
        "advice_code": decline.advice_code,
        "code": decline.code,
        "decline_code": decline.decline_code,
        "doc_url": f"https://stripe.com/docs/error-codes/{decline.code.replace('_', '-')}",
        "message": decline.message,
        "payment_method": work.render(method),
        "type": "card_error" if decline.decline_code else "invalid_request_error",
    }
    intent["last_setup_error"] = {name: value for name, value in error.items() if value is not None}
    setup_attempts.note(work, intent, method, "failed", intent["last_setup_error"])
    intent["status"] = "requires_payment_method"
    intent["payment_method"] = None
    work.save(intent)
    work.emit("setup_intent.setup_failed", intent)


def _decline_error(work: Work, intent: Document, decline: Decline, method: Document, *, public: bool) -> StripeError:
    view = work.render(intent)
    details: Document = {
        "advice_code": decline.advice_code,
        "code": decline.code,
        "decline_code": decline.decline_code,
        "payment_method": work.render(method),
        "setup_intent": intents.public_view(view) if public else view,
    }
    return declined(decline.message, {name: value for name, value in details.items() if value is not None})


RESOURCE = Resource("setup_intent", "setupintent", "SetupIntent")

_BASE = "/v1/setup_intents"
_TYPE = "SetupIntent"
OPERATIONS = [
    operation(
        "setup_intents.create",
        f"POST {_BASE}",
        "SetupIntentCreateParams",
        create,
        _TYPE,
        extra=intents.CARD_EXTRA,
    ),
    operation(
        "setup_intents.retrieve",
        f"GET {_BASE}/{{id}}",
        "SetupIntentRetrieveParams",
        retrieve,
        _TYPE,
        public=True,
    ),
    operation(
        "setup_intents.update",
        f"POST {_BASE}/{{id}}",
        "SetupIntentUpdateParams",
        update,
        _TYPE,
        extra=intents.CARD_EXTRA,
    ),
    operation(
        "setup_intents.confirm",
        f"POST {_BASE}/{{id}}/confirm",
        "SetupIntentConfirmParams",
        confirm,
        _TYPE,
        public=True,
        extra=intents.PUBLIC_EXTRA,
    ),
    operation("setup_intents.cancel", f"POST {_BASE}/{{id}}/cancel", "SetupIntentCancelParams", cancel, _TYPE),
    operation("setup_intents.list", f"GET {_BASE}", "SetupIntentListParams", list_intents, _TYPE, listing=True),
]
