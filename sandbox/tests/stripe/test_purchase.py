"""The main story: a subscription with a domain fee, paid in the browser, and what the merchant hears of it."""

import stripe

from tests.process import SandboxProcess
from tests.stripe.story import Story, browser, card, client_secret, intent_id

PURCHASE_EVENTS = {
    "customer.subscription.created",
    "invoice.created",
    "invoice.finalized",
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.succeeded",
    "payment_method.attached",
    "invoice.updated",
    "invoice.paid",
    "invoice.payment_succeeded",
    "invoice_payment.paid",
    "customer.subscription.updated",
}


def test_subscription_waits_for_its_first_payment(story: Story) -> None:
    fee = {"price_data": {"currency": "usd", "product": story.domain_product().id, "unit_amount": 1200}}
    subscription = story.subscribe(
        story.customer().id, story.price(29000, "year").id, add_invoice_items=[fee], metadata={"order_id": "o-1"}
    )
    invoice = subscription.latest_invoice
    assert isinstance(invoice, stripe.Invoice)
    assert subscription.status == "incomplete"
    assert (invoice.status, invoice.total, invoice.amount_due, invoice.amount_remaining) == (
        "open",
        30200,
        30200,
        30200,
    )
    assert invoice.number is not None
    assert invoice.number.endswith("-0001")
    assert invoice.billing_reason == "subscription_create"
    assert invoice.parent is not None
    assert invoice.parent.subscription_details is not None
    assert invoice.parent.subscription_details.subscription == subscription.id
    assert invoice.parent.subscription_details.metadata is not None
    assert invoice.parent.subscription_details.metadata.to_dict() == {"order_id": "o-1"}
    texts = [line.description for line in invoice.lines.data]
    assert texts == ["1 × Starter (at $290.00 / year)", "Domain example.com, 1 year"]
    plan_line, fee_line = invoice.lines.data
    item = subscription.items.data[0]
    assert plan_line.parent is not None
    assert plan_line.parent.subscription_item_details is not None
    assert plan_line.parent.subscription_item_details.subscription_item == item.id
    assert (plan_line.period.start, plan_line.period.end) == (item.current_period_start, item.current_period_end)
    assert fee_line.parent is not None
    assert fee_line.parent.invoice_item_details is not None
    assert fee_line.parent.invoice_item_details.subscription == subscription.id
    assert 365 * 86400 <= item.current_period_end - item.current_period_start <= 366 * 86400


def test_browser_pays_with_publishable_key_and_everything_follows(story: Story, sandbox: SandboxProcess) -> None:
    subscription = story.subscribe(story.customer().id, story.price().id)
    with browser(sandbox.url) as web:
        method = web.post("/payment_methods", data=card("4242424242424242")).raise_for_status().json()
        answer = web.post(
            f"/payment_intents/{intent_id(subscription)}/confirm",
            data={"payment_method": method["id"], "client_secret": client_secret(subscription)},
        )
    assert answer.headers["access-control-allow-origin"] == "*"
    paid = answer.raise_for_status().json()
    assert paid["status"] == "succeeded"
    assert "customer" not in paid, "a browser does not learn whose payment it is"
    assert "metadata" not in paid
    active = story.v1.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice.payments"]})
    assert active.status == "active"
    assert active.default_payment_method == method["id"]
    invoice = active.latest_invoice
    assert isinstance(invoice, stripe.Invoice)
    assert (invoice.status, invoice.amount_paid, invoice.amount_remaining) == ("paid", 2900, 0)
    assert invoice.attempt_count == 1
    assert invoice.payments is not None
    row = invoice.payments.data[0]
    assert (row.status, row.amount_paid, row.is_default) == ("paid", 2900, True)
    assert row.payment.payment_intent == intent_id(subscription)
    saved = story.v1.payment_methods.retrieve(method["id"])
    assert saved.customer == subscription.customer


