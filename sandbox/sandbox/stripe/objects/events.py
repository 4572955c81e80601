"""Events: what happened, kept for 30 days."""

from sandbox.core.store import Document
from sandbox.stripe.errors import invalid, no_such
from sandbox.stripe.listing import page
from sandbox.stripe.resource import Call, Resource, operation
from sandbox.stripe.work import Work

_KEPT = 30 * 86400
_MAX_TYPES = 20


def retrieve(work: Work, call: Call) -> Document:
    """GET /v1/events/{id}"""
    event = work.fetch("event", call.path["id"])
    if event["created"] < work.now - _KEPT:
        raise no_such("event", event["id"])
    return event


def list_events(work: Work, call: Call) -> Document:
    """GET /v1/events, by exact type, by prefix such as `invoice.*`, or by several types"""
    params = call.params
    kind, kinds, delivered = params.text("type"), params.get("types"), params.get("delivery_success")
    if kind is not None and kinds is not None:
        raise invalid("You may only specify one of type and types.", "types")
    if kinds is not None and len(kinds) > _MAX_TYPES:
        raise invalid(f"You may specify up to {_MAX_TYPES} types.", "types")

    def keep(event: Document) -> bool:
        return (
            event["created"] >= work.now - _KEPT
            and (kind is None or _fits(event["type"], kind))
            and (kinds is None or event["type"] in kinds)
            and (delivered is None or (event["pending_webhooks"] == 0) == delivered)
        )

    return page(work, params, "event", "/v1/events", keep=keep)


def _fits(kind: str, wanted: str) -> bool:
    if wanted.endswith("*"):
        return kind.startswith(wanted[:-1])
    return kind == wanted


RESOURCE = Resource("event", "event", "Event")

OPERATIONS = [
    operation("events.retrieve", "GET /v1/events/{id}", "EventRetrieveParams", retrieve, "Event"),
    operation("events.list", "GET /v1/events", "EventListParams", list_events, "Event", listing=True),
]
