"""/v1/subscription_items: single items of a subscription; every change goes the way of the subscription's own."""

import copy

from sandbox.core.store import Document
from sandbox.stripe.errors import invalid, no_such
from sandbox.stripe.listing import slice_list
from sandbox.stripe.objects.subscriptions import build, change, pending, schedule, update
from sandbox.stripe.parameters import Params
from sandbox.stripe.resource import Call, operation
from sandbox.stripe.work import Work

_OF_THE_CHANGE = ("payment_behavior", "proration_behavior", "proration_date", "off_session")
_NOT_OF_THE_ITEM = {"subscription", "expand", "clear_usage"}


def create(work: Work, call: Call) -> Document:
    """POST /v1/subscription_items"""
    params = call.params
    subscription_id = params.require("subscription")
    subscription = work.fetch("subscription", subscription_id, "subscription")
    known = {item["id"] for item in subscription["items"]}
    changed = _change(work, subscription, params, {})
    fresh = next(item for item in _all_items(changed) if item["id"] not in known)
    return build.render_item(work, fresh)


def retrieve(work: Work, call: Call) -> Document:
    """GET /v1/subscription_items/{id}"""
    return _view(work, _owner(work, call), call.path["id"])


def modify(work: Work, call: Call) -> Document:
    """POST /v1/subscription_items/{id}"""
    changed = _change(work, _owner(work, call), call.params, {"id": call.path["id"]})
    return _view(work, changed, call.path["id"])


def delete(work: Work, call: Call) -> Document:
    """DELETE /v1/subscription_items/{id}"""
    call.params.accept("clear_usage")
    _change(work, _owner(work, call), call.params, {"id": call.path["id"], "deleted": True})
    return {"id": call.path["id"], "object": "subscription_item", "deleted": True}


def list_items(work: Work, call: Call) -> Document:
    """GET /v1/subscription_items"""
    subscription_id = call.params.require("subscription")
    subscription = work.fetch("subscription", subscription_id, "subscription")
    items = [build.render_item(work, item) for item in subscription["items"]]
    return slice_list(call.params, items, "/v1/subscription_items")


def _change(work: Work, subscription: Document, params: Params, entry: Document) -> Document:
    if subscription["status"] in {*update.ENDED, "incomplete"}:
        message = f"The items of a subscription cannot be changed while its status is {subscription['status']}."
        raise invalid(message, "subscription")
    before = copy.deepcopy(subscription)
    sent = {name: params.raw(name) for name in params.names() if name not in _NOT_OF_THE_ITEM}
    of_change = {name: sent.pop(name) for name in _OF_THE_CHANGE if name in sent}
    request = Params({**of_change, "items": [{**sent, **entry}]})
    if params.get("payment_behavior") == "pending_if_incomplete":
        pending.check(request)
    effect = change.apply(work, subscription, request)
    if effect.now:
        update.bill(work, subscription, before, effect, request)
    else:
        work.update(subscription, "customer.subscription.updated")
    changed = work.fetch("subscription", subscription["id"])
    schedule.plan_all(work, changed)
    _refuse_unread(request)
    return changed


def _refuse_unread(request: Params) -> None:
    request.accept("payment_behavior", "off_session")
    unread = next(request.unread(), None)
    if unread is not None:
        name = unread.removeprefix("items[0][").replace("]", "", 1)
        raise invalid(f"The sandbox does not model the parameter {name} of an item.", name, "sandbox_unsupported")


def _owner(work: Work, call: Call) -> Document:
    """The subscription an item belongs to. Raises StripeError for an unknown item."""
    item_id = call.path["id"]
    place = work.store.get(build.ITEM_OWNERS, item_id)
    subscription = None if place is None else work.fetch("subscription", place["subscription"])
    if subscription is None or all(item["id"] != item_id for item in subscription["items"]):
        raise no_such("subscription_item", item_id)
    return subscription


def _all_items(subscription: Document) -> list[Document]:
    """The items it has and those a change adds that waits for its payment."""
    waiting = subscription["_pending"] or {"items": []}
    return [*subscription["items"], *waiting["items"]]


def _view(work: Work, subscription: Document, item_id: str) -> Document:
    item = next((item for item in subscription["items"] if item["id"] == item_id), None)
    if item is None:
        raise no_such("subscription_item", item_id)
    return build.render_item(work, item)


_BASE = "/v1/subscription_items"
_TYPE = "SubscriptionItem"
OPERATIONS = [
    operation("subscription_items.create", f"POST {_BASE}", "SubscriptionItemCreateParams", create, _TYPE),
    operation("subscription_items.retrieve", f"GET {_BASE}/{{id}}", "SubscriptionItemRetrieveParams", retrieve, _TYPE),
    operation("subscription_items.update", f"POST {_BASE}/{{id}}", "SubscriptionItemUpdateParams", modify, _TYPE),
    operation("subscription_items.delete", f"DELETE {_BASE}/{{id}}", "SubscriptionItemDeleteParams", delete, _TYPE),
    operation("subscription_items.list", f"GET {_BASE}", "SubscriptionItemListParams", list_items, _TYPE, listing=True),
]
