"""Trials, paused subscriptions, paused collection, invoices sent to pay later."""

import pytest
import stripe

from tests.stripe.timeline import DAY, HOUR, Timeline, amounts, period


def test_a_trial_becomes_a_paid_subscription(timeline: Timeline) -> None:
    subscription = timeline.running(trial_period_days=14)
    assert (subscription.status, subscription.trial_end) == ("trialing", period(subscription)[1])
    assert timeline.invoices(subscription)[0].total == 0
    end = int(subscription.trial_end or 0)
    timeline.go_to(end - 3 * DAY - 60)
    assert "customer.subscription.trial_will_end" not in timeline.event_types()
    timeline.go_to(end - 3 * DAY)
    assert timeline.event("customer.subscription.trial_will_end").created == end - 3 * DAY
    timeline.go_to(end + HOUR)
    now = timeline.again(subscription)
    assert (now.status, now.billing_cycle_anchor, period(now)[0]) == ("active", end, end)
    first = timeline.invoices(subscription)[0]
    assert (first.total, first.status, first.billing_reason) == (2900, "paid", "subscription_cycle")


def test_a_short_trial_is_announced_at_once(timeline: Timeline) -> None:
    subscription = timeline.running(trial_end=timeline.now + 2 * DAY)
    timeline.go_to(timeline.now + 1)
    told = [event for event in timeline.events() if event.type == "customer.subscription.trial_will_end"]
    assert [event.data.object["id"] for event in told] == [subscription.id]
    timeline.v1.subscriptions.update(subscription.id, {"metadata": {"a": "b"}})
    timeline.go_to(timeline.now + HOUR)
    assert timeline.types_of(subscription.id).count("customer.subscription.trial_will_end") == 1


@pytest.mark.parametrize(
    ("behavior", "status"), [("cancel", "canceled"), ("pause", "paused"), ("create_invoice", "past_due")]
)
def test_a_trial_ends_without_a_card(timeline: Timeline, behavior: str, status: str) -> None:
    subscription = timeline.running(
        customer=timeline.customer().id,
        trial_period_days=7,
        trial_settings={"end_behavior": {"missing_payment_method": behavior}},
        expand=["pending_setup_intent"],
    )
    assert isinstance(subscription.pending_setup_intent, stripe.SetupIntent)
    timeline.go_to(period(subscription)[1] + HOUR)
    now = timeline.again(subscription, "status_details")
    assert now.status == status
    if behavior == "pause":
        assert now.status_details is not None
        assert now.status_details.paused.subscription.type == "trial_end_without_payment_method"
        assert "customer.subscription.paused" in timeline.event_types()
        assert len(timeline.invoices(subscription)) == 1
        timeline.pay_with(str(subscription.customer), "pm_card_visa")
        resumed = timeline.v1.subscriptions.resume(subscription.id)
        assert (resumed.status, timeline.invoices(subscription)[0].total) == ("active", 2900)


def test_a_trial_ended_early_and_one_given_later(timeline: Timeline) -> None:
    subscription = timeline.running(trial_period_days=30)
    timeline.go_to(timeline.now + DAY)
    ended = timeline.v1.subscriptions.update(subscription.id, {"trial_end": "now"})
    assert (ended.status, timeline.invoices(subscription)[0].total) == ("active", 2900)
    assert ended.trial_end == period(ended)[0]
    later = timeline.now + 40 * DAY
    trial = timeline.v1.subscriptions.update(subscription.id, {"trial_end": later, "proration_behavior": "none"})
    assert (trial.status, period(trial)[1], trial.billing_cycle_anchor) == ("trialing", later, later)
    timeline.go_to(later + HOUR)
    assert timeline.again(subscription).status == "active"
    assert timeline.invoices(subscription)[0].total == 2900


