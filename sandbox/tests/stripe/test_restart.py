"""kill -9 of the sandbox: what was answered is still true, what was not delivered still comes."""

import json
import threading
from pathlib import Path

import pytest
import stripe

from tests.process import Receiver, SandboxProcess, wait_until
from tests.stripe.story import Story, client_for, intent_id

WEBHOOK_SECRET = "whsec_configured_by_the_stack"


def test_state_and_deliveries_survive(tmp_path: Path) -> None:
    receiver = Receiver()
    process = SandboxProcess(
        tmp_path / "state.sqlite",
        SANDBOX_STRIPE_WEBHOOK_URL=receiver.url,
        SANDBOX_STRIPE_WEBHOOK_SECRET=WEBHOOK_SECRET,
    ).start()
    with client_for(process.url) as client:
        story = Story(client)
        subscription = story.subscribe(story.customer().id, story.price().id)
        paid = story.confirm(intent_id(subscription))
        process.advance(60)
        process.kill()
        process.start()
        again = story.v1.subscriptions.retrieve(subscription.id)
        assert again.status == "active"
        assert story.v1.payment_intents.retrieve(paid.id).status == "succeeded"
        assert process.admin.get("/clock").json()["offset"] == 60
        endpoints = story.v1.webhook_endpoints.list().data
        assert [endpoint.url for endpoint in endpoints] == [receiver.url], "registered once, not once per start"
        happened = {event.id for event in story.events()}
        receiver.start()
        wait_until(lambda: {json.loads(item.body)["id"] for item in receiver.received} == happened)
        for item in receiver.received:
            stripe.Webhook.construct_event(item.body, item.signature, WEBHOOK_SECRET)
        wait_until(lambda: process.deliveries() == [])
    receiver.stop()
    process.stop()


def test_kill_in_the_middle_of_many_purchases(tmp_path: Path) -> None:
    """Whatever was interrupted, no invoice is half paid: charges, intents, invoices and subscriptions agree."""
    process = SandboxProcess(tmp_path / "state.sqlite").start()
    with client_for(process.url) as client:
        price = Story(client).price().id

        def buy_until_dead() -> None:
            with client_for(process.url) as own:
                story = Story(own)
                try:
                    while True:
                        story.confirm(intent_id(story.subscribe(story.customer().id, price)))
                except stripe.APIConnectionError:
                    return

        buyers = [threading.Thread(target=buy_until_dead) for _ in range(3)]
        for buyer in buyers:
            buyer.start()
        wait_until(lambda: len(client.v1.charges.list({"limit": 20}).data) >= 12)
        process.kill()
        for buyer in buyers:
            buyer.join()
        process.start()
        subscriptions = list(
            client.v1.subscriptions.list(
                {"status": "all", "limit": 100, "expand": ["data.latest_invoice.payments"]}
            ).auto_paging_iter()
        )
        assert len(subscriptions) >= 12
        for subscription in subscriptions:
            invoice = subscription.latest_invoice
            assert isinstance(invoice, stripe.Invoice)
            assert invoice.payments is not None
            intent = client.v1.payment_intents.retrieve(str(invoice.payments.data[0].payment.payment_intent))
            charges = client.v1.charges.list({"payment_intent": intent.id}).data
            facts = (subscription.status, invoice.status, intent.status, len(charges))
            assert facts in {("active", "paid", "succeeded", 1), ("incomplete", "open", "requires_payment_method", 0)}
    process.stop()


def test_a_live_key_is_refused_at_start(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(AssertionError, match="did not start"):
        SandboxProcess(None, SANDBOX_STRIPE_SECRET_KEY="sk_live_x").start()
    said = capfd.readouterr().err
    assert "SANDBOX_STRIPE_SECRET_KEY" in said
    assert "sk_live_x" not in said
