"""Changing what a subscription bills: items, intervals, anchors, and how the money is asked for."""

from typing import Any

import pytest
import stripe

from tests.stripe.story import client_secret
from tests.stripe.timeline import DAY, HOUR, Timeline, amounts, at, period


def upgrade(
    timeline: Timeline, subscription: stripe.Subscription, amount: int = 6000, **more: Any
) -> stripe.Subscription:
    """Move the first item to a dearer price and invoice it at once, unless told otherwise."""
    request: Any = {
        "items": [{"id": subscription.items.data[0].id, "price": timeline.price(amount, name="Large").id}],
        "proration_behavior": "always_invoice",
        **more,
    }
    return timeline.v1.subscriptions.update(subscription.id, request)


def test_an_upgrade_invoiced_at_once(timeline: Timeline) -> None:
    timeline.go_to(at("2027-04-01"))
    subscription = timeline.running(timeline.price(3000).id)
    start, end = period(subscription)
    upgraded = upgrade(timeline, subscription, proration_date=start + 15 * DAY)
    invoice = timeline.invoices(subscription)[0]
    assert (invoice.billing_reason, invoice.status, amounts(invoice)) == ("subscription_update", "paid", [-1500, 3000])
    assert period(upgraded) == (start, end), "the period stays"
    assert {"customer.subscription.updated", "invoiceitem.created", "invoice.paid"} <= timeline.event_types()
    assert timeline.types_of(str(invoice.id)).count("invoice.created") == 1
    timeline.go_to(end + HOUR)
    assert timeline.invoices(subscription)[0].total == 6000


def test_a_downgrade_leaves_credit(timeline: Timeline) -> None:
    timeline.go_to(at("2027-04-01"))
    subscription = timeline.running(timeline.price(6000).id)
    upgrade(timeline, subscription, 3000, proration_date=period(subscription)[0] + 10 * DAY)
    invoice = timeline.invoices(subscription)[0]
    assert (invoice.total, invoice.amount_due, invoice.status) == (-2000, 0, "paid")
    assert timeline.v1.customers.retrieve(str(subscription.customer)).balance == -2000
    timeline.go_to(period(subscription)[1] + HOUR)
    renewal = timeline.invoices(subscription)[0]
    assert (renewal.total, renewal.amount_due, renewal.amount_paid) == (3000, 1000, 1000)


def test_another_interval_starts_a_new_period_now(timeline: Timeline) -> None:
    timeline.go_to(at("2027-04-01"))
    subscription = timeline.running(timeline.price(3000).id)
    start = period(subscription)[0]
    timeline.go_to(start + 15 * DAY)
    yearly = timeline.price(30000, "year", name="Yearly")
    moved = timeline.v1.subscriptions.update(
        subscription.id, {"items": [{"id": subscription.items.data[0].id, "price": yearly.id}]}
    )
    now = moved.billing_cycle_anchor
    invoice = timeline.invoices(subscription)[0]
    assert period(moved) == (now, at("2028-04-16") + now - at("2027-04-16"))
    assert (amounts(invoice)[1], invoice.status) == (30000, "paid")
    assert abs(amounts(invoice)[0] + 1500) <= 1
    timeline.go_to(period(subscription)[1] + 2 * HOUR)
    assert len(timeline.invoices(subscription)) == 2, "the old month's end is no renewal any more"


def test_the_anchor_can_be_moved_to_now(timeline: Timeline) -> None:
    subscription = timeline.running(timeline.price(3000).id)
    timeline.go_to(timeline.now + 5 * DAY)
    reset = timeline.v1.subscriptions.update(
        subscription.id, {"billing_cycle_anchor": {"type": "now"}, "proration_behavior": "none"}
    )
    assert period(reset)[0] == reset.billing_cycle_anchor
    assert amounts(timeline.invoices(subscription)[0]) == [3000], "without prorations nothing is given back"


def test_from_free_to_paid_is_billed_at_once(timeline: Timeline) -> None:
    subscription = timeline.running(timeline.price(0).id)
    paid = upgrade(timeline, subscription, 2000, proration_behavior="create_prorations")
    assert amounts(timeline.invoices(subscription)[0]) == [2000]
    assert paid.status == "active"


