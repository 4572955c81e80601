"""Promotion codes: what customers type in to redeem a coupon, upper and lower case alike."""

import re
from typing import Any

from sandbox.core.store import Document
from sandbox.stripe.errors import invalid, missing_parameter
from sandbox.stripe.listing import page
from sandbox.stripe.objects import coupons
from sandbox.stripe.objects.fields import currency
from sandbox.stripe.parameters import Params
from sandbox.stripe.resource import Call, Resource, operation
from sandbox.stripe.work import Work

_CODE = re.compile(r"[A-Za-z0-9-]{1,500}")


def create(work: Work, call: Call) -> Document:
    """POST /v1/promotion_codes"""
    params = call.params
    section = params.section("promotion")
    if section is None:
        raise missing_parameter("promotion")
    section.accept("type")
    coupon = coupons.redeemable(work, section.require("coupon"), "promotion[coupon]", None)
    customer = params.text("customer")
    if customer is not None:
        work.fetch("customer", customer, "customer")
    promotion: Document = {
        "id": work.new_id("promo"),
        "object": "promotion_code",
        "active": params.flag("active", True),
        "code": _code(work, params),
        "created": work.now,
        "customer": customer,
        "customer_account": None,
        "expires_at": _expires_at(work, params, coupon),
        "livemode": False,
        "max_redemptions": _limit(params, coupon),
        "metadata": params.metadata(),
        "promotion": {"coupon": coupon["id"], "type": "coupon"},
        "restrictions": _restrictions(params),
        "times_redeemed": 0,
        "_coupon": coupon["id"],
        "_minimums": _minimums(params, {}),
    }
    promotion["_folded"] = promotion["code"].casefold()
    return work.create(promotion, "promotion_code.created")


def retrieve(work: Work, call: Call) -> Document:
    """GET /v1/promotion_codes/{id}"""
    return work.fetch("promotion_code", call.path["id"])


def update(work: Work, call: Call) -> Document:
    """POST /v1/promotion_codes/{id}"""
    promotion = work.fetch("promotion_code", call.path["id"])
    params = call.params
    if "active" in params:
        wanted = params.flag("active")
        if wanted and not promotion["active"]:
            _check_free(work, promotion["code"])
            coupons.redeemable(work, promotion["_coupon"], "active", None)
        promotion["active"] = wanted
    promotion["metadata"] = params.metadata(promotion["metadata"])
    promotion["_minimums"] = _minimums(params, promotion["_minimums"])
    work.update(promotion, "promotion_code.updated")
    return promotion


def list_codes(work: Work, call: Call) -> Document:
    """GET /v1/promotion_codes"""
    params = call.params
    active, code = params.get("active"), params.text("code")

    def keep(promotion: Document) -> bool:
        return active is None or is_active(work, promotion) == active

    equal = {
        "_folded": None if code is None else code.casefold(),
        "_coupon": params.text("coupon"),
        "customer": params.text("customer"),
    }
    return page(work, params, "promotion_code", "/v1/promotion_codes", equal=equal, keep=keep)


def redeemable(work: Work, promotion_id: str, param: str, customer: Document) -> Document:
    """A promotion code this customer may use now. Raises StripeError."""
    promotion = work.fetch("promotion_code", promotion_id, param)
    if not is_active(work, promotion):
        raise invalid("This promotion code is expired or no longer active.", param, "promotion_code_expired")
    if promotion["customer"] not in {None, customer["id"]}:
        message = "This promotion code cannot be redeemed because it is restricted to another customer."
        raise invalid(message, param, "customer_mismatch")
    if promotion["restrictions"]["first_time_transaction"] and _has_paid(work, customer["id"]):
        message = "This promotion code cannot be redeemed because the associated customer has prior transactions."
        raise invalid(message, param)
    return promotion


