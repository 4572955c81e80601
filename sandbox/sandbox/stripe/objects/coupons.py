"""Coupons: a percentage or an amount off, once, for some months or for ever."""

import re
from decimal import Decimal

from sandbox.core.store import Document
from sandbox.stripe.errors import StripeError, invalid, missing_parameter, no_such
from sandbox.stripe.listing import page
from sandbox.stripe.objects.currencies import check_step
from sandbox.stripe.objects.fields import currency
from sandbox.stripe.parameters import Params
from sandbox.stripe.resource import Call, Resource, operation
from sandbox.stripe.work import Work

_ID = re.compile(r"[\w.-]{1,200}", re.ASCII)
_LONGEST = 120


def create(work: Work, call: Call) -> Document:
    """POST /v1/coupons"""
    params = call.params
    percent, amount, code = _reduction(params)
    coupon: Document = {
        "id": _coupon_id(work, params),
        "object": "coupon",
        "amount_off": amount,
        "created": work.now,
        "currency": code,
        "duration": params.get("duration", "once"),
        "duration_in_months": None,
        "livemode": False,
        "max_redemptions": params.positive("max_redemptions"),
        "metadata": params.metadata(),
        "name": params.text("name"),
        "percent_off": percent,
        "redeem_by": _redeem_by(work, params),
        "times_redeemed": 0,
        "_applies_to": _applies_to(work, params),
        "_currency_options": _currency_options(params, {}, amount),
    }
    coupon["duration_in_months"] = _months(params, coupon["duration"])
    return work.create(coupon, "coupon.created")


def retrieve(work: Work, call: Call) -> Document:
    """GET /v1/coupons/{id}"""
    return existing(work, call.path["id"])


def update(work: Work, call: Call) -> Document:
    """POST /v1/coupons/{id}: only its name, metadata and further currencies"""
    coupon = existing(work, call.path["id"])
    params = call.params
    if "name" in params:
        coupon["name"] = params.text("name")
    coupon["metadata"] = params.metadata(coupon["metadata"])
    coupon["_currency_options"] = _currency_options(params, coupon["_currency_options"], coupon["amount_off"])
    work.update(coupon, "coupon.updated")
    return coupon


def delete(work: Work, call: Call) -> Document:
    """DELETE /v1/coupons/{id}; whoever redeemed it keeps the discount"""
    return work.remove(existing(work, call.path["id"]), "coupon.deleted", keep_stub=True)


def list_coupons(work: Work, call: Call) -> Document:
    """GET /v1/coupons"""
    return page(work, call.params, "coupon", "/v1/coupons")


def existing(work: Work, coupon_id: str, param: str | None = None) -> Document:
    """A coupon that was not deleted. Raises StripeError."""
    coupon = work.get("coupon", coupon_id)
    if coupon is None or coupon.get("deleted"):
        raise no_such("coupon", coupon_id, param)
    return coupon


def redeemable(work: Work, coupon_id: str, param: str, code: str | None) -> Document:
    """A coupon that can be redeemed now, in a currency if one is given. Raises StripeError."""
    coupon = existing(work, coupon_id, param)
    if not is_valid(work, coupon):
        raise invalid(f"Coupon expired: {coupon_id}", param, "coupon_expired")
    if coupon["amount_off"] is not None and code is not None and code not in amounts(coupon):
        message = f"The coupon {coupon_id} is in {coupon['currency']} and cannot be used with the currency {code}."
        raise invalid(message, param)
    return coupon


def amounts(coupon: Document) -> dict[str, int]:
    """Minor units off by currency; empty for percentages."""
    if coupon["amount_off"] is None:
        return {}
    further = {code: option["amount_off"] for code, option in coupon["_currency_options"].items()}
    return {coupon["currency"]: coupon["amount_off"], **further}


def is_valid(work: Work, coupon: Document) -> bool:
    """Whether it can still be redeemed."""
    limit, until = coupon["max_redemptions"], coupon["redeem_by"]
    return (limit is None or coupon["times_redeemed"] < limit) and (until is None or work.now <= until)