def test_items_come_and_go(timeline: Timeline) -> None:
    one, two, three = (timeline.price(1000 * n, name=str(n)).id for n in (1, 2, 3))
    subscription = timeline.running(one)
    items = timeline.v1.subscription_items
    added = items.create({"subscription": subscription.id, "price": two, "quantity": 3, "proration_behavior": "none"})
    assert (added.quantity, added.price.id) == (3, two)
    assert items.retrieve(added.id).id == added.id
    both = timeline.v1.subscriptions.update(
        subscription.id, {"items": [{"price": three}], "proration_behavior": "none"}
    )
    assert [item.price.id for item in both.items.data] == [one, two, three], "omitted items stay"
    with pytest.raises(stripe.InvalidRequestError, match="same price"):
        items.create({"subscription": subscription.id, "price": two})
    changed = items.update(added.id, {"metadata": {"a": "b"}, "quantity": 1, "proration_behavior": "none"})
    assert (changed.quantity, changed.metadata["a"]) == (1, "b")
    assert items.update(added.id, {"metadata": ""}).metadata.to_dict() == {}
    repriced = items.update(added.id, {"price": timeline.price(9000).id, "proration_behavior": "none"})
    assert repriced.quantity == 1
    assert items.delete(added.id, {"proration_behavior": "none"}).deleted is True
    assert [item.price.id for item in items.list({"subscription": subscription.id}).data] == [one, three]
    with pytest.raises(stripe.InvalidRequestError, match="No such"):
        items.retrieve(added.id)
    deleted: Any = {"items": [{"id": item.id, "deleted": True} for item in timeline.again(subscription).items.data]}
    with pytest.raises(stripe.InvalidRequestError, match="at least one"):
        timeline.v1.subscriptions.update(subscription.id, deleted)
    foreign: Any = {"items": [{"id": timeline.running().items.data[0].id, "quantity": 2}]}
    with pytest.raises(stripe.InvalidRequestError, match="No such subscription item"):
        timeline.v1.subscriptions.update(subscription.id, foreign)


@pytest.mark.parametrize(
    ("behavior", "status", "amount"),
    [("allow_incomplete", "past_due", 6000), ("default_incomplete", "past_due", 6000)],
)
def test_an_upgrade_that_is_not_paid(timeline: Timeline, behavior: str, status: str, amount: int) -> None:
    subscription = timeline.running(timeline.price(3000).id)
    timeline.pay_with(str(subscription.customer), "pm_card_chargeCustomerFail")
    upgraded = upgrade(timeline, subscription, amount, payment_behavior=behavior)
    assert upgraded.status == status
    assert upgraded.items.data[0].price.unit_amount == amount, "the change holds all the same"
    invoice = timeline.invoices(subscription)[0]
    assert (invoice.status, invoice.id) == ("open", upgraded.latest_invoice)
    timeline.v1.invoices.pay(str(invoice.id), {"payment_method": "pm_card_visa"})
    assert timeline.again(subscription).status == "active"


def test_error_if_incomplete_changes_nothing(timeline: Timeline) -> None:
    subscription = timeline.running(timeline.price(3000).id)
    timeline.pay_with(str(subscription.customer), "pm_card_chargeCustomerFail")
    with pytest.raises(stripe.CardError):
        upgrade(timeline, subscription, payment_behavior="error_if_incomplete")
    assert timeline.again(subscription).items.data[0].price.unit_amount == 3000
    assert len(timeline.invoices(subscription)) == 1
    assert timeline.v1.invoice_items.list({"customer": str(subscription.customer)}).data == []


def pending(timeline: Timeline) -> stripe.Subscription:
    """A subscription whose upgrade waits for its payment."""
    subscription = timeline.running(timeline.price(3000).id)
    timeline.pay_with(str(subscription.customer), "pm_card_chargeCustomerFail")
    waits = upgrade(timeline, subscription, payment_behavior="pending_if_incomplete")
    assert (waits.status, waits.items.data[0].price.unit_amount) == ("active", 3000)
    update = waits.pending_update
    assert update is not None
    assert update.subscription_items is not None
    assert update.subscription_items[0].price.unit_amount == 6000
    return waits


def test_a_pending_update_comes_true_when_paid(timeline: Timeline) -> None:
    subscription = pending(timeline)
    timeline.v1.invoices.pay(str(subscription.latest_invoice), {"payment_method": "pm_card_visa"})
    now = timeline.again(subscription)
    assert (now.pending_update, now.items.data[0].price.unit_amount) == (None, 6000)
    assert "customer.subscription.pending_update_applied" in timeline.event_types()
    timeline.go_to(timeline.now + DAY)
    assert timeline.v1.invoices.retrieve(str(subscription.latest_invoice)).status == "paid"


def test_a_pending_update_expires_after_23_hours(timeline: Timeline) -> None:
    subscription = pending(timeline)
    assert subscription.pending_update is not None
    timeline.go_to(subscription.pending_update.expires_at)
    now = timeline.again(subscription)
    assert (now.pending_update, now.status, now.items.data[0].price.unit_amount) == (None, "active", 3000)
    assert timeline.v1.invoices.retrieve(str(subscription.latest_invoice)).status == "void"
    assert "customer.subscription.pending_update_expired" in timeline.event_types()


def test_a_newer_change_replaces_a_pending_one(timeline: Timeline) -> None:
    subscription = pending(timeline)
    timeline.pay_with(str(subscription.customer), "pm_card_visa")
    now = upgrade(timeline, subscription, 9000, payment_behavior="pending_if_incomplete")
    assert (now.pending_update, now.items.data[0].price.unit_amount) == (None, 9000)
    assert timeline.v1.invoices.retrieve(str(subscription.latest_invoice)).status == "void"
    with pytest.raises(stripe.InvalidRequestError, match="pending_if_incomplete"):
        upgrade(timeline, subscription, payment_behavior="pending_if_incomplete", metadata={"a": "b"})