def test_pause_makes_no_invoices_and_resume_starts_again(timeline: Timeline) -> None:
    subscription = timeline.running(timeline.price(3000).id)
    timeline.go_to(timeline.now + 10 * DAY)
    paused = timeline.v1.subscriptions.pause(subscription.id, {"expand": ["status_details"]})
    assert paused.status == "paused"
    assert paused.status_details is not None
    assert paused.status_details.paused.subscription.type == "pause_requested"
    assert "customer.subscription.paused" in timeline.event_types()
    timeline.go_to(timeline.now + 90 * DAY)
    assert len(timeline.invoices(subscription)) == 1
    resumed = timeline.v1.subscriptions.resume(subscription.id)
    assert (resumed.status, period(resumed)[0]) == ("active", resumed.billing_cycle_anchor)
    invoice = timeline.invoices(subscription)[0]
    assert amounts(invoice)[-1] == 3000
    assert amounts(invoice)[0] < -1900, "the time not used before the pause counts"
    assert "customer.subscription.resumed" in timeline.event_types()
    with pytest.raises(stripe.InvalidRequestError, match="Only paused"):
        timeline.v1.subscriptions.resume(subscription.id)


def test_resume_with_the_old_anchor(timeline: Timeline) -> None:
    subscription = timeline.running(timeline.price(3000).id)
    start, end = period(subscription)
    timeline.v1.subscriptions.pause(subscription.id, {"bill_for": {"unused_time_from": {"type": "none"}}})
    timeline.go_to(end + 10 * DAY)
    resumed = timeline.v1.subscriptions.resume(
        subscription.id, {"billing_cycle_anchor": {"type": "unchanged"}, "proration_behavior": "always_invoice"}
    )
    assert resumed.billing_cycle_anchor == start
    share = (period(resumed)[1] - period(resumed)[0]) / (period(resumed)[1] - end)
    assert timeline.invoices(subscription)[0].total == round(3000 * share)


def test_resume_only_when_paid(timeline: Timeline) -> None:
    subscription = timeline.running()
    timeline.v1.subscriptions.pause(subscription.id, {"bill_for": {"unused_time_from": {"type": "none"}}})
    timeline.pay_with(str(subscription.customer), "pm_card_chargeCustomerFail")
    waits = timeline.v1.subscriptions.resume(subscription.id, {"payment_behavior": "resume_on_payment_success"})
    assert waits.status == "paused"
    timeline.v1.invoices.pay(str(waits.latest_invoice), {"payment_method": "pm_card_visa"})
    assert timeline.again(subscription).status == "active"
    timeline.v1.subscriptions.pause(subscription.id, {"bill_for": {"unused_time_from": {"type": "none"}}})
    again = timeline.v1.subscriptions.resume(subscription.id, {"payment_behavior": "resume_on_payment_success"})
    timeline.go_to(timeline.now + DAY)
    assert timeline.again(subscription).status == "paused"
    assert timeline.v1.invoices.retrieve(str(again.latest_invoice)).status == "void"


@pytest.mark.parametrize(
    ("behavior", "status"), [("void", "void"), ("keep_as_draft", "draft"), ("mark_uncollectible", "uncollectible")]
)
def test_paused_collection_goes_on_invoicing(timeline: Timeline, behavior: str, status: str) -> None:
    subscription = timeline.running()
    end = period(subscription)[1]
    paused = timeline.v1.subscriptions.update(
        subscription.id, {"pause_collection": {"behavior": behavior, "resumes_at": end + DAY}}
    )
    assert paused.status == "active"
    timeline.go_to(end + HOUR)
    assert timeline.invoices(subscription)[0].status == status
    timeline.go_to(end + DAY)
    assert timeline.again(subscription).pause_collection is None
    timeline.go_to(period(timeline.again(subscription))[1] + HOUR)
    assert timeline.invoices(subscription)[0].status == "paid"


def test_an_invoice_sent_to_pay_later(timeline: Timeline) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="days_until_due"):
        timeline.running(collection_method="send_invoice")
    subscription = timeline.running(
        customer=timeline.customer().id, collection_method="send_invoice", days_until_due=10
    )
    assert subscription.status == "active"
    timeline.go_to(subscription.created + HOUR)
    invoice = timeline.invoices(subscription)[0]
    assert (invoice.status, invoice.due_date) == ("open", subscription.created + HOUR + 10 * DAY)
    assert "invoice.sent" in timeline.types_of(str(invoice.id))
    timeline.go_to(int(invoice.due_date or 0))
    assert "invoice.overdue" in timeline.types_of(str(invoice.id))
    assert timeline.again(subscription).status == "past_due"
    timeline.v1.invoices.pay(str(invoice.id), {"paid_out_of_band": True})
    assert timeline.again(subscription).status == "active"
    timeline.go_to(period(subscription)[1] + HOUR)
    assert timeline.invoices(subscription)[0].status == "open"