def render(work: Work, view: Document) -> None:
    """Validity depends on the clock and on how often it was redeemed."""
    stored = work.get("coupon", view["id"])
    view["valid"] = is_valid(work, view) and (stored is None or not stored.get("deleted"))


def _reduction(params: Params) -> tuple[float | None, int | None, str | None]:
    percent, amount, code = params.get("percent_off"), params.positive("amount_off"), currency(params)
    if (percent is None) == (amount is None):
        raise invalid("You must pass either percent_off or amount_off, and not both.", "percent_off")
    if percent is not None:
        if not 0 < percent <= 100:
            raise invalid("Invalid percent_off: must be above 0 and at most 100.", "percent_off")
        if Decimal(str(percent)).normalize().as_tuple().exponent not in range(-4, 3):
            raise invalid("Invalid percent_off: at most four decimals are kept.", "percent_off")
        return percent, None, None
    if code is None:
        raise missing_parameter("currency")
    check_step(amount or 0, code, "amount_off")
    return None, amount, code


def _months(params: Params, duration: str) -> int | None:
    months = params.positive("duration_in_months")
    if duration == "repeating" and months is None:
        raise missing_parameter("duration_in_months")
    if duration != "repeating" and months is not None:
        raise invalid("You can only set duration_in_months with duration=repeating.", "duration_in_months")
    if months is not None and months > _LONGEST:
        raise invalid(f"duration_in_months must be at most {_LONGEST}.", "duration_in_months")
    return months


def _coupon_id(work: Work, params: Params) -> str:
    given = params.text("id")
    if given is None:
        return work.context.identifiers.text(8)
    if not _ID.fullmatch(given):
        raise invalid("Invalid coupon id: use letters, digits, hyphens and underscores.", "id")
    found = work.get("coupon", given)
    if found is not None and not found.get("deleted"):
        raise StripeError(400, "Coupon already exists.", code="resource_already_exists", param="id")
    return given


def _redeem_by(work: Work, params: Params) -> int | None:
    until = params.number("redeem_by")
    if until is not None and until <= work.now:
        raise invalid("Invalid redeem_by: must be in the future.", "redeem_by")
    return until


def _applies_to(work: Work, params: Params) -> Document | None:
    section = params.section("applies_to")
    products = None if section is None else section.get("products")
    if not products:
        return None
    for position, product in enumerate(products):
        work.fetch("product", product, f"applies_to[products][{position}]")
    return {"products": list(products)}


def _currency_options(params: Params, current: Document, amount: int | None) -> Document:
    section = params.section("currency_options")
    if section is None:
        return current
    if amount is None:
        raise invalid("You can only set currency_options with amount_off.", "currency_options")
    options = dict(current)
    for code in section.names():
        entry = section.section(code)
        given = None if entry is None else entry.positive("amount_off")
        if given is None:
            raise missing_parameter(f"currency_options[{code}][amount_off]")
        check_step(given, code, f"currency_options[{code}][amount_off]")
        options[code] = {"amount_off": given}
    return options


RESOURCE = Resource(
    "coupon",
    "coupon",
    "Coupon",
    render=render,
    include={
        "applies_to": lambda work, view: existing(work, view["id"])["_applies_to"],
        "currency_options": lambda work, view: existing(work, view["id"])["_currency_options"],
    },
)

OPERATIONS = [
    operation("coupons.create", "POST /v1/coupons", "CouponCreateParams", create, "Coupon"),
    operation("coupons.retrieve", "GET /v1/coupons/{id}", "CouponRetrieveParams", retrieve, "Coupon"),
    operation("coupons.update", "POST /v1/coupons/{id}", "CouponUpdateParams", update, "Coupon"),
    operation("coupons.delete", "DELETE /v1/coupons/{id}", "CouponDeleteParams", delete, "Coupon"),
    operation("coupons.list", "GET /v1/coupons", "CouponListParams", list_coupons, "Coupon", listing=True),
]
