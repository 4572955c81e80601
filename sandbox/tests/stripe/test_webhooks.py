"""Webhooks: signed over the exact bytes, to whom it concerns, until accepted, and wrong on demand."""

import json
import time
from collections.abc import Iterator

import pytest
import stripe

from tests.process import Receiver, SandboxProcess, wait_until
from tests.stripe.conformance import violations
from tests.stripe.story import Story, intent_id


@pytest.fixture
def secret(story: Story, receiver: Receiver) -> Iterator[str]:
    """An endpoint for everything; its signing secret."""
    endpoint = story.v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["*"]})
    assert endpoint.secret is not None
    yield endpoint.secret
    story.v1.webhook_endpoints.delete(endpoint.id)


def types(receiver: Receiver) -> list[str]:
    """Kinds of received events in order of arrival."""
    return [json.loads(received.body)["type"] for received in list(receiver.received)]


def test_purchase_reaches_the_merchant_signed(story: Story, receiver: Receiver, secret: str) -> None:
    story.purchase()
    wait_until(lambda: "customer.subscription.updated" in types(receiver) and len(receiver.received) >= 15)
    for received in receiver.received:
        event = stripe.Webhook.construct_event(received.body, received.signature, secret)
        assert event.api_version == stripe.api_version
        assert violations(json.loads(received.body), "Event") == []
        tampered = received.body.replace(b"evt_", b"evt-")
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(tampered, received.signature, secret)
    ids = [json.loads(received.body)["id"] for received in receiver.received]
    assert len(ids) == len(set(ids))
    wait_until(lambda: all(event.pending_webhooks == 0 for event in story.events()))


def test_only_the_events_an_endpoint_asked_for(story: Story, receiver: Receiver) -> None:
    endpoint = story.v1.webhook_endpoints.create(
        {"url": receiver.url, "enabled_events": ["invoice.paid", "customer.created"], "description": "few"}
    )
    story.purchase()
    wait_until(lambda: len(receiver.received) == 2)
    assert set(types(receiver)) == {"invoice.paid", "customer.created"}
    assert "secret" not in story.v1.webhook_endpoints.retrieve(endpoint.id).to_dict()
    story.v1.webhook_endpoints.update(endpoint.id, {"disabled": True})
    story.customer()
    assert story.v1.webhook_endpoints.list().data[0].status == "disabled"
    assert len(receiver.received) == 2
    assert story.v1.webhook_endpoints.delete(endpoint.id).deleted is True
    with pytest.raises(stripe.InvalidRequestError, match="No such webhook endpoint"):
        story.v1.webhook_endpoints.retrieve(endpoint.id)


def test_endpoint_limits(story: Story) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="enabled_events"):
        story.v1.webhook_endpoints.create(
            {"url": "http://127.0.0.1:9/x", "enabled_events": ["invoice.eaten"]}  # type: ignore[list-item] # refused is the point
        )
    with pytest.raises(stripe.InvalidRequestError, match="explicit scheme"):
        story.v1.webhook_endpoints.create({"url": "localhost/x", "enabled_events": ["*"]})
    for _ in range(16):
        story.v1.webhook_endpoints.create({"url": "http://127.0.0.1:9/x", "enabled_events": ["*"]})
    with pytest.raises(stripe.InvalidRequestError, match="maximum of 16"):
        story.v1.webhook_endpoints.create({"url": "http://127.0.0.1:9/x", "enabled_events": ["*"]})


def test_refused_deliveries_come_again(story: Story, sandbox: SandboxProcess, receiver: Receiver, secret: str) -> None:
    receiver.statuses = [500, 302]
    story.customer()
    wait_until(lambda: len(receiver.received) == 1)
    assert story.events()[0].pending_webhooks == 1
    wait_until(lambda: sandbox.deliveries()[0]["attempts"] == 1)
    assert sandbox.deliveries()[0]["last_error"] == "HTTP 500"
    sandbox.admin.post("/stripe/deliver")
    assert sandbox.deliveries()[0]["last_error"] == "HTTP 302", "a redirect is no acceptance"
    wait_until(lambda: len(receiver.received) == 3)
    assert len({received.body for received in receiver.received}) == 1
    wait_until(lambda: sandbox.deliveries() == [])
    assert story.events()[0].pending_webhooks == 0


