"""Discounts: coupons applied to customers, subscriptions and their items, invoices and their items."""

from decimal import Decimal
from typing import Any, Final

from sandbox.core.store import Document
from sandbox.stripe.errors import invalid
from sandbox.stripe.jobs import drop, plan
from sandbox.stripe.objects import coupons, promotion_codes
from sandbox.stripe.objects.subscriptions.periods import advance
from sandbox.stripe.parameters import Params
from sandbox.stripe.resource import Resource
from sandbox.stripe.work import Work

_MOST: Final = 20
_MONTH: Final = {"interval": "month", "interval_count": 1}
_TOLD: Final = ("customer", "subscription", "subscription_item")


def given(work: Work, params: Params, customer: Document, code: str, current: list[str], **place: str) -> list[str]:
    """Ids after a request's `discounts`: what it names is redeemed, what it leaves out ends.

    `current` is what the object has so far, inherited ones included, and stays when the parameter was not sent.
    `place` says where the discount sits: `subscription`, `subscription_item`, `invoice` or `invoice_item`.
    Raises StripeError.
    """
    if "discounts" not in params:
        return current
    entries = params.sections("discounts")
    if not entries:
        params.get("discounts")
    if len(entries) > _MOST:
        raise invalid(f"At most {_MOST} discounts can be set.", params.path("discounts"))
    found = [_entry(work, entry, customer, code, place) for entry in entries]
    names = [work.fetch("discount", discount_id)["source"]["coupon"] for discount_id in found]
    if len(set(names)) != len(names):
        raise invalid("A coupon can only be applied once to the same object.", params.path("discounts"))
    own = _holder(customer, place)
    for discount in (work.fetch("discount", discount_id) for discount_id in current):
        if discount["id"] not in found and discount["_holder"] == own:
            end(work, discount)
    return found


def redeem(
    work: Work,
    customer: Document,
    coupon: Document,
    promotion: Document | None = None,
    **place: str,
) -> Document:
    """A new discount from a coupon (and the promotion code it came by), saved, with its event."""
    for redeemed in (coupon, promotion):
        if redeemed is not None:
            redeemed["times_redeemed"] += 1
            work.save(redeemed)
    months = coupon["duration_in_months"]
    discount: Document = {
        "id": work.new_id("di"),
        "object": "discount",
        "checkout_session": None,
        "customer": customer["id"],
        "customer_account": None,
        "end": None if months is None else advance(work.now, _MONTH, months),
        "invoice": place.get("invoice"),
        "invoice_item": place.get("invoice_item"),
        "promotion_code": None if promotion is None else promotion["id"],
        "source": {"coupon": coupon["id"], "type": "coupon"},
        "start": work.now,
        "subscription": place.get("subscription"),
        "subscription_item": place.get("subscription_item"),
        "_amounts": coupons.amounts(coupon),
        "_holder": _holder(customer, place),
        "_minimums": None if promotion is None else _minimums(promotion),
        "_once": coupon["duration"] == "once",
        "_over": False,
        "_percent": coupon["percent_off"],
        "_products": (coupon["_applies_to"] or {}).get("products"),
        "_spent_on": None,
    }
    told = discount["_holder"]["kind"] in _TOLD
    work.create(discount, "customer.discount.created" if told else None)
    if discount["end"] is not None:
        plan(work, "end_discount", discount["id"], discount["end"])
    return discount


def end(work: Work, discount: Document) -> Document:
    """Stop a discount; returns its last form, marked as deleted. Invoices made before keep it."""
    view = {**discount, "deleted": True}
    if discount["_over"]:
        return view
    discount["_over"] = True
    drop(work, "end_discount", discount["id"])
    work.save(discount)
    if discount["_holder"]["kind"] in _TOLD:
        work.emit("customer.discount.deleted", discount)
    return view


def release(work: Work, discount_id: str) -> Document:
    """End a discount and take it off the customer or subscription that has it. Run as a job too."""
    discount = work.fetch("discount", discount_id)
    kind, holder_id = discount["_holder"]["kind"], discount["_holder"]["id"]
    if kind == "customer":
        holder = work.fetch("customer", holder_id)
        if holder.get("discount") == discount_id:
            holder["discount"] = None
            work.update(holder, "customer.updated")
    elif kind in {"subscription", "subscription_item"}:
        _release_from_subscription(work, work.fetch("subscription", discount["subscription"]), discount_id)
    return end(work, discount)


