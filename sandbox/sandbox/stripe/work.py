"""One unit of work: the objects a request reads and writes, and the events it causes, all in one store
transaction.
"""

from collections.abc import Mapping
from typing import Any

from sandbox.core.context import Context
from sandbox.core.store import Document
from sandbox.stripe.errors import StripeError, invalid, no_such
from sandbox.stripe.resource import Resource
from sandbox.stripe.sdk import api_version

EVENTS = "stripe_event"
ENDPOINTS = "stripe_webhook_endpoint"
DELIVERIES = "stripe_delivery"
TEST_CLOCKS = "test_helpers.test_clock"


class Work:
    """Access to Stripe objects by type and id.

    `now` is the sandbox's virtual time (or `at`, for a job that fell due earlier) until an object of a test
    clock is fetched; from then on `clock` is that test clock and `now` its frozen time. Events always carry
    the sandbox's own time.

    Stored documents have the API's form with three differences: names starting with `_` are the stand-in's
    own, references are always plain ids, and what `Resource.render` or `Resource.include` computes is not
    stored.
    """

    def __init__(
        self,
        context: Context,
        resources: Mapping[str, Resource],
        *,
        request_id: str | None = None,
        idempotency_key: str | None = None,
        at: int | None = None,
        clock: str | None = None,
    ) -> None:
        self.context = context
        self.store = context.store
        self.now = context.clock.now() if at is None else at
        self.clock = clock
        self._event_time = context.clock.now() if at is None or clock is not None else at
        self.resources = resources
        self.request_id = request_id
        self.idempotency_key = idempotency_key
        self.deliveries: list[str] = []

    def new_id(self, prefix: str, length: int = 24) -> str:
        """A fresh id such as `in_…`."""
        return self.context.identifiers.new(prefix, length)

    def get(self, kind: str, object_id: str) -> Document | None:
        """The stored document, deleted stubs included, or None."""
        return self.store.get(f"stripe_{kind}", object_id)

    def fetch(self, kind: str, object_id: str, param: str | None = None) -> Document:
        """The stored document. Raises StripeError: 404 without `param`, 400 for an id that a parameter
        named.
        """
        document = self.get(kind, object_id)
        if document is None:
            raise no_such(self.resources[kind].label, object_id, param)
        if document.get("deleted") and param is not None:
            message = (
                f"No such {self.resources[kind].label}: '{object_id}'; a similar object exists, but it was deleted"
            )
            raise invalid(message, param, "resource_missing")
        self.enter(document)
        return document

    def enter(self, document: Document) -> None:
        """Live in the time of the document's test clock, if it has one and this work is not in one already."""
        clock_id = document.get("test_clock")
        if clock_id is None or self.clock is not None:
            return
        clock = self.get(TEST_CLOCKS, clock_id)
        if clock is not None:
            self.clock = clock["id"]
            self.now = clock["frozen_time"]

    def by(self, kind: str, field: str, value: str | int) -> list[Document]:
        """All documents of a type with a given top-level value, newest first."""
        return self.store.find(f"stripe_{kind}", field, value)

    def save(self, document: Document) -> None:
        """Write the document under its own type and id."""
        self.store.put(f"stripe_{document['object']}", document["id"], document)

    def create(self, document: Document, event: str | None = None) -> Document:
        """Save a new document and tell about it."""
        self.save(document)
        if event is not None:
            self.emit(event, document)
        return document

    def update(self, document: Document, event: str) -> None:
        """Save a changed document; emit the event with `previous_attributes` if anything visible changed."""
        stored = self.get(document["object"], document["id"])
        before = {} if stored is None else self.render(stored)
        self.save(document)
        previous = _difference(before, self.render(document))
        if previous:
            self.emit(event, document, previous)

    def remove(self, document: Document, event: str, *, keep_stub: bool = False) -> Document:
        """Delete and return the stub `{id, object, deleted}`; the event carries the last state.

        With `keep_stub` the stub stays to be found, as Stripe does for customers.
        """
        self.emit(event, document)
        stub = {"id": document["id"], "object": document["object"], "deleted": True}
        if keep_stub:
            self.save(stub)
        else:
            self.store.delete(f"stripe_{document['object']}", document["id"])
        return stub

    def render(self, document: Document) -> Document:
        """The API's form of a stored document, nothing expanded."""
        view = {name: value for name, value in document.items() if not name.startswith("_")}
        render = self.resources[document["object"]].render
        if render is not None and not document.get("deleted"):
            render(self, view)
        return view

    def emit(self, kind: str, document: Document, previous: Document | None = None) -> Document:
        """Store an event with a snapshot of the object and queue it for every endpoint that wants it."""
        data: Document = {"object": self.render(document)}
        if previous is not None:
            data["previous_attributes"] = previous
        event: Document = {
            "id": self.new_id("evt"),
            "object": "event",
            "api_version": api_version(),
            "created": self._event_time,
            "data": data,
            "livemode": False,
            "pending_webhooks": 0,
            "request": {"id": self.request_id, "idempotency_key": self.idempotency_key},
            "type": kind,
            "_subject": document["id"],
        }
        self.dispatch(event)
        self.save(event)
        return event

    def dispatch(self, event: Document) -> None:
        """Add a delivery of the event for each enabled endpoint that listens; counts `pending_webhooks` up."""
        for endpoint in self.store.find(ENDPOINTS, "status", "enabled"):
            if "*" not in endpoint["enabled_events"] and event["type"] not in endpoint["enabled_events"]:
                continue
            delivery_id = self.new_id("del")
            self.store.put(
                DELIVERIES,
                delivery_id,
                {
                    "id": delivery_id,
                    "event": event["id"],
                    "type": event["type"],
                    "endpoint": endpoint["id"],
                    "state": "pending",
                    "attempts": 0,
                    "due": 0.0,
                    "last_status": None,
                    "last_error": None,
                },
            )
            event["pending_webhooks"] += 1
            self.deliveries.append(delivery_id)


def _difference(before: Any, after: Any) -> Document:
    """Keys whose value changed, with the old value; nested hashes shrink to their changed keys, arrays stay
    whole.
    """
    changed: Document = {}
    for name in before.keys() | after.keys():
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if isinstance(old, dict) and isinstance(new, dict) and old.get("object") is None:
            changed[name] = _difference(old, new)
        else:
            changed[name] = old
    return changed


def declined(message: str, details: Document) -> StripeError:
    """402 whose effects (failed charge, events) stay."""
    return StripeError(
        402,
        message,
        kind="card_error",
        code=details.pop("code"),
        keep_effects=True,
        details=details,
    )
