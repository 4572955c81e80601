"""Payment methods: cards by test number, by `pm_card_*` name, attached to one customer for good."""

import hashlib
from collections.abc import Callable

from sandbox.core.store import Document
from sandbox.stripe.cards import BY_NUMBER, NAMED, TestCard
from sandbox.stripe.errors import invalid, no_such
from sandbox.stripe.listing import page
from sandbox.stripe.objects import tokens
from sandbox.stripe.objects.card_data import CardData, card_error, of_number, typed
from sandbox.stripe.objects.fields import address
from sandbox.stripe.parameters import Params
from sandbox.stripe.resource import Call, Resource, operation
from sandbox.stripe.work import Work

_DISPLAY_BRANDS = {"amex": "american_express"}


def create(work: Work, call: Call) -> Document:
    """POST /v1/payment_methods; takes a publishable key too, as Stripe.js does"""
    return from_data(work, call.params, work.create)


def from_data(work: Work, params: Params, save: Callable[[Document], Document]) -> Document:
    """A new payment method out of `type`, `card` and `billing_details`, saved by `save`."""
    params.only("type", "card")
    if params.get("type") is None:
        raise invalid("Missing required param: type.", params.path("type"), "parameter_missing")
    card = params.section("card")
    if card is None:
        raise invalid("Missing required param: card.", params.path("card"), "parameter_missing")
    token = card.text("token")
    data = typed(work, card) if token is None else tokens.redeem(work, token, card.path("token"))
    card.accept("networks")
    params.accept("radar_options")
    method = build(work, data)
    method["billing_details"] = _billing_details(params.section("billing_details"), method["billing_details"])
    method["allow_redisplay"] = params.get("allow_redisplay", "unspecified")
    method["metadata"] = params.metadata()
    return save(method)


