"""The endpoints of subscriptions and their items."""

from sandbox.core.store import Document
from sandbox.stripe.listing import in_range, page
from sandbox.stripe.objects.subscriptions import build, items, preview
from sandbox.stripe.objects.subscriptions.cancel import cancel
from sandbox.stripe.objects.subscriptions.create import create
from sandbox.stripe.objects.subscriptions.pause import pause, resume
from sandbox.stripe.objects.subscriptions.update import ENDED, update
from sandbox.stripe.resource import Call, Resource, operation
from sandbox.stripe.work import Work


def retrieve(work: Work, call: Call) -> Document:
    """GET /v1/subscriptions/{id}"""
    return work.fetch("subscription", call.path["id"])


def list_subscriptions(work: Work, call: Call) -> Document:
    """GET /v1/subscriptions; ended ones only when asked for"""
    params = call.params
    status, price = params.get("status"), params.text("price")
    ends, starts = params.get("current_period_end"), params.get("current_period_start")

    clock, customer = params.text("test_clock"), params.text("customer")

    def keep(subscription: Document) -> bool:
        items = subscription["items"]
        return (
            (customer is not None or subscription["test_clock"] == clock)
            and _status_fits(subscription["status"], status)
            and (price is None or any(item["price"] == price for item in items))
            and in_range(max(item["current_period_end"] for item in items), ends)
            and in_range(min(item["current_period_start"] for item in items), starts)
        )

    equal = {name: params.text(name) for name in ("customer", "test_clock", "collection_method")}
    return page(work, params, "subscription", "/v1/subscriptions", equal=equal, keep=keep)


def _status_fits(status: str, wanted: str | None) -> bool:
    if wanted is None:
        return status not in ENDED
    if wanted == "ended":
        return status in ENDED
    return wanted in {"all", status}


RESOURCES = [
    Resource(
        "subscription",
        "subscription",
        "Subscription",
        render=build.render,
        include={"status_details": build.status_details},
    ),
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
    operation("subscriptions.pause", f"POST {_BASE}/{{id}}/pause", "SubscriptionPauseParams", pause, "Subscription"),
    operation(
        "subscriptions.resume", f"POST {_BASE}/{{id}}/resume", "SubscriptionResumeParams", resume, "Subscription"
    ),
    operation("subscriptions.cancel", f"DELETE {_BASE}/{{id}}", "SubscriptionCancelParams", cancel, "Subscription"),
    operation(
        "subscriptions.list",
        f"GET {_BASE}",
        "SubscriptionListParams",
        list_subscriptions,
        "Subscription",
        listing=True,
    ),
    *items.OPERATIONS,
    *preview.OPERATIONS,
]