def is_active(work: Work, promotion: Document) -> bool:
    """Whether anybody could redeem it: the switch, its end, its limit, its coupon."""
    coupon = work.get("coupon", promotion["promotion"]["coupon"])
    limit, until = promotion["max_redemptions"], promotion["expires_at"]
    return bool(
        promotion["active"]
        and (until is None or work.now < until)
        and (limit is None or promotion["times_redeemed"] < limit)
        and coupon is not None
        and not coupon.get("deleted")
        and coupons.is_valid(work, coupon)
    )


def render(work: Work, view: Document) -> None:
    """`active` ends by itself with the code's time, limit or coupon."""
    view["active"] = is_active(work, view)


def _code(work: Work, params: Params) -> str:
    code = params.text("code")
    if code is None:
        return work.context.identifiers.text(8).upper()
    if not _CODE.fullmatch(code):
        raise invalid("Invalid promotion code: use letters, digits and dashes.", "code")
    _check_free(work, code)
    return code


def _check_free(work: Work, code: str) -> None:
    if any(is_active(work, other) for other in work.by("promotion_code", "_folded", code.casefold())):
        message = f"An active promotion code with `code: {code}` already exists."
        raise invalid(message, "code", "resource_already_exists")


def _expires_at(work: Work, params: Params, coupon: Document) -> int | None:
    until = params.number("expires_at")
    if until is not None and until <= work.now:
        raise invalid("Invalid expires_at: must be in the future.", "expires_at")
    if until is not None and coupon["redeem_by"] is not None and until > coupon["redeem_by"]:
        raise invalid("expires_at cannot be later than the coupon's redeem_by.", "expires_at")
    return coupon["redeem_by"] if until is None else until


def _limit(params: Params, coupon: Document) -> int | None:
    limit = params.positive("max_redemptions")
    if limit is not None and coupon["max_redemptions"] is not None and limit > coupon["max_redemptions"]:
        raise invalid("max_redemptions cannot be above the coupon's own.", "max_redemptions")
    return limit


def _restrictions(params: Params) -> Document:
    section = params.section("restrictions")
    restrictions: dict[str, Any] = {
        "first_time_transaction": False,
        "minimum_amount": None,
        "minimum_amount_currency": None,
    }
    if section is None:
        return restrictions
    amount, code = section.positive("minimum_amount"), currency(section, "minimum_amount_currency")
    if (amount is None) != (code is None):
        name = "minimum_amount" if amount is None else "minimum_amount_currency"
        raise missing_parameter(section.path(name))
    restrictions["first_time_transaction"] = section.flag("first_time_transaction")
    restrictions["minimum_amount"], restrictions["minimum_amount_currency"] = amount, code
    return restrictions


def _minimums(params: Params, current: Document) -> Document:
    section = params.section("restrictions")
    options = None if section is None else section.section("currency_options")
    if options is None:
        return current
    minimums = dict(current)
    for code in options.names():
        entry = options.section(code)
        amount = None if entry is None else entry.positive("minimum_amount")
        if amount is None:
            raise missing_parameter(f"{options.path(code)}[minimum_amount]")
        minimums[code] = {"minimum_amount": amount}
    return minimums


def _has_paid(work: Work, customer_id: str) -> bool:
    charges = work.by("charge", "customer", customer_id)
    return any(charge["paid"] for charge in charges)


RESOURCE = Resource("promotion_code", "promotion code", "PromotionCode", render=render)

_BASE = "/v1/promotion_codes"
_TYPE = "PromotionCode"
OPERATIONS = [
    operation("promotion_codes.create", f"POST {_BASE}", "PromotionCodeCreateParams", create, _TYPE),
    operation("promotion_codes.retrieve", f"GET {_BASE}/{{id}}", "PromotionCodeRetrieveParams", retrieve, _TYPE),
    operation("promotion_codes.update", f"POST {_BASE}/{{id}}", "PromotionCodeUpdateParams", update, _TYPE),
    operation("promotion_codes.list", f"GET {_BASE}", "PromotionCodeListParams", list_codes, _TYPE, listing=True),
]