def test_events_of_a_purchase(story: Story) -> None:
    subscription, intent = story.purchase()
    events = story.events()
    happened = {event.type for event in events} - {"customer.created", "product.created", "price.created"}
    assert happened == PURCHASE_EVENTS
    updated = next(event for event in events if event.type == "customer.subscription.updated")
    assert updated.data.previous_attributes is not None
    assert updated.data.previous_attributes["status"] == "incomplete"
    assert set(updated.data.previous_attributes.to_dict()) == {"status", "default_payment_method"}
    assert updated.data.object["id"] == subscription.id
    created = next(event for event in events if event.type == "invoice.created")
    assert created.data.object["status"] == "draft", "a snapshot shows the object as it was"
    assert created.request is not None
    assert created.request.id is not None
    assert created.request.id.startswith("req_")
    assert created.request.idempotency_key is not None
    assert {event.api_version for event in events} == {stripe.api_version}
    charge = story.v1.charges.retrieve(str(intent.latest_charge), {"expand": ["balance_transaction"]})
    assert isinstance(charge.balance_transaction, stripe.BalanceTransaction)
    assert charge.balance_transaction.net == 2900 - charge.balance_transaction.fee
    assert (charge.paid, charge.captured, charge.amount_captured) == (True, True, 2900)


def test_payment_is_found_from_the_invoice_and_the_other_way_round(story: Story) -> None:
    subscription, intent = story.purchase()
    by_invoice = story.v1.invoice_payments.list({"invoice": str(subscription.latest_invoice)})
    assert [row.payment.payment_intent for row in by_invoice.data] == [intent.id]
    by_payment = story.v1.invoice_payments.list(
        {"payment": {"type": "payment_intent", "payment_intent": intent.id}, "status": "paid"}
    )
    assert [row.invoice for row in by_payment.data] == [subscription.latest_invoice]
    assert story.v1.invoice_payments.list({"status": "canceled"}).data == []


def test_allow_incomplete_charges_the_default_card_at_once(story: Story) -> None:
    customer = story.customer(
        payment_method="pm_card_visa", invoice_settings={"default_payment_method": "pm_card_visa"}
    )
    subscription = story.v1.subscriptions.create({"customer": customer.id, "items": [{"price": story.price().id}]})
    assert subscription.status == "active"
    assert subscription.default_payment_method is None, "only save_default_payment_method sets it"


def test_trial_starts_free_and_asks_for_a_card(story: Story) -> None:
    subscription = story.subscribe(
        story.customer().id,
        story.price().id,
        trial_period_days=14,
        expand=["latest_invoice", "pending_setup_intent"],
    )
    assert subscription.status == "trialing"
    assert subscription.trial_end == subscription.items.data[0].current_period_end
    invoice, intent = subscription.latest_invoice, subscription.pending_setup_intent
    assert isinstance(invoice, stripe.Invoice)
    assert isinstance(intent, stripe.SetupIntent)
    assert (invoice.status, invoice.total) == ("paid", 0)
    assert "invoice.payment_succeeded" not in story.event_types()
    story.v1.setup_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
    ready = story.v1.subscriptions.retrieve(subscription.id)
    assert ready.pending_setup_intent is None
    assert ready.default_payment_method is not None


def test_unpaid_subscription_expires_after_23_hours(story: Story, sandbox: SandboxProcess) -> None:
    subscription = story.subscribe(story.customer().id, story.price().id)
    paid, _ = story.purchase()
    sandbox.advance(22 * 3600)
    assert story.v1.subscriptions.retrieve(subscription.id).status == "incomplete"
    sandbox.advance(3601)
    expired = story.v1.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice"]})
    assert isinstance(expired.latest_invoice, stripe.Invoice)
    assert (expired.status, expired.latest_invoice.status) == ("incomplete_expired", "void")
    assert story.v1.payment_intents.retrieve(intent_id(subscription)).status == "canceled"
    assert {"invoice.voided", "payment_intent.canceled"} <= story.event_types()
    assert story.v1.subscriptions.retrieve(paid.id).status == "active"


def test_cancel_now_and_at_period_end(story: Story) -> None:
    subscription, _ = story.purchase()
    leaving = story.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    assert leaving.cancel_at == leaving.items.data[0].current_period_end
    assert leaving.status == "active"
    staying = story.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": False})
    assert (staying.cancel_at, staying.canceled_at) == (None, None)
    gone = story.v1.subscriptions.cancel(subscription.id, {"cancellation_details": {"comment": "bye"}})
    assert (gone.status, gone.ended_at is not None) == ("canceled", True)
    assert gone.cancellation_details is not None
    assert (gone.cancellation_details.comment, gone.cancellation_details.reason) == ("bye", "cancellation_requested")
    assert "customer.subscription.deleted" in story.event_types()
    assert story.v1.subscriptions.list().data == []
    assert [found.id for found in story.v1.subscriptions.list({"status": "all"}).data] == [subscription.id]
    story.v1.subscriptions.update(subscription.id, {"metadata": {"why": "bye"}})
