"""Test clocks: customers that live in a time of their own, moved forward by hand."""

from sandbox.core.store import Document
from sandbox.stripe import jobs
from sandbox.stripe.errors import StripeError, invalid
from sandbox.stripe.listing import page
from sandbox.stripe.objects import customers
from sandbox.stripe.objects.subscriptions.periods import advance as later
from sandbox.stripe.resource import Call, Resource, operation
from sandbox.stripe.work import TEST_CLOCKS, Work

_KEPT = 30 * 86400
_TWO_YEARS = 2 * 365 * 86400
_INTERVALS = 2


def create(work: Work, call: Call) -> Document:
    """POST /v1/test_helpers/test_clocks"""
    params = call.params
    clock: Document = {
        "id": work.new_id("clock"),
        "object": TEST_CLOCKS,
        "created": work.now,
        "deletes_after": work.now + _KEPT,
        "frozen_time": params.natural("frozen_time"),
        "livemode": False,
        "name": params.text("name"),
        "status": "ready",
        "status_details": {},
    }
    jobs.plan(work, "delete_test_clock", clock["id"], clock["deletes_after"])
    return work.create(clock, "test_helpers.test_clock.created")


def retrieve(work: Work, call: Call) -> Document:
    """GET /v1/test_helpers/test_clocks/{id}"""
    return work.fetch(TEST_CLOCKS, call.path["id"])


def delete(work: Work, call: Call) -> Document:
    """DELETE /v1/test_helpers/test_clocks/{id}: its customers go with it"""
    return _remove(work, work.fetch(TEST_CLOCKS, call.path["id"]))


def expire(work: Work, clock_id: str) -> None:
    """Thirty days are over. Run as a job."""
    clock = work.get(TEST_CLOCKS, clock_id)
    if clock is not None:
        _remove(work, clock)


def list_clocks(work: Work, call: Call) -> Document:
    """GET /v1/test_helpers/test_clocks"""
    return page(work, call.params, TEST_CLOCKS, "/v1/test_helpers/test_clocks")


def advance(work: Work, call: Call) -> Document:
    """POST /v1/test_helpers/test_clocks/{id}/advance: what falls due happens after the answer"""
    clock = work.fetch(TEST_CLOCKS, call.path["id"])
    target = call.params.natural("frozen_time") or 0
    if clock["status"] != "ready":
        message = f"Test clock {clock['id']} is still advancing. Wait until it is ready before advancing it again."
        raise StripeError(429, message, code="lock_timeout")
    if target <= clock["frozen_time"]:
        raise invalid("The new frozen_time must be after the test clock's current frozen_time.", "frozen_time")
    limit = _limit(work, clock)
    if target > limit:
        message = (
            "You cannot advance a test clock by more than two intervals of the shortest subscription on it in a single"
            f" request. The furthest time to advance to is {limit}."
        )
        raise invalid(message, "frozen_time")
    clock["status"] = "advancing"
    clock["status_details"] = {"advancing": {"target_frozen_time": target}}
    work.create(clock, "test_helpers.test_clock.advancing")
    return clock


def arrive(work: Work, clock_id: str) -> None:
    """Everything due has been done: the clock stands at its target."""
    clock = work.fetch(TEST_CLOCKS, clock_id)
    clock["frozen_time"] = clock["status_details"]["advancing"]["target_frozen_time"]
    clock["status"], clock["status_details"] = "ready", {}
    work.create(clock, "test_helpers.test_clock.ready")


def _limit(work: Work, clock: Document) -> int:
    """Two intervals of the shortest running subscription ahead, two years without any."""
    ends = [
        later(clock["frozen_time"], work.fetch("price", item["price"])["recurring"], _INTERVALS)
        for subscription in work.by("subscription", "test_clock", clock["id"])
        if subscription["ended_at"] is None
        for item in subscription["items"]
    ]
    return min(ends, default=int(clock["frozen_time"]) + _TWO_YEARS)


def _remove(work: Work, clock: Document) -> Document:
    for customer in work.by("customer", "test_clock", clock["id"]):
        customers.remove(work, customer)
    jobs.drop(work, "delete_test_clock", clock["id"])
    return work.remove(clock, "test_helpers.test_clock.deleted")


RESOURCE = Resource(TEST_CLOCKS, "testclock", "TestClock")

_BASE = "/v1/test_helpers/test_clocks"
_TYPE = "TestClock"
OPERATIONS = [
    operation("test_clocks.create", f"POST {_BASE}", "TestClockCreateParams", create, _TYPE),
    operation("test_clocks.retrieve", f"GET {_BASE}/{{id}}", "TestClockRetrieveParams", retrieve, _TYPE),
    operation("test_clocks.delete", f"DELETE {_BASE}/{{id}}", "TestClockDeleteParams", delete, _TYPE),
    operation("test_clocks.advance", f"POST {_BASE}/{{id}}/advance", "TestClockAdvanceParams", advance, _TYPE),
    operation("test_clocks.list", f"GET {_BASE}", "TestClockListParams", list_clocks, _TYPE, listing=True),
]
