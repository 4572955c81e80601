"""Tokens: a card's data under a name that is good for one use."""

import hashlib

from sandbox.core.store import Document
from sandbox.stripe.cards import BY_NUMBER, NAMED
from sandbox.stripe.errors import invalid, missing_parameter, no_such
from sandbox.stripe.objects.card_data import CardData, of_number, typed
from sandbox.stripe.parameters import Params
from sandbox.stripe.resource import Call, Resource, operation
from sandbox.stripe.work import Work

_ADDRESS = ("address_city", "address_country", "address_line1", "address_line2", "address_state", "address_zip")
_BRANDS = {
    "amex": "American Express",
    "diners": "Diners Club",
    "discover": "Discover",
    "jcb": "JCB",
    "mastercard": "MasterCard",
    "unionpay": "UnionPay",
    "visa": "Visa",
}


def create(work: Work, call: Call) -> Document:
    """POST /v1/tokens for a card; takes a publishable key, as Stripe.js has"""
    section = call.params.section("card")
    if section is None:
        raise missing_parameter("card")
    data = typed(work, section)
    section.accept("networks", "currency")
    token: Document = {
        "id": work.new_id("tok"),
        "object": "token",
        "card": _card(work, data, section),
        "client_ip": None,
        "created": work.now,
        "livemode": False,
        "type": "card",
        "used": False,
        "_number": data.card.number,
        "_cvc_given": data.cvc_given,
    }
    return work.create(token)


def retrieve(work: Work, call: Call) -> Document:
    """GET /v1/tokens/{id}"""
    return work.fetch("token", call.path["id"])


def redeem(work: Work, token_id: str, param: str) -> CardData:
    """The card behind a token, or behind a test name such as `tok_visa`. Raises StripeError when it was used."""
    number = NAMED.get(f"pm_card_{token_id.removeprefix('tok_')}")
    if token_id.startswith("tok_") and number is not None:
        return of_number(work, number)
    token = work.get("token", token_id)
    if token is None:
        raise no_such("token", token_id, param)
    if token["used"]:
        message = f"You cannot use a Stripe token more than once: {token_id}."
        raise invalid(message, param, "token_already_used")
    token["used"] = True
    work.save(token)
    card = token["card"]
    return CardData(BY_NUMBER[token["_number"]], card["exp_month"], card["exp_year"], token["_cvc_given"])


def _card(work: Work, data: CardData, section: Params) -> Document:
    address = {name: section.text(name) for name in _ADDRESS}
    return {
        **address,
        "id": work.new_id("card"),
        "object": "card",
        "address_line1_check": None if address["address_line1"] is None else "unchecked",
        "address_zip_check": None if address["address_zip"] is None else "unchecked",
        "brand": _BRANDS[data.card.brand],
        "country": data.card.country,
        "cvc_check": data.cvc_check,
        "dynamic_last4": None,
        "exp_month": data.month,
        "exp_year": data.year,
        "fingerprint": hashlib.sha256(data.card.number.encode()).hexdigest()[:16],
        "funding": data.card.funding,
        "last4": data.card.last4,
        "metadata": {},
        "name": section.text("name"),
        "networks": {"preferred": None},
        "regulated_status": "unregulated",
        "tokenization_method": None,
    }


RESOURCE = Resource("token", "token", "Token")

OPERATIONS = [
    operation("tokens.create", "POST /v1/tokens", "TokenCreateParams", create, "Token", public=True),
    operation("tokens.retrieve", "GET /v1/tokens/{id}", "TokenRetrieveParams", retrieve, "Token"),
]
