"""Every end of a subscription, and changing one's mind before it."""

import pytest
import stripe

from tests.stripe.timeline import DAY, HOUR, Timeline, amounts, at, period


def test_cancel_at_period_end(timeline: Timeline) -> None:
    subscription = timeline.running()
    end = period(subscription)[1]
    leaving = timeline.v1.subscriptions.update(
        subscription.id,
        {"cancel_at_period_end": True, "cancellation_details": {"feedback": "too_expensive", "comment": "hm"}},
    )
    assert (leaving.status, leaving.cancel_at) == ("active", end)
    assert leaving.canceled_at is not None
    assert leaving.cancellation_details is not None
    assert (leaving.cancellation_details.reason, leaving.cancellation_details.feedback) == (
        "cancellation_requested",
        "too_expensive",
    )
    timeline.go_to(end)
    gone = timeline.again(subscription)
    assert (gone.status, gone.ended_at, gone.cancel_at_period_end) == ("canceled", end, True)
    assert timeline.event("customer.subscription.deleted").data.object["id"] == subscription.id
    timeline.go_to(end + 40 * DAY)
    assert len(timeline.invoices(subscription)) == 1, "nothing is billed after the end"


def test_a_changed_mind(timeline: Timeline) -> None:
    subscription = timeline.running()
    timeline.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    stays = timeline.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": False})
    assert (stays.cancel_at, stays.canceled_at) == (None, None)
    assert stays.cancellation_details is not None
    assert stays.cancellation_details.reason is None
    timeline.go_to(period(subscription)[1] + HOUR)
    assert [invoice.status for invoice in timeline.invoices(subscription)] == ["paid", "paid"]


def test_cancel_now_gives_nothing_back_unless_asked(timeline: Timeline) -> None:
    subscription = timeline.running()
    timeline.go_to(timeline.now + 10 * DAY)
    gone = timeline.v1.subscriptions.cancel(subscription.id)
    assert (gone.status, len(timeline.invoices(subscription))) == ("canceled", 1)
    assert timeline.v1.customers.retrieve(str(subscription.customer)).balance == 0
    with pytest.raises(stripe.InvalidRequestError, match="No such subscription"):
        timeline.v1.subscriptions.cancel(subscription.id)
    with pytest.raises(stripe.InvalidRequestError, match="canceled subscription"):
        timeline.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True})


def test_cancel_now_with_credit(timeline: Timeline) -> None:
    timeline.go_to(at("2027-04-01"))
    subscription = timeline.running(timeline.price(3000).id)
    start, end = period(subscription)
    timeline.go_to(start + 20 * DAY)
    gone = timeline.v1.subscriptions.cancel(subscription.id, {"prorate": True, "invoice_now": True})
    credit = round(3000 * (end - int(gone.ended_at or 0)) / (end - start))
    last = timeline.invoices(subscription)[0]
    assert (last.total, last.amount_due, last.status) == (-credit, 0, "paid")
    assert timeline.v1.customers.retrieve(str(subscription.customer)).balance == -credit


def test_cancel_at_a_date_within_the_period(timeline: Timeline) -> None:
    subscription = timeline.running(timeline.price(3000).id)
    start, end = period(subscription)
    stop = start + 10 * DAY
    timeline.v1.subscriptions.update(subscription.id, {"cancel_at": stop, "proration_behavior": "create_prorations"})
    timeline.go_to(stop)
    gone = timeline.again(subscription)
    assert (gone.status, gone.ended_at) == ("canceled", stop)
    assert amounts(timeline.invoices(subscription)[0]) == [-round(3000 * (end - stop) / (end - start))]


def test_cancel_at_in_the_next_period_bills_its_share(timeline: Timeline) -> None:
    timeline.go_to(at("2027-04-01"))
    subscription = timeline.running(timeline.price(3100).id)
    end = period(subscription)[1]
    timeline.v1.subscriptions.update(subscription.id, {"cancel_at": end + 10 * DAY})
    timeline.go_to(end + HOUR)
    now = timeline.again(subscription)
    assert period(now)[1] == end + 10 * DAY
    assert timeline.invoices(subscription)[0].total == 1000
    timeline.go_to(end + 10 * DAY)
    assert timeline.again(subscription).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError):
        timeline.running(cancel_at=timeline.now - 5)


def test_what_waits_is_billed_at_the_end(timeline: Timeline) -> None:
    small, large = timeline.price(1000), timeline.price(2000, name="Large")
    subscription = timeline.running(small.id)
    item = subscription.items.data[0].id
    timeline.go_to(timeline.now + 3 * DAY)
    timeline.v1.subscriptions.update(
        subscription.id, {"items": [{"id": item, "price": large.id}], "cancel_at_period_end": True}
    )
    timeline.go_to(period(subscription)[1] + 1)
    last = timeline.invoices(subscription)[0]
    assert (last.status, len(last.lines.data)) == ("paid", 2)
    assert last.total > 0


def test_open_invoices_of_a_canceled_subscription_are_not_collected(timeline: Timeline) -> None:
    subscription = timeline.running()
    timeline.pay_with(str(subscription.customer), "pm_card_chargeCustomerFail")
    timeline.go_to(period(subscription)[1] + HOUR)
    timeline.v1.subscriptions.cancel(subscription.id)
    timeline.pay_with(str(subscription.customer), "pm_card_visa")
    timeline.go_to(timeline.now + 20 * DAY)
    invoice = timeline.invoices(subscription)[0]
    assert (invoice.status, invoice.auto_advance, invoice.next_payment_attempt) == ("open", False, None)
