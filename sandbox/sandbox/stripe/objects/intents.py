"""What PaymentIntents and SetupIntents share: client secrets, publishable-key access, next actions, card
data in calls.
"""

import hmac

from sandbox.core.store import Document
from sandbox.stripe.errors import StripeError, invalid
from sandbox.stripe.objects import confirmation_tokens, payment_methods
from sandbox.stripe.parameters import Params
from sandbox.stripe.resource import Call
from sandbox.stripe.sdk import Record, Shape
from sandbox.stripe.work import Work

_TEXT = Shape(scalars=frozenset({"str"}), required=False)
_CARD_DATA = Record("params._payment_method_create_params", "PaymentMethodCreateParams")

PUBLIC_EXTRA = {
    "client_secret": _TEXT,
    "payment_method_data": Shape(records=(_CARD_DATA,), required=False),
}
CARD_EXTRA = {"payment_method_data": Shape(records=(_CARD_DATA,), required=False)}

_PUBLIC_FIELDS = frozenset(
    {
        "id",
        "object",
        "amount",
        "automatic_payment_methods",
        "canceled_at",
        "cancellation_reason",
        "capture_method",
        "client_secret",
        "confirmation_method",
        "created",
        "currency",
        "description",
        "last_payment_error",
        "last_setup_error",
        "livemode",
        "next_action",
        "payment_method",
        "payment_method_configuration_details",
        "payment_method_types",
        "processing",
        "receipt_email",
        "setup_future_usage",
        "shipping",
        "status",
        "usage",
    }
)


def new_secret(work: Work, intent_id: str) -> str:
    """A client secret for an intent."""
    return f"{intent_id}_secret_{work.context.identifiers.text(25)}"


def check_secret(call: Call, intent: Document) -> None:
    """A publishable key needs the intent's own client secret. Raises StripeError."""
    given = call.params.text("client_secret")
    if given is None and not call.public:
        return
    if given is None:
        raise invalid("Missing required param: client_secret.", "client_secret", "parameter_missing")
    if not hmac.compare_digest(given.encode(), intent["client_secret"].encode()):
        message = f"No such {intent['object']}: '{intent['id']}'"
        raise StripeError(404, message, code="resource_missing", param="intent")


def public_view(view: Document) -> Document:
    """What the holder of a client secret may see of an intent."""
    return {name: value for name, value in view.items() if name in _PUBLIC_FIELDS}


def chosen_method(work: Work, params: Params, current: str | None) -> Document | None:
    """The payment method of a call: named, described by `payment_method_data`, or the intent's own."""
    data = params.section("payment_method_data")
    named = params.text("payment_method")
    if data is not None and named is not None:
        message = "You cannot provide both payment_method and payment_method_data."
        raise invalid(message, "payment_method_data")
    if data is not None:
        return payment_methods.from_data(work, data, work.create)
    if named is not None:
        return payment_methods.usable(work, named, "payment_method")
    return None if current is None else work.fetch("payment_method", current)


def method_to_confirm(work: Work, params: Params, intent: Document) -> Document | None:
    """As `chosen_method`, and confirmation tokens are taken too; what they hold is written to the intent."""
    token = params.text("confirmation_token")
    if token is None:
        return chosen_method(work, params, intent["payment_method"])
    if "payment_method" in params or "payment_method_data" in params:
        message = "You cannot provide both confirmation_token and payment_method or payment_method_data."
        raise invalid(message, "confirmation_token")
    return confirmation_tokens.redeem(work, token, intent)


def check_owner(method: Document, customer_id: str | None) -> None:
    """A card of one customer cannot pay for another. Raises StripeError."""
    owner = method["customer"]
    if owner is not None and owner != customer_id:
        message = (
            f"The PaymentMethod {method['id']} belongs to a different Customer than this intent. Use a"
            " PaymentMethod of the same Customer, or one without a Customer."
        )
        raise invalid(message, "payment_method", "payment_intent_invalid_parameter")


def next_action(work: Work, intent: Document, return_url: str | None, *, use_sdk: bool) -> Document:
    """Where the customer authenticates: the stand-in's own page, by redirect or for Stripe.js."""
    base = work.context.settings.base_url
    url = f"{base}/stripe/3ds/{intent['id']}?client_secret={intent['client_secret']}"
    if return_url is not None and not use_sdk:
        return {"redirect_to_url": {"return_url": return_url, "url": url}, "type": "redirect_to_url"}
    return {
        "type": "use_stripe_sdk",
        "use_stripe_sdk": {"type": "three_d_secure_redirect", "stripe_js": url, "source": intent["id"]},
    }


def needs_challenge(intent: Document, method: Document, *, off_session: bool) -> bool:
    """Whether the bank behind a test card, or the merchant, wants the customer to authenticate now."""
    challenge = payment_methods.test_card(method).challenge
    wish = intent["payment_method_options"]["card"]["request_three_d_secure"]
    if wish in {"any", "challenge"} and not off_session:
        return True
    if challenge == "unless_set_up":
        return not (off_session and method["_set_up"])
    if challenge == "off_session_ok":
        return not off_session
    return challenge == "always"
