"""The endpoints of subscriptions and their items."""

from sandbox.core.store import Document
from sandbox.stripe.errors import invalid
from sandbox.stripe.listing import in_range, page, slice_list
from sandbox.stripe.objects.fields import refuse_automatic_tax, replace_texts
from sandbox.stripe.objects.subscriptions import build, settings
from sandbox.stripe.objects.subscriptions.cancel import cancel
from sandbox.stripe.objects.subscriptions.create import create
from sandbox.stripe.resource import Call, Resource, operation
from sandbox.stripe.work import Work

_ENDED = {"canceled", "incomplete_expired"}
_AFTER_END = {"metadata", "cancellation_details", "expand"}


def retrieve(work: Work, call: Call) -> Document:
    """GET /v1/subscriptions/{id}"""
    return work.fetch("subscription", call.path["id"])


def update(work: Work, call: Call) -> Document:
    """POST /v1/subscriptions/{id}: everything but a change of items"""
    subscription = work.fetch("subscription", call.path["id"])
    params = call.params
    if subscription["status"] in _ENDED and set(params.names()) - _AFTER_END:
        message = "A canceled subscription can only update its cancellation_details and metadata."
        raise invalid(message, "id")
    if subscription["status"] == "incomplete" and set(params.names()) - {*_AFTER_END, "payment_settings"}:
        allowed = "Only metadata and payment settings of a subscription can be updated while it is incomplete."
        raise invalid(allowed, "id")
    subscription["metadata"] = params.metadata(subscription["metadata"])
    replace_texts(subscription, params, "description")
    settings.payment_settings(subscription, params)
    settings.default_payment_method(work, subscription, params)
    if "cancel_at_period_end" in params:
        _cancel_at_period_end(work, subscription, wanted=params.flag("cancel_at_period_end"))
    settings.cancellation_details(subscription, params)
    params.only("collection_method", "charge_automatically")
    refuse_automatic_tax(params)
    params.accept("proration_behavior", "payment_behavior", "off_session")
    work.update(subscription, "customer.subscription.updated")
    return subscription


def list_subscriptions(work: Work, call: Call) -> Document:
    """GET /v1/subscriptions; ended ones only when asked for"""
    params = call.params
    status, price = params.get("status"), params.text("price")
    ends, starts = params.get("current_period_end"), params.get("current_period_start")

    def keep(subscription: Document) -> bool:
        items = subscription["items"]
        return (
            _status_fits(subscription["status"], status)
            and (price is None or any(item["price"] == price for item in items))
            and in_range(max(item["current_period_end"] for item in items), ends)
            and in_range(min(item["current_period_start"] for item in items), starts)
        )

    equal = {name: params.text(name) for name in ("customer", "collection_method")}
    return page(work, params, "subscription", "/v1/subscriptions", equal=equal, keep=keep)


def list_items(work: Work, call: Call) -> Document:
    """GET /v1/subscription_items"""
    subscription_id = call.params.require("subscription")
    subscription = work.fetch("subscription", subscription_id, "subscription")
    items = [build.render_item(work, item) for item in subscription["items"]]
    return slice_list(call.params, items, "/v1/subscription_items")


def _cancel_at_period_end(work: Work, subscription: Document, *, wanted: bool) -> None:
    if wanted and not subscription["cancel_at_period_end"]:
        settings.schedule_cancellation(work, subscription)
    elif not wanted and subscription["cancel_at_period_end"]:
        settings.keep(subscription)


def _status_fits(status: str, wanted: str | None) -> bool:
    if wanted is None:
        return status not in _ENDED
    if wanted == "ended":
        return status in _ENDED
    return wanted in {"all", status}


RESOURCES = [
    Resource("subscription", "subscription", "Subscription", render=build.render),
    Resource("subscription_item", "subscription item", "SubscriptionItem"),
    Resource("plan", "plan", "Plan"),
]

_BASE = "/v1/subscriptions"
OPERATIONS = [
    operation("subscriptions.create", f"POST {_BASE}", "SubscriptionCreateParams", create, "Subscription"),
    operation(
        "subscriptions.retrieve",
        f"GET {_BASE}/{{id}}",
        "SubscriptionRetrieveParams",
        retrieve,
        "Subscription",
    ),
    operation("subscriptions.update", f"POST {_BASE}/{{id}}", "SubscriptionUpdateParams", update, "Subscription"),
    operation("subscriptions.cancel", f"DELETE {_BASE}/{{id}}", "SubscriptionCancelParams", cancel, "Subscription"),
    operation(
        "subscriptions.list",
        f"GET {_BASE}",
        "SubscriptionListParams",
        list_subscriptions,
        "Subscription",
        listing=True,
    ),
    operation(
        "subscription_items.list",
        "GET /v1/subscription_items",
        "SubscriptionItemListParams",
        list_items,
        "SubscriptionItem",
        listing=True,
    ),
]