def test_nobody_listening(story: Story, sandbox: SandboxProcess, receiver: Receiver) -> None:
    late = Receiver()
    story.v1.webhook_endpoints.create({"url": late.url, "enabled_events": ["*"]})
    customer = story.customer()
    wait_until(lambda: sandbox.deliveries()[0]["last_error"] == "ClientConnectorError")
    late.start()
    wait_until(lambda: len(late.received) == 1)
    assert json.loads(late.received[0].body)["data"]["object"]["id"] == customer.id
    late.stop()


def test_duplicate_drop_and_delay(story: Story, sandbox: SandboxProcess, receiver: Receiver, secret: str) -> None:
    sandbox.arm("delivery", "duplicate_delivery", match={"type": "invoice.paid"})
    sandbox.arm("delivery", "drop_delivery", match={"type": "charge.succeeded"})
    sandbox.arm("delivery", "delay_delivery", seconds=0.4, match={"type": "invoice.created"})
    story.purchase()
    wait_until(lambda: sandbox.deliveries() == [])
    seen = types(receiver)
    assert seen.count("invoice.paid") == 2
    assert "charge.succeeded" not in seen
    assert "charge.succeeded" in story.event_types(), "a lost delivery is still in the list of events"
    assert seen[-1] == "invoice.created"
    assert sandbox.deliveries("dropped")[0]["type"] == "charge.succeeded"


def test_reordered(story: Story, sandbox: SandboxProcess, receiver: Receiver, secret: str) -> None:
    subscription = story.subscribe(story.customer().id, story.price().id)
    wait_until(lambda: sandbox.deliveries() == [])
    sandbox.arm("delivery", "reorder_delivery", match={"type": "payment_method.attached"}, seconds=5)
    before = len(receiver.received)
    story.v1.payment_intents.confirm(intent_id(subscription), {"payment_method": "pm_card_visa"})
    wait_until(lambda: sandbox.deliveries() == [], 4)
    seen = types(receiver)[before:]
    assert seen.count("payment_method.attached") == 1
    assert seen[0] != "payment_method.attached", "the first event of the payment was overtaken"


@pytest.mark.parametrize("kind", ["bad_signature", "stale_signature"])
def test_forged_and_stale_deliveries(
    story: Story, sandbox: SandboxProcess, receiver: Receiver, secret: str, kind: str
) -> None:
    sandbox.arm("delivery", kind)
    story.customer()
    wait_until(lambda: len(receiver.received) == 1)
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(receiver.received[0].body, receiver.received[0].signature, secret)


def test_webhook_before_the_answer(story: Story, sandbox: SandboxProcess, receiver: Receiver, secret: str) -> None:
    sandbox.arm("customers.create", "webhook_before_response")
    story.customer()
    assert types(receiver) == ["customer.created"]


def test_resend(story: Story, sandbox: SandboxProcess, receiver: Receiver, secret: str) -> None:
    story.customer()
    wait_until(lambda: len(receiver.received) == 1)
    event = story.events()[0]
    assert sandbox.admin.post(f"/stripe/events/{event.id}/resend").json() == {"sent": 1}
    assert [json.loads(received.body)["id"] for received in receiver.received] == [event.id, event.id]
    assert sandbox.admin.post("/stripe/events/evt_none/resend").status_code == 404


def test_one_slow_merchant_does_not_stop_the_api(story: Story, secret: str, receiver: Receiver) -> None:
    started = time.monotonic()
    for _ in range(5):
        story.customer()
    assert time.monotonic() - started < 5
    wait_until(lambda: len(receiver.received) == 5)


def test_events_are_found_by_type_and_time(story: Story, sandbox: SandboxProcess) -> None:
    story.purchase()
    invoices = story.v1.events.list({"type": "invoice.*", "limit": 100}).data
    assert {event.type for event in invoices} >= {"invoice.paid", "invoice.created"}
    two = story.v1.events.list({"types": ["invoice.paid", "charge.succeeded"]}).data
    assert {event.type for event in two} == {"invoice.paid", "charge.succeeded"}
    sandbox.advance(3600)
    story.customer()
    recent = story.v1.events.list({"created": {"gte": int(time.time()) + 3500}}).data
    assert [event.type for event in recent] == ["customer.created"]
    sandbox.advance(31 * 86400)
    assert story.v1.events.list().data == [], "events are kept for thirty days"
    with pytest.raises(stripe.InvalidRequestError, match="No such event"):
        story.v1.events.retrieve(recent[0].id)
