"""Test clocks: customers in a time of their own; and many customers through a year of the sandbox's time."""

import pytest
import stripe

from tests.process import SandboxProcess, wait_until
from tests.stripe.story import client_for
from tests.stripe.timeline import DAY, Timeline, at, period

START = at("2030-01-31T00:00:00")


def clock_at(timeline: Timeline, moment: int = START) -> str:
    """A new test clock."""
    return timeline.v1.test_helpers.test_clocks.create({"frozen_time": moment, "name": "A year"}).id


def advance(timeline: Timeline, clock: str, moment: int) -> None:
    """Move a test clock and wait until everything has happened."""
    clocks = timeline.v1.test_helpers.test_clocks
    moving = clocks.advance(clock, {"frozen_time": moment})
    assert moving.status == "advancing"
    assert moving.status_details.advancing is not None
    assert moving.status_details.advancing.target_frozen_time == moment
    wait_until(lambda: clocks.retrieve(clock).status == "ready")
    assert clocks.retrieve(clock).frozen_time == moment


def test_customers_of_a_clock_live_in_its_time(timeline: Timeline) -> None:
    clock = clock_at(timeline)
    customer = timeline.payer(test_clock=clock)
    assert (customer.created, customer.test_clock) == (START, clock)
    subscription = timeline.running(customer=customer.id)
    assert (subscription.created, subscription.test_clock) == (START, clock)
    assert period(subscription)[1] == at("2030-02-28")
    other = timeline.running()
    advance(timeline, clock, at("2030-02-28T00:30:00"))
    assert timeline.invoices(subscription)[0].status == "draft"
    assert timeline.invoices(subscription)[0].test_clock == clock
    advance(timeline, clock, at("2030-02-28T01:00:00"))
    paid = timeline.invoices(subscription)[0]
    assert (paid.status, paid.status_transitions.paid_at) == ("paid", at("2030-02-28T01:00:00"))
    assert len(timeline.invoices(other)) == 1, "the others' time stands still"
    assert {"test_helpers.test_clock.advancing", "test_helpers.test_clock.ready"} <= timeline.event_types()
    timeline.go_to(timeline.now + 40 * DAY)
    assert len(timeline.invoices(subscription)) == 2, "the sandbox's clock does not move it"
    assert len(timeline.invoices(other)) == 2


def test_a_clock_moves_forward_and_two_intervals_at_most(timeline: Timeline) -> None:
    clock = clock_at(timeline)
    clocks = timeline.v1.test_helpers.test_clocks
    with pytest.raises(stripe.InvalidRequestError, match="after the test clock"):
        clocks.advance(clock, {"frozen_time": START})
    advance(timeline, clock, START + 700 * DAY)
    with pytest.raises(stripe.InvalidRequestError, match="two intervals"):
        clocks.advance(clock, {"frozen_time": START + 1500 * DAY})
    timeline.running(customer=timeline.payer(test_clock=clock).id)
    with pytest.raises(stripe.InvalidRequestError, match="two intervals"):
        clocks.advance(clock, {"frozen_time": START + 770 * DAY})
    advance(timeline, clock, START + 750 * DAY)


def test_failures_and_expiry_happen_inside_an_advance(timeline: Timeline) -> None:
    timeline.settings(retry_days=[3, 7])
    clock = clock_at(timeline)
    customer = timeline.payer(test_clock=clock)
    subscription = timeline.running(customer=customer.id)
    waiting = timeline.subscribe(customer.id, timeline.price().id)
    timeline.pay_with(customer.id, "pm_card_chargeCustomerFail")
    advance(timeline, clock, START + DAY)
    assert timeline.again(waiting).status == "incomplete_expired"
    advance(timeline, clock, at("2030-03-20"))
    assert timeline.again(subscription).status == "canceled"
    assert timeline.invoices(subscription)[0].attempt_count == 3


def test_a_deleted_clock_takes_its_customers_along(timeline: Timeline) -> None:
    clock = clock_at(timeline)
    customer = timeline.payer(test_clock=clock)
    subscription = timeline.running(customer=customer.id)
    clocks = timeline.v1.test_helpers.test_clocks
    assert [found.id for found in clocks.list().data] == [clock]
    assert [found.id for found in timeline.v1.customers.list({"test_clock": clock}).data] == [customer.id]
    assert timeline.v1.customers.list().data == []
    assert timeline.v1.subscriptions.list().data == []
    assert [found.id for found in timeline.v1.subscriptions.list({"test_clock": clock}).data] == [subscription.id]
    assert clocks.delete(clock).deleted is True
    assert timeline.v1.customers.retrieve(customer.id).deleted is True
    assert timeline.again(subscription).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError, match="No such testclock"):
        clocks.retrieve(clock)
    with pytest.raises(stripe.InvalidRequestError, match="No such testclock"):
        timeline.customer(test_clock=clock)


def test_three_customers_per_clock(timeline: Timeline) -> None:
    clock = clock_at(timeline)
    for _ in range(3):
        timeline.customer(test_clock=clock)
    with pytest.raises(stripe.InvalidRequestError, match="at most 3 customers"):
        timeline.customer(test_clock=clock)
    payer = timeline.v1.customers.list({"test_clock": clock}).data[0].id
    timeline.pay_with(payer, "pm_card_visa")
    for _ in range(3):
        timeline.running(customer=payer)
    with pytest.raises(stripe.InvalidRequestError, match="at most 3 subscriptions"):
        timeline.running(customer=payer)


def test_a_year_of_many_customers_bills_each_month_of_each() -> None:
    customers = 25
    sandbox = SandboxProcess(SANDBOX_STRIPE_RATE_LIMIT="0").start()
    try:
        with client_for(sandbox.url) as client:
            timeline = Timeline(client, sandbox)
            price = timeline.price().id
            for _ in range(customers):
                timeline.running(price)
            billed = []
            for _ in range(12):
                sandbox.advance(31 * DAY)
                billed.append(sandbox.admin.get("/state").json()["collections"]["stripe_invoice"])
        assert billed == [customers * (month + 2) for month in range(12)]
    finally:
        sandbox.stop()