def test_upgrade_while_past_due(timeline: Timeline) -> None:
    subscription = timeline.running(timeline.price(3000).id)
    timeline.pay_with(str(subscription.customer), "pm_card_chargeCustomerFail")
    timeline.go_to(period(subscription)[1] + HOUR)
    assert timeline.again(subscription).status == "past_due"
    timeline.pay_with(str(subscription.customer), "pm_card_visa")
    upgraded = upgrade(timeline, timeline.again(subscription))
    assert upgraded.items.data[0].price.unit_amount == 6000
    newest, older, _ = timeline.invoices(subscription)
    assert (newest.status, older.status) == ("paid", "open"), "the open invoice is still owed"


def test_extra_items_of_an_update_wait_for_the_next_invoice(timeline: Timeline) -> None:
    subscription = timeline.running()
    extra: Any = {"price_data": {"currency": "usd", "product": timeline.domain_product().id, "unit_amount": 1200}}
    timeline.v1.subscriptions.update(subscription.id, {"add_invoice_items": [extra]})
    timeline.go_to(period(subscription)[1] + HOUR)
    assert timeline.invoices(subscription)[0].total == 4100


def test_previews_of_every_kind(timeline: Timeline) -> None:
    preview = timeline.v1.invoices.create_preview
    customer = timeline.payer()
    price = timeline.price(3000)
    new = preview({"customer": customer.id, "subscription_details": {"items": [{"price": price.id, "quantity": 2}]}})
    assert (new.total, new.status, new.billing_reason) == (6000, "draft", "upcoming")
    with pytest.raises(stripe.InvalidRequestError, match="No upcoming invoices"):
        preview({"customer": customer.id})
    subscription = timeline.running(price.id, customer=customer.id)
    assert preview({"customer": customer.id}).total == 3000
    timeline.v1.invoice_items.create({"customer": customer.id, "amount": 100, "currency": "usd"})
    assert preview({"subscription": subscription.id}).total == 3100
    assert preview({"subscription": subscription.id, "preview_mode": "recurring"}).total == 3000
    coupon = timeline.v1.coupons.create({"percent_off": 50, "duration": "once"})
    reduced = preview({"subscription": subscription.id, "discounts": [{"coupon": coupon.id}]})
    assert reduced.total == 1550
    assert timeline.v1.coupons.retrieve(coupon.id).times_redeemed == 0, "a preview redeems nothing"
    rate = timeline.v1.tax_rates.create({"display_name": "VAT", "percentage": 20, "inclusive": False})
    taxed = preview({"subscription": subscription.id, "subscription_details": {"default_tax_rates": [rate.id]}})
    assert taxed.total == 3720
    gone = preview({"subscription": subscription.id, "subscription_details": {"cancel_now": True}})
    assert gone.total == -3000
    with pytest.raises(stripe.InvalidRequestError, match="No upcoming invoices"):
        preview({"subscription": timeline.running().id, "subscription_details": {"cancel_at_period_end": True}})
    assert timeline.again(subscription).status == "active"


def test_an_upgrade_the_bank_asks_about(timeline: Timeline) -> None:
    subscription = timeline.running(timeline.price(3000).id)
    timeline.pay_with(str(subscription.customer), "pm_card_threeDSecure2Required")
    waits = upgrade(timeline, subscription, expand=["latest_invoice.confirmation_secret"])
    assert waits.status == "past_due"
    secret = client_secret(waits)
    intent = timeline.v1.payment_intents.retrieve(secret.split("_secret_")[0])
    assert intent.status == "requires_action"
    url = f"{timeline.sandbox.url}/stripe/3ds/{intent.id}/complete"
    assert timeline.sandbox.admin.post(url, data={"client_secret": secret}).status_code < 400
    assert timeline.again(subscription).status == "active"


def test_the_same_price_again_changes_nothing(timeline: Timeline) -> None:
    price = timeline.price(3000).id
    subscription = timeline.running(price)
    item = subscription.items.data[0].id
    same = timeline.v1.subscriptions.update(
        subscription.id, {"items": [{"id": item, "price": price}], "proration_behavior": "always_invoice"}
    )
    assert (len(timeline.invoices(subscription)), period(same)) == (1, period(subscription))


@pytest.mark.parametrize(("code", "old", "new", "unit"), [("jpy", 1000, 3333, 1), ("kwd", 10000, 33330, 10)])
def test_prorations_are_what_the_currency_can_express(
    timeline: Timeline, code: str, old: int, new: int, unit: int
) -> None:
    subscription = timeline.running(timeline.price(old, currency=code).id)
    start, end = period(subscription)
    dearer = timeline.price(new, currency=code).id
    timeline.v1.subscriptions.update(
        subscription.id,
        {
            "items": [{"id": subscription.items.data[0].id, "price": dearer}],
            "proration_behavior": "always_invoice",
            "proration_date": start + (end - start) // 3,
        },
    )
    invoice = timeline.invoices(subscription)[0]
    assert all(amount % unit == 0 for amount in amounts(invoice))
    assert abs(invoice.total - (new - old) * 2 / 3) <= unit
