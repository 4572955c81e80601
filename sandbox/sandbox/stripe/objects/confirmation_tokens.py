"""Confirmation tokens: what a customer typed into Elements, kept until the server confirms with it."""

from sandbox.core.store import Document
from sandbox.stripe.errors import invalid
from sandbox.stripe.objects import payment_methods
from sandbox.stripe.objects.fields import shipping
from sandbox.stripe.parameters import Params
from sandbox.stripe.resource import Call, Resource, operation
from sandbox.stripe.sdk import Record, Shape
from sandbox.stripe.work import Work

_GOOD_FOR = 12 * 3600
_PREVIEWED = ("allow_redisplay", "billing_details", "card", "customer", "customer_account", "type")
_CARD_DATA = Shape(
    records=(Record("params._payment_method_create_params", "PaymentMethodCreateParams"),), required=False
)


def create(work: Work, call: Call) -> Document:
    """POST /v1/confirmation_tokens by Stripe.js, and its test helper for servers"""
    params = call.params
    data, named = params.section("payment_method_data"), params.text("payment_method")
    if (data is None) == (named is None):
        raise invalid("You must provide one of payment_method and payment_method_data.", "payment_method_data")
    if data is not None:
        method = payment_methods.from_data(work, data, lambda document: document)
    else:
        method = payment_methods.usable(work, named or "", "payment_method")
    token: Document = {
        "id": work.new_id("ctoken"),
        "object": "confirmation_token",
        "created": work.now,
        "expires_at": work.now + _GOOD_FOR,
        "livemode": False,
        "mandate_data": None,
        "metadata": None,
        "payment_intent": None,
        "payment_method_options": None,
        "payment_method_preview": {name: method[name] for name in _PREVIEWED},
        "return_url": params.text("return_url"),
        "setup_future_usage": params.get("setup_future_usage"),
        "setup_intent": None,
        "shipping": _shipping(params),
        "use_stripe_sdk": True,
        "_method": method,
    }
    return work.create(token)


def retrieve(work: Work, call: Call) -> Document:
    """GET /v1/confirmation_tokens/{id}"""
    return work.fetch("confirmation_token", call.path["id"])


def redeem(work: Work, token_id: str, intent: Document) -> Document:
    """The payment method a token stands for; what else it holds goes to the intent, which is not saved.

    Raises StripeError for a token that was used or is too old.
    """
    token = work.fetch("confirmation_token", token_id, "confirmation_token")
    if token["payment_intent"] is not None or token["setup_intent"] is not None:
        raise invalid(f"The ConfirmationToken {token_id} was used already.", "confirmation_token")
    if token["expires_at"] <= work.now:
        raise invalid(f"The ConfirmationToken {token_id} has expired.", "confirmation_token")
    token[intent["object"]] = intent["id"]
    work.save(token)
    if intent["object"] == "payment_intent":
        intent["setup_future_usage"] = token["setup_future_usage"] or intent["setup_future_usage"]
        if token["shipping"] is not None:
            intent["shipping"] = {**token["shipping"], "carrier": None, "tracking_number": None}
    method: Document = token["_method"]
    return work.get("payment_method", method["id"]) or work.create(method)


def _shipping(params: Params) -> Document | None:
    given = shipping(params.section("shipping"))
    return None if given is None else {name: given[name] for name in ("address", "name", "phone")}


RESOURCE = Resource("confirmation_token", "confirmationtoken", "ConfirmationToken")

_TYPE = "ConfirmationToken"
OPERATIONS = [
    operation(
        "confirmation_tokens.create",
        "POST /v1/confirmation_tokens",
        "ConfirmationTokenCreateParams",
        create,
        _TYPE,
        public=True,
        extra={"payment_method_data": _CARD_DATA},
    ),
    operation(
        "test_helpers.confirmation_tokens.create",
        "POST /v1/test_helpers/confirmation_tokens",
        "ConfirmationTokenCreateParams",
        create,
        _TYPE,
        extra={"payment_method_data": _CARD_DATA},
    ),
    operation(
        "confirmation_tokens.retrieve",
        "GET /v1/confirmation_tokens/{id}",
        "ConfirmationTokenRetrieveParams",
        retrieve,
        _TYPE,
    ),
]