def build(work: Work, data: CardData) -> Document:
    """The document of a card payment method, not saved."""
    card = data.card
    return {
        "id": work.new_id("pm"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": {"address": address(Params({})), "email": None, "name": None, "phone": None, "tax_id": None},
        "card": {
            "brand": card.brand,
            "checks": {
                "address_line1_check": None,
                "address_postal_code_check": None,
                "cvc_check": data.cvc_check,
            },
            "country": card.country,
            "display_brand": _DISPLAY_BRANDS.get(card.brand, card.brand),
            "exp_month": data.month,
            "exp_year": data.year,
            "fingerprint": hashlib.sha256(card.number.encode()).hexdigest()[:16],
            "funding": card.funding,
            "generated_from": None,
            "last4": card.last4,
            "networks": {"available": [card.brand], "preferred": None},
            "regulated_status": "unregulated",
            "three_d_secure_usage": {"supported": True},
            "wallet": None,
        },
        "created": work.now,
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "type": "card",
        "_test_card": card.number,
        "_set_up": False,
    }


def usable(work: Work, given: str, param: str) -> Document:
    """The payment method for an id, or a new one for a `pm_card_*` name. Raises StripeError."""
    number = NAMED.get(given)
    if number is not None:
        return work.create(build(work, of_number(work, number)))
    method = work.get("payment_method", given)
    if method is None:
        raise no_such("PaymentMethod", given, param)
    return method


def test_card(method: Document) -> TestCard:
    """The behaviour behind a stored payment method."""
    return BY_NUMBER[method["_test_card"]]


def attach_to(work: Work, method: Document, customer_id: str) -> Document:
    """Bind to a customer and tell about it; declined cards refuse. Raises StripeError."""
    if method["customer"] == customer_id:
        return method
    if method["customer"] is not None:
        message = "The payment method you provided has already been attached to a customer."
        raise invalid(message, "payment_method", "payment_method_unexpected_state")
    card = test_card(method)
    if card.decline is not None and card.declines_attach:
        raise card_error(card.decline)
    return bind(work, method, customer_id)


def bind(work: Work, method: Document, customer_id: str) -> Document:
    """Bind after a successful payment or set-up, when the card has proved itself."""
    method["customer"] = customer_id
    if method["card"]["checks"]["cvc_check"] == "unchecked":
        method["card"]["checks"]["cvc_check"] = "pass"
    work.save(method)
    work.emit("payment_method.attached", method)
    return method


def retrieve(work: Work, call: Call) -> Document:
    """GET /v1/payment_methods/{id}"""
    return work.fetch("payment_method", call.path["id"])


def update(work: Work, call: Call) -> Document:
    """POST /v1/payment_methods/{id}"""
    method = work.fetch("payment_method", call.path["id"])
    params = call.params
    method["metadata"] = params.metadata(method["metadata"])
    method["billing_details"] = _billing_details(params.section("billing_details"), method["billing_details"])
    method["allow_redisplay"] = params.get("allow_redisplay", method["allow_redisplay"])
    card = params.section("card")
    if card is not None:
        month, year = card.positive("exp_month"), card.positive("exp_year")
        method["card"]["exp_month"] = month or method["card"]["exp_month"]
        method["card"]["exp_year"] = year or method["card"]["exp_year"]
    work.update(method, "payment_method.updated")
    return method


def attach(work: Work, call: Call) -> Document:
    """POST /v1/payment_methods/{id}/attach"""
    customer = work.fetch("customer", call.params.require("customer"), "customer")
    method = usable(work, call.path["id"], "payment_method")
    return attach_to(work, method, customer["id"])


def detach(work: Work, call: Call) -> Document:
    """POST /v1/payment_methods/{id}/detach; also stops being anyone's default"""
    method = work.fetch("payment_method", call.path["id"])
    if method["customer"] is None:
        message = "The payment method you provided is not attached to a customer so detachment is impossible."
        raise invalid(message, "payment_method")
    customer = work.fetch("customer", method["customer"])
    if not customer.get("deleted") and customer["invoice_settings"]["default_payment_method"] == method["id"]:
        customer["invoice_settings"]["default_payment_method"] = None
        work.update(customer, "customer.updated")
    for subscription in work.by("subscription", "default_payment_method", method["id"]):
        subscription["default_payment_method"] = None
        work.update(subscription, "customer.subscription.updated")
    method["customer"] = None
    work.update(method, "payment_method.detached")
    return method


def list_payment_methods(work: Work, call: Call) -> Document:
    """GET /v1/payment_methods; needs a customer, as methods without one cannot be listed"""
    customer = work.fetch("customer", call.params.require("customer"), "customer")
    return page_of(work, call.params, "/v1/payment_methods", customer["id"])


def page_of(work: Work, params: Params, url: str, customer_id: str) -> Document:
    """A page of one customer's methods."""
    equal = {
        "customer": customer_id,
        "type": params.text("type"),
        "allow_redisplay": params.text("allow_redisplay"),
    }
    return page(work, params, "payment_method", url, equal=equal)


def _billing_details(params: Params | None, current: Document) -> Document:
    if params is None:
        return current
    details = dict(current)
    for name in ("email", "name", "phone", "tax_id"):
        if name in params:
            details[name] = params.text(name)
    if "address" in params:
        details["address"] = address(params.section("address") or Params({}))
    return details


RESOURCE = Resource("payment_method", "PaymentMethod", "PaymentMethod")

_BASE = "/v1/payment_methods"
OPERATIONS = [
    operation(
        "payment_methods.create",
        f"POST {_BASE}",
        "PaymentMethodCreateParams",
        create,
        "PaymentMethod",
        public=True,
    ),
    operation(
        "payment_methods.retrieve",
        f"GET {_BASE}/{{id}}",
        "PaymentMethodRetrieveParams",
        retrieve,
        "PaymentMethod",
    ),
    operation(
        "payment_methods.update",
        f"POST {_BASE}/{{id}}",
        "PaymentMethodUpdateParams",
        update,
        "PaymentMethod",
    ),
    operation(
        "payment_methods.attach",
        f"POST {_BASE}/{{id}}/attach",
        "PaymentMethodAttachParams",
        attach,
        "PaymentMethod",
    ),
    operation(
        "payment_methods.detach",
        f"POST {_BASE}/{{id}}/detach",
        "PaymentMethodDetachParams",
        detach,
        "PaymentMethod",
    ),
    operation(
        "payment_methods.list",
        f"GET {_BASE}",
        "PaymentMethodListParams",
        list_payment_methods,
        "PaymentMethod",
        listing=True,
    ),
]
