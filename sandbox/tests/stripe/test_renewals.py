"""Renewals on the virtual clock: the draft hour, the charge, the calendar."""

import time
from itertools import pairwise

import pytest
import stripe

from tests.stripe.story import intent_id
from tests.stripe.timeline import DAY, HOUR, Timeline, at, day, period


def test_a_renewal_is_drafted_at_period_end_and_charged_an_hour_later(timeline: Timeline) -> None:
    subscription = timeline.running()
    start, end = period(subscription)
    timeline.go_to(end)
    renewed = timeline.again(subscription, "latest_invoice")
    draft = renewed.latest_invoice
    assert isinstance(draft, stripe.Invoice)
    assert period(renewed)[0] == end, "the item's period moves at once"
    assert (draft.status, draft.billing_reason, draft.number) == ("draft", "subscription_cycle", None)
    assert (draft.period_start, draft.period_end) == (start, end)
    line = draft.lines.data[0]
    assert (line.period.start, line.period.end) == period(renewed)
    assert draft.automatically_finalizes_at == end + HOUR
    timeline.go_to(end + HOUR)
    paid = timeline.v1.invoices.retrieve(str(draft.id))
    assert (paid.status, paid.attempt_count, paid.amount_paid) == ("paid", 1, 2900)
    assert paid.status_transitions.paid_at == end + HOUR, "what falls due happens at its own time"
    events = timeline.types_of(subscription.id, str(draft.id))
    assert {"invoice.upcoming", "customer.subscription.updated"} < timeline.event_types()
    assert {"invoice.created", "invoice.finalized", "invoice.paid", "invoice.payment_succeeded"} < set(events)
    assert timeline.again(subscription).status == "active"


def test_three_years_of_month_ends(timeline: Timeline) -> None:
    timeline.go_to(at("2027-01-31T10:00:00"))
    subscription = timeline.running()
    timeline.go_to(at("2030-02-01"))
    lines = [invoice.lines.data[0].period for invoice in reversed(timeline.invoices(subscription))]
    starts = [day(line.start) for line in lines]
    assert starts[:5] == ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"]
    assert "2028-02-29" in starts, "a leap year"
    assert starts[-1] == "2030-01-31"
    assert all(earlier.end == later.start for earlier, later in pairwise(lines))
    assert {invoice.status for invoice in timeline.invoices(subscription)} == {"paid"}


@pytest.mark.parametrize(
    ("recurring", "starts"),
    [
        ({"interval": "year"}, ["2028-02-29", "2029-02-28", "2030-02-28"]),
        ({"interval": "week"}, ["2028-02-29", "2028-03-07", "2028-03-14"]),
        ({"interval": "day", "interval_count": 10}, ["2028-02-29", "2028-03-10", "2028-03-20"]),
        ({"interval": "month", "interval_count": 3}, ["2028-02-29", "2028-05-29", "2028-08-29"]),
    ],
)
def test_intervals(timeline: Timeline, recurring: dict[str, object], starts: list[str]) -> None:
    timeline.go_to(at("2028-02-29T12:00:00"))
    subscription = timeline.running(timeline.price(recurring=recurring).id)
    timeline.go_to(at(starts[2]) + 2 * DAY)
    periods = [invoice.lines.data[0].period for invoice in reversed(timeline.invoices(subscription))]
    assert [day(line.start) for line in periods[:3]] == starts


def test_the_next_charge_takes_the_new_default_card(timeline: Timeline) -> None:
    subscription = timeline.running()
    card = timeline.v1.payment_methods.attach("pm_card_mastercard", {"customer": str(subscription.customer)})
    timeline.v1.subscriptions.update(subscription.id, {"default_payment_method": card.id})
    timeline.go_to(period(subscription)[1] + HOUR)
    charge = timeline.v1.charges.list({"customer": str(subscription.customer)}).data[0]
    assert (charge.payment_method, charge.status) == (card.id, "succeeded")