def applying(work: Work, ids: list[str], invoice: Document) -> list[Document]:
    """The discounts that count for an invoice: neither over before it was made nor spent on another one."""
    found = [work.fetch("discount", discount_id) for discount_id in ids]
    return [
        discount
        for discount in found
        if discount["_spent_on"] in {None, invoice["id"]}
        and (discount["end"] is None or invoice["created"] < discount["end"])
        and amount_of(discount, invoice["currency"]) is not None
    ]


def amount_of(discount: Document, code: str) -> Decimal | int | None:
    """A percentage (Decimal), minor units (int), or None for a currency the coupon has no amount in."""
    if discount["_percent"] is not None:
        return Decimal(str(discount["_percent"]))
    amount: int | None = discount["_amounts"].get(code)
    return amount


def spend(work: Work, invoice: Document) -> None:
    """Use up the once-only discounts an invoice was reduced by; called when it is finalized."""
    for entry in invoice["total_discount_amounts"]:
        discount = work.fetch("discount", entry["discount"])
        if entry["amount"] and discount["_once"] and discount["_spent_on"] is None:
            discount["_spent_on"] = invoice["id"]
            work.save(discount)
            if discount["_holder"]["kind"] in _TOLD:
                release(work, discount["id"])


def check_minimum(work: Work, ids: list[str], subtotal: int, code: str, param: str = "discounts") -> None:
    """Hold the subtotal of a purchase against what its promotion codes ask for. Raises StripeError."""
    for discount_id in ids:
        wanted = (work.fetch("discount", discount_id)["_minimums"] or {}).get(code)
        if wanted is not None and subtotal < wanted:
            message = "This promotion code cannot be redeemed because the subtotal is below its minimum amount."
            raise invalid(message, param)


def _entry(work: Work, entry: Params, customer: Document, code: str, place: dict[str, str]) -> str:
    names = [name for name in ("coupon", "promotion_code", "discount") if entry.text(name) is not None]
    if len(names) != 1:
        message = "Each discount needs exactly one of coupon, promotion_code or discount."
        raise invalid(message, entry.path(names[0] if names else "coupon"))
    param, value = entry.path(names[0]), entry.require(names[0])
    if names[0] == "discount":
        return _reused(work, value, param, customer)
    promotion = None
    if names[0] == "promotion_code":
        promotion = promotion_codes.redeemable(work, value, param, customer)
        value = promotion["promotion"]["coupon"]
    coupon = coupons.redeemable(work, value, param, code)
    return str(redeem(work, customer, coupon, promotion, **place)["id"])


def _reused(work: Work, discount_id: str, param: str, customer: Document) -> str:
    discount = work.fetch("discount", discount_id, param)
    if discount["_over"] or discount["customer"] != customer["id"]:
        raise invalid(f"The discount {discount_id} is over or belongs to another customer.", param)
    return discount_id


def _holder(customer: Document, place: dict[str, str]) -> dict[str, Any]:
    for kind in ("subscription_item", "subscription", "invoice_item", "invoice"):
        if kind in place:
            return {"kind": kind, "id": place[kind]}
    return {"kind": "customer", "id": customer["id"]}


def _minimums(promotion: Document) -> dict[str, int]:
    restrictions = promotion["restrictions"]
    found = {code: option["minimum_amount"] for code, option in promotion["_minimums"].items()}
    if restrictions["minimum_amount"] is not None:
        found[restrictions["minimum_amount_currency"]] = restrictions["minimum_amount"]
    return found


def _release_from_subscription(work: Work, subscription: Document, discount_id: str) -> None:
    for holder in (subscription, *subscription["items"]):
        if discount_id in holder["discounts"]:
            holder["discounts"] = [other for other in holder["discounts"] if other != discount_id]
    work.update(subscription, "customer.subscription.updated")


RESOURCE = Resource("discount", "discount", "Discount")
