"""The events of typical stories, as sets: Stripe promises no order. And time that goes on after kill -9."""

from pathlib import Path

from tests.process import SandboxProcess, wait_until
from tests.stripe.story import client_for, intent_id
from tests.stripe.timeline import DAY, HOUR, Timeline, period


def told(timeline: Timeline, known: list[str]) -> set[str]:
    """Kinds of the events that are not among the known ones."""
    return {event.type for event in timeline.events() if event.id not in known}


def ids(timeline: Timeline) -> list[str]:
    """All events so far."""
    return [event.id for event in timeline.events()]


def test_create_and_pay(timeline: Timeline) -> None:
    subscription = timeline.subscribe(timeline.customer().id, timeline.price().id)
    before = ids(timeline)
    timeline.confirm(intent_id(subscription))
    assert {
        "customer.subscription.created",
        "invoice.created",
        "invoice.finalized",
        "payment_intent.created",
    } <= timeline.event_types()
    assert told(timeline, before) == {
        "charge.succeeded",
        "payment_intent.succeeded",
        "payment_method.attached",
        "invoice.updated",
        "invoice.paid",
        "invoice.payment_succeeded",
        "invoice_payment.paid",
        "customer.subscription.updated",
    }
    change = timeline.event("customer.subscription.updated").data.previous_attributes
    assert change is not None
    assert change["status"] == "incomplete"


def test_a_failed_renewal(timeline: Timeline) -> None:
    timeline.settings(upcoming_days=0)
    subscription = timeline.running()
    timeline.pay_with(str(subscription.customer), "pm_card_chargeCustomerFail")
    before = ids(timeline)
    timeline.go_to(period(subscription)[1] + HOUR)
    assert told(timeline, before) == {
        "invoice.created",
        "customer.subscription.updated",
        "invoice.finalized",
        "payment_intent.created",
        "charge.failed",
        "payment_intent.payment_failed",
        "invoice.payment_failed",
        "invoice.updated",
    }
    assert timeline.event("customer.subscription.updated").data.object["status"] == "past_due"


def test_an_upgrade(timeline: Timeline) -> None:
    subscription = timeline.running(timeline.price(3000).id)
    dearer = timeline.price(6000, name="Large").id
    before = ids(timeline)
    timeline.v1.subscriptions.update(
        subscription.id,
        {
            "items": [{"id": subscription.items.data[0].id, "price": dearer}],
            "proration_behavior": "always_invoice",
        },
    )
    events = told(timeline, before)
    assert {"customer.subscription.updated", "invoiceitem.created", "invoice.created", "invoice.finalized"} <= events
    assert {"payment_intent.created", "charge.succeeded", "invoice.paid", "invoice_payment.paid"} <= events
    assert [event.type for event in timeline.events()].count("invoiceitem.created") == 2


def test_time_goes_on_after_a_kill(tmp_path: Path) -> None:
    process = SandboxProcess(tmp_path / "state.sqlite").start()
    try:
        with client_for(process.url) as client:
            _kill_while_time_moves(Timeline(client, process), process)
    finally:
        process.stop()


def _kill_while_time_moves(timeline: Timeline, process: SandboxProcess) -> None:
    clocks = timeline.v1.test_helpers.test_clocks
    clock = clocks.create({"frozen_time": 1_900_000_000})
    frozen = timeline.running(customer=timeline.payer(test_clock=clock.id).id)
    clocks.advance(clock.id, {"frozen_time": period(frozen)[1] + 2 * DAY})
    process.kill()
    process.start()
    wait_until(lambda: clocks.retrieve(clock.id).status == "ready")
    assert [invoice.status for invoice in timeline.invoices(frozen)] == ["paid", "paid"]
    subscription = timeline.running()
    timeline.go_to(period(subscription)[1])
    process.kill()
    process.start()
    timeline.go_to(period(subscription)[1] + HOUR)
    assert [invoice.status for invoice in timeline.invoices(subscription)] == ["paid", "paid"]
