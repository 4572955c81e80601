"""Prices: immutable amounts of a product, one-time or recurring, found again by lookup key."""

from sandbox.core.store import Document
from sandbox.stripe.errors import StripeError, invalid
from sandbox.stripe.listing import page
from sandbox.stripe.objects import product_fields
from sandbox.stripe.objects.currencies import check_step
from sandbox.stripe.objects.fields import currency, decimal_text
from sandbox.stripe.parameters import Params
from sandbox.stripe.resource import Call, Resource, operation
from sandbox.stripe.work import Work

_LONGEST = {"day": 1095, "week": 156, "month": 36, "year": 3}


def create(work: Work, call: Call) -> Document:
    """POST /v1/prices"""
    params = call.params
    product = _product(work, params)
    price = inline(work, params, product=product, active=params.flag("active", True))
    params.only("billing_scheme", "per_unit")
    price["nickname"] = params.text("nickname")
    price["metadata"] = params.metadata()
    _take_lookup_key(work, price, params)
    work.save(price)
    work.emit("price.created", price)
    return price


def inline(work: Work, params: Params, *, product: Document, active: bool) -> Document:
    """A new price out of a `price_data` hash (or a create call), saved without an event."""
    code = currency(params)
    unit_amount, decimal = _amounts(params)
    if unit_amount is not None and code is not None:
        check_step(unit_amount, code, params.path("unit_amount"))
    recurring = _recurring(params)
    price: Document = {
        "id": work.new_id("price"),
        "object": "price",
        "active": active,
        "billing_scheme": "per_unit",
        "created": work.now,
        "currency": code,
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": params.metadata(),
        "nickname": None,
        "product": product["id"],
        "recurring": recurring,
        "tax_behavior": params.get("tax_behavior", "unspecified"),
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "one_time" if recurring is None else "recurring",
        "unit_amount": unit_amount,
        "unit_amount_decimal": decimal,
    }
    work.save(price)
    return price


def of_data(work: Work, params: Params) -> Document:
    """The price of a `price_data` hash that names an existing product. Raises StripeError."""
    product = work.fetch("product", params.require("product"), params.path("product"))
    return inline(work, params, product=product, active=False)


def named(work: Work, price_id: str, param: str, kind: str) -> Document:
    """An active price of the given type. Raises StripeError."""
    price = work.fetch("price", price_id, param)
    if not price["active"]:
        message = f"The price specified is inactive. This field only accepts active prices. Price: {price_id}"
        raise invalid(message, param)
    product = work.get("product", price["product"])
    if product is not None and not product["active"]:
        message = f"The product {product['id']} is archived and cannot be added to new invoices or subscriptions."
        raise invalid(message, param, "product_inactive")
    if price["type"] != kind:
        message = (
            f"The price specified is set to `type={price['type']}` but this field only accepts prices with"
            f" `type={kind}`."
        )
        raise invalid(message, param)
    return price


def as_plan(price: Document) -> Document:
    """The legacy plan that mirrors a recurring price."""
    recurring = price["recurring"]
    return {
        "id": price["id"],
        "object": "plan",
        "active": price["active"],
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "billing_scheme": price["billing_scheme"],
        "created": price["created"],
        "currency": price["currency"],
        "interval": recurring["interval"],
        "interval_count": recurring["interval_count"],
        "livemode": False,
        "metadata": price["metadata"],
        "meter": None,
        "nickname": price["nickname"],
        "product": price["product"],
        "tiers_mode": None,
        "transform_usage": None,
        "trial_period_days": None,
        "usage_type": recurring["usage_type"],
    }


def retrieve(work: Work, call: Call) -> Document:
    """GET /v1/prices/{id}"""
    return work.fetch("price", call.path["id"])


