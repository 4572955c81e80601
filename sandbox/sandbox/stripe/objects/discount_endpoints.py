"""The endpoints that take discounts away, and the one of the dashboard that gives a customer one."""

from sandbox.core.store import Document
from sandbox.stripe.errors import StripeError
from sandbox.stripe.objects import coupons, discounts
from sandbox.stripe.resource import Call, operation
from sandbox.stripe.work import Work

RESOURCE = discounts.RESOURCE


def give(work: Work, customer: Document, coupon_id: str) -> Document:
    """Put a coupon on a customer, replacing the one before. Raises StripeError when it cannot be redeemed."""
    coupon = coupons.redeemable(work, coupon_id, "coupon", customer["currency"])
    previous = customer["discount"]
    discount = discounts.redeem(work, customer, coupon)
    customer["discount"] = discount["id"]
    work.update(customer, "customer.updated")
    if previous is not None:
        discounts.end(work, work.fetch("discount", previous))
    return discount


def delete_of_customer(work: Work, call: Call) -> Document:
    """DELETE /v1/customers/{id}/discount"""
    customer = work.fetch("customer", call.path["id"], "customer")
    if customer["discount"] is None:
        raise _none("customer", customer["id"])
    return discounts.release(work, customer["discount"])


def delete_of_subscription(work: Work, call: Call) -> Document:
    """DELETE /v1/subscriptions/{id}/discount"""
    subscription = work.fetch("subscription", call.path["id"])
    if not subscription["discounts"]:
        raise _none("subscription", subscription["id"])
    ended = [discounts.release(work, discount_id) for discount_id in subscription["discounts"]]
    return ended[0]


def _none(kind: str, object_id: str) -> StripeError:
    return StripeError(404, f"No active discount for {kind}: {object_id}", code="resource_missing", param="id")


OPERATIONS = [
    operation(
        "customers.delete_discount",
        "DELETE /v1/customers/{id}/discount",
        "CustomerDeleteDiscountParams",
        delete_of_customer,
        "Discount",
    ),
    operation(
        "subscriptions.delete_discount",
        "DELETE /v1/subscriptions/{id}/discount",
        "SubscriptionDeleteDiscountParams",
        delete_of_subscription,
        "Discount",
    ),
]