def test_upcoming_tells_the_coming_amount(timeline: Timeline) -> None:
    timeline.settings(upcoming_days=3)
    subscription = timeline.running()
    timeline.go_to(period(subscription)[1] - 3 * DAY - 60)
    assert "invoice.upcoming" not in timeline.event_types()
    timeline.go_to(period(subscription)[1] - 3 * DAY)
    told = timeline.event("invoice.upcoming")
    assert told.data.object["amount_due"] == 2900
    assert told.created == period(subscription)[1] - 3 * DAY
    assert timeline.invoices(subscription)[0].billing_reason == "subscription_create", "a notice makes no invoice"


def test_waiting_items_come_with_the_renewal(timeline: Timeline) -> None:
    subscription = timeline.running()
    customer = str(subscription.customer)
    timeline.v1.invoice_items.create({"customer": customer, "amount": 500, "currency": "usd", "description": "Help"})
    timeline.go_to(period(subscription)[1] + HOUR)
    first = timeline.invoices(subscription)[0].lines.data[0]
    assert (first.description, first.amount) == ("Help", 500)
    assert timeline.invoices(subscription)[0].total == 3400


def test_a_draft_can_be_finalized_before_its_hour(timeline: Timeline) -> None:
    subscription = timeline.running()
    timeline.go_to(period(subscription)[1])
    draft = timeline.invoices(subscription)[0]
    timeline.v1.invoices.pay(str(draft.id))
    timeline.go_to(period(subscription)[1] + 2 * HOUR)
    assert timeline.v1.charges.list({"customer": str(subscription.customer)}).data[0].amount == 2900
    assert len(timeline.v1.charges.list({"customer": str(subscription.customer)}).data) == 2, "charged once only"


def test_unpaid_first_invoice_expires_after_23_hours(timeline: Timeline) -> None:
    subscription = timeline.subscribe(timeline.customer().id, timeline.price().id)
    timeline.go_to(subscription.created + 23 * HOUR)
    assert timeline.again(subscription).status == "incomplete_expired"
    assert timeline.invoices(subscription)[0].status == "void"
    with pytest.raises(stripe.StripeError):
        timeline.confirm(intent_id(subscription))
    timeline.go_to(subscription.created + 40 * DAY)
    assert len(timeline.invoices(subscription)) == 1


def test_an_anchor_of_choice_bills_the_first_days_only(timeline: Timeline) -> None:
    timeline.go_to(at("2027-04-16"))
    anchor = at("2027-05-01")
    subscription = timeline.running(timeline.price(3000).id, billing_cycle_anchor=anchor)
    assert period(subscription)[1] == anchor
    first = timeline.invoices(subscription)[0]
    assert first.total == round(3000 * (anchor - period(subscription)[0]) / (30 * DAY))
    free = timeline.running(timeline.price(3000).id, billing_cycle_anchor=anchor, proration_behavior="none")
    assert timeline.invoices(free)[0].total == 0
    timeline.go_to(anchor + HOUR)
    assert [timeline.invoices(each)[0].total for each in (subscription, free)] == [3000, 3000]
    with pytest.raises(stripe.InvalidRequestError, match="next natural billing date"):
        timeline.running(timeline.price().id, billing_cycle_anchor=timeline.now + 40 * DAY)


def test_what_fell_due_is_done_before_a_request_is_answered(timeline: Timeline) -> None:
    timeline.settings(finalize_after=1)
    subscription = timeline.running()
    timeline.go_to(period(subscription)[1])
    time.sleep(1.5)
    assert timeline.invoices(subscription)[0].status == "paid"
    made = [event.created for event in timeline.events()]
    assert made == sorted(made, reverse=True), "newer events are never told to be older"


def test_an_invoice_that_advances_by_itself(timeline: Timeline) -> None:
    customer = timeline.payer()
    draft = timeline.v1.invoices.create({"customer": customer.id, "currency": "usd", "auto_advance": True})
    timeline.v1.invoice_items.create(
        {"customer": customer.id, "invoice": str(draft.id), "amount": 900, "currency": "usd"}
    )
    left = timeline.v1.invoices.create({"customer": customer.id, "currency": "usd"})
    timeline.go_to(draft.created + HOUR)
    assert timeline.v1.invoices.retrieve(str(draft.id)).status == "paid"
    timeline.go_to(timeline.now + DAY)
    assert timeline.v1.invoices.retrieve(str(left.id)).status == "draft"
