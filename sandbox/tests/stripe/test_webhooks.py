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
    sandbox.arm("delivery", "reorder_delivery", match={"type": "payment_method.attached"}, seconds=600)
    before = len(receiver.received)
    story.v1.payment_intents.confirm(intent_id(subscription), {"payment_method": "pm_card_visa"})
    wait_until(lambda: sandbox.deliveries() == [])
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
    receiver.answering.clear()
    for _ in range(5):
        story.customer()
    receiver.answering.set()
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
    now = int(time.time()) + 3600 + 31 * 86400
    assert all(event.created >= now - 30 * 86400 for event in story.events()), "events are kept for thirty days"
    with pytest.raises(stripe.InvalidRequestError, match="No such event"):
        story.v1.events.retrieve(recent[0].id)


def test_retries_follow_the_virtual_clock(
    story: Story, sandbox: SandboxProcess, receiver: Receiver, secret: str
) -> None:
    receiver.statuses = [500] * 40
    story.customer()
    wait_until(lambda: sandbox.deliveries()[0]["attempts"] == 1)
    for attempts in range(2, 7):
        sandbox.advance(60)
        wait_until(lambda: sandbox.deliveries()[0]["attempts"] >= attempts)  # noqa: B023 - used at once
    assert sandbox.deliveries()[0]["due"] > time.time() + 300
    sandbox.advance(4 * 86400)
    wait_until(lambda: sandbox.deliveries()[0]["attempts"] >= 7)
    assert sandbox.deliveries()[0]["state"] == "pending", "one jump of the clock is not three days of trying"
    receiver.statuses.clear()
    sandbox.advance(60)
    wait_until(lambda: sandbox.deliveries() == [])
    received = receiver.received[-1]
    event = stripe.Webhook.construct_event(received.body, received.signature, secret)
    assert event.type == "customer.created", "signed with the receiver's time of day"


def test_trying_ends_after_three_days(story: Story, sandbox: SandboxProcess, receiver: Receiver, secret: str) -> None:
    receiver.statuses = [503] * 30
    story.customer()
    for attempts in range(1, 16):
        wait_until(lambda: sandbox.deliveries()[0]["attempts"] >= attempts)  # noqa: B023 - used at once
        sandbox.advance(60)
    sandbox.advance(4 * 86400)
    wait_until(lambda: sandbox.deliveries() == [])
    assert sandbox.deliveries("failed")[0]["last_status"] == 503
    assert story.events()[0].pending_webhooks == 1


def test_two_signatures_while_a_secret_is_replaced(
    story: Story, sandbox: SandboxProcess, receiver: Receiver, secret: str
) -> None:
    endpoint = story.v1.webhook_endpoints.list().data[0].id
    place = f"/stripe/webhook_endpoints/{endpoint}/roll"
    fresh = sandbox.admin.post(place, json={"expires_in": 3600}).json()["secret"]
    assert fresh != secret
    story.customer()
    wait_until(lambda: len(receiver.received) == 1)
    first = receiver.received[0]
    assert first.signature.count("v1=") == 2
    for known in (secret, fresh):
        assert stripe.Webhook.construct_event(first.body, first.signature, known).type == "customer.created"
    sandbox.advance(3601)
    story.customer()
    wait_until(lambda: len(receiver.received) == 2)
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(receiver.received[1].body, receiver.received[1].signature, secret)
    assert sandbox.admin.post(place, json={"expires_in": 10**6}).status_code == 400
    assert sandbox.admin.post("/stripe/webhook_endpoints/we_none/roll", json={}).status_code == 404


def test_each_endpoint_has_its_version_and_secret(story: Story, receiver: Receiver) -> None:
    second = Receiver().start()
    older: stripe.params.WebhookEndpointCreateParams = {
        "url": receiver.url,
        "enabled_events": ["*"],
        "api_version": "2026-09-30.endive",
    }
    one = story.v1.webhook_endpoints.create(older)
    two = story.v1.webhook_endpoints.create({"url": second.url, "enabled_events": ["customer.created"]})
    assert (one.api_version, two.api_version) == ("2026-09-30.endive", None)
    story.customer()
    wait_until(lambda: bool(receiver.received and second.received))
    assert json.loads(receiver.received[0].body)["api_version"] == "2026-09-30.endive"
    assert json.loads(second.received[0].body)["api_version"] == stripe.api_version
    assert one.secret is not None
    assert stripe.Webhook.construct_event(receiver.received[0].body, receiver.received[0].signature, one.secret)
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(second.received[0].body, second.received[0].signature, one.secret)
    with pytest.raises(stripe.InvalidRequestError, match="does not model API version"):
        story.v1.webhook_endpoints.create({**older, "api_version": "2020-08-27"})
    story.v1.webhook_endpoints.update(two.id, {"enabled_events": ["invoice.paid"], "url": receiver.url})
    assert story.v1.webhook_endpoints.retrieve(two.id).enabled_events == ["invoice.paid"]
    second.stop()


def test_events_tell_what_changed_and_keep_what_was(story: Story) -> None:
    customer = story.customer(metadata={"a": "1", "b": "2"})
    story.v1.customers.update(customer.id, {"name": "Beth", "metadata": {"b": "3"}})
    story.v1.customers.update(customer.id, {"name": "Beth"})
    updated, created = story.events()
    assert (created.type, updated.type) == ("customer.created", "customer.updated"), "no change, no event"
    assert "previous_attributes" not in created.data.to_dict()
    assert updated.data.previous_attributes is not None
    assert updated.data.previous_attributes.to_dict() == {"name": "Ann", "metadata": {"b": "2"}}
    assert (created.data.object["name"], updated.data.object["name"]) == ("Ann", "Beth")
    assert created.request is not None
    assert created.request.idempotency_key is not None
    story.purchase()
    for event in story.events():
        has_previous = "previous_attributes" in event.data.to_dict()
        assert has_previous == event.type.endswith(".updated"), event.type