def update(work: Work, call: Call) -> Document:
    """POST /v1/prices/{id}: only what does not change the amount"""
    price = work.fetch("price", call.path["id"])
    params = call.params
    if "active" in params:
        price["active"] = params.flag("active")
    if "nickname" in params:
        price["nickname"] = params.text("nickname")
    behavior = params.get("tax_behavior")
    if behavior is not None and behavior != price["tax_behavior"]:
        if price["tax_behavior"] != "unspecified":
            raise invalid("You cannot change the tax_behavior of a price once it is set.", "tax_behavior")
        price["tax_behavior"] = behavior
    price["metadata"] = params.metadata(price["metadata"])
    _take_lookup_key(work, price, params)
    work.update(price, "price.updated")
    return price


def list_prices(work: Work, call: Call) -> Document:
    """GET /v1/prices"""
    params = call.params
    active, keys = params.get("active"), params.get("lookup_keys")
    if keys is not None and len(keys) > 10:
        raise invalid("You may only specify up to 10 lookup_keys.", "lookup_keys")
    section = params.section("recurring")
    wanted = {} if section is None else {name: section.text(name) for name in ("interval", "usage_type", "meter")}

    def keep(price: Document) -> bool:
        recurring = price["recurring"] or {}
        return (
            (active is None or price["active"] == active)
            and (keys is None or price["lookup_key"] in keys)
            and all(recurring.get(name) == value for name, value in wanted.items() if value is not None)
        )

    equal = {name: params.text(name) for name in ("product", "type", "currency")}
    return page(work, params, "price", "/v1/prices", equal=equal, keep=keep)


def _product(work: Work, params: Params) -> Document:
    data = params.section("product_data")
    named_product = params.text("product")
    if (data is None) == (named_product is None):
        raise invalid("You must specify exactly one of product or product_data.", "product")
    if data is None:
        return work.fetch("product", named_product or "", "product")
    product = product_fields.build(work, data.text("id"))
    product_fields.apply(product, data)
    return work.create(product, "product.created")


def _amounts(params: Params) -> tuple[int | None, str]:
    whole, decimal = params.natural("unit_amount"), params.text("unit_amount_decimal")
    if (whole is None) == (decimal is None):
        message = "You must specify exactly one of unit_amount or unit_amount_decimal."
        raise invalid(message, params.path("unit_amount"))
    if decimal is None:
        return whole, decimal_text(whole) or "0"
    digits, _, fraction = decimal.partition(".")
    return (int(digits) if not fraction.strip("0") else None), decimal


def _recurring(params: Params) -> Document | None:
    section = params.section("recurring") if "recurring" in params else None
    if section is None:
        return None
    interval, count = section.get("interval"), section.positive("interval_count") or 1
    if count > _LONGEST[interval]:
        raise invalid("The interval can be at most three years.", section.path("interval_count"))
    section.only("usage_type", "licensed")
    return {
        "interval": interval,
        "interval_count": count,
        "meter": None,
        "trial_period_days": section.positive("trial_period_days"),
        "usage_type": "licensed",
    }


def _take_lookup_key(work: Work, price: Document, params: Params) -> None:
    transfer = params.flag("transfer_lookup_key")
    if "lookup_key" not in params:
        return
    key = params.text("lookup_key")
    for other in work.by("price", "lookup_key", key) if key is not None else []:
        if other["id"] == price["id"]:
            continue
        if not transfer:
            raise _key_taken(other["id"])
        other["lookup_key"] = None
        work.update(other, "price.updated")
    price["lookup_key"] = key


def _key_taken(price_id: str) -> StripeError:
    return invalid(f"A price (`{price_id}`) already uses that lookup key.", "lookup_key")


RESOURCE = Resource("price", "price", "Price")

OPERATIONS = [
    operation("prices.create", "POST /v1/prices", "PriceCreateParams", create, "Price"),
    operation("prices.retrieve", "GET /v1/prices/{id}", "PriceRetrieveParams", retrieve, "Price"),
    operation("prices.update", "POST /v1/prices/{id}", "PriceUpdateParams", update, "Price"),
    operation("prices.list", "GET /v1/prices", "PriceListParams", list_prices, "Price", listing=True),
]
