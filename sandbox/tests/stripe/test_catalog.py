"""Products and prices, customers, subscriptions and intents that cannot be."""

from typing import Any

import pytest
import stripe

from tests.stripe.story import Story


def test_lookup_keys_move_on_request(story: Story) -> None:
    first = story.price(lookup_key="starter_monthly")
    with pytest.raises(stripe.InvalidRequestError, match="already uses that lookup key"):
        story.price(lookup_key="starter_monthly")
    second = story.price(3900, lookup_key="starter_monthly", transfer_lookup_key=True)
    found = story.v1.prices.list({"lookup_keys": ["starter_monthly", "other"], "expand": ["data.product"]}).data
    assert [price.id for price in found] == [second.id]
    assert isinstance(found[0].product, stripe.Product)
    assert story.v1.prices.retrieve(first.id).lookup_key is None


def test_prices_do_not_change(story: Story) -> None:
    price = story.price()
    changed = story.v1.prices.update(price.id, {"active": False, "nickname": "old", "metadata": {"a": "1"}})
    assert (changed.active, changed.nickname, changed.unit_amount) == (False, "old", 2900)
    with pytest.raises(stripe.InvalidRequestError, match="unknown parameter"):
        story.v1.prices.update(price.id, {"unit_amount": 1})  # type: ignore[arg-type] # refused is the point
    with pytest.raises(stripe.InvalidRequestError, match="inactive"):
        story.subscribe(story.customer().id, price.id)
    assert story.v1.prices.list({"active": True}).data == []
    assert [found.id for found in story.v1.prices.list({"recurring": {"interval": "month"}}).data] == [price.id]


def test_products(story: Story) -> None:
    product = story.v1.products.create({"id": "starter", "name": "Starter", "metadata": {"plan": "starter"}})
    assert product.id == "starter"
    with pytest.raises(stripe.InvalidRequestError, match="already exists"):
        story.v1.products.create({"id": "starter", "name": "Starter"})
    renamed = story.v1.products.update("starter", {"name": "Starter 2", "active": False})
    assert (renamed.name, renamed.active) == ("Starter 2", False)
    price = story.v1.prices.create({"product": "starter", "currency": "usd", "unit_amount": 100})
    with pytest.raises(stripe.InvalidRequestError, match="cannot be deleted"):
        story.v1.products.delete("starter")
    assert story.v1.products.update("starter", {"default_price": price.id}).default_price == price.id
    other = story.v1.products.create({"name": "Other", "default_price_data": {"currency": "eur", "unit_amount": 5}})
    assert isinstance(other.default_price, str)
    lone = story.v1.products.create({"name": "Lone"})
    assert story.v1.products.delete(lone.id).deleted is True
    assert [found.id for found in story.v1.products.list({"active": True}).data] == [other.id]


def test_customers(story: Story) -> None:
    customer = story.customer(address={"city": "Graz", "country": "AT"}, phone="+43", tax_exempt="reverse")
    assert customer.address is not None
    assert (customer.address.city, customer.address.line1, customer.tax_exempt) == ("Graz", None, "reverse")
    changed = story.v1.customers.update(customer.id, {"phone": "", "name": "Bob"})
    assert (changed.phone, changed.name, changed.email) == (None, "Bob", "ann@example.com")
    with pytest.raises(stripe.InvalidRequestError) as caught:
        story.customer(email="nonsense")
    assert caught.value.code == "email_invalid"
    subscription = story.subscribe(customer.id, story.price().id)
    assert story.v1.customers.delete(customer.id).deleted is True
    assert story.v1.customers.retrieve(customer.id).deleted is True
    assert story.v1.subscriptions.retrieve(subscription.id).status == "incomplete_expired"
    with pytest.raises(stripe.InvalidRequestError, match="similar object exists"):
        story.subscribe(customer.id, story.price().id)


def test_subscriptions_that_cannot_be(story: Story) -> None:
    customer, price = story.customer().id, story.price().id
    once = story.v1.prices.create({"currency": "usd", "unit_amount": 100, "product_data": {"name": "Once"}}).id
    euro = story.price(currency="eur").id
    for items in ([{"price": once}], [{"price": price}, {"price": price}], [{"price": price}, {"price": euro}], []):
        with pytest.raises(stripe.InvalidRequestError):
            story.subscribe(customer, price, items=items)
    with pytest.raises(stripe.InvalidRequestError, match="type=one_time"):
        story.subscribe(customer, price, add_invoice_items=[{"price": price}])
    with pytest.raises(stripe.InvalidRequestError, match="no attached payment source"):
        story.v1.subscriptions.create({"customer": customer, "items": [{"price": price}]})
    assert story.v1.subscriptions.list({"status": "all"}).data == []


def test_error_if_incomplete_leaves_nothing(story: Story) -> None:
    customer = story.customer(
        payment_method="pm_card_chargeCustomerFail",
        invoice_settings={"default_payment_method": "pm_card_chargeCustomerFail"},
    )
    request: Any = {"customer": customer.id, "items": [{"price": story.price().id}]}
    strict: Any = {**request, "payment_behavior": "error_if_incomplete"}
    with pytest.raises(stripe.CardError):
        story.v1.subscriptions.create(strict)
    assert story.v1.subscriptions.list({"status": "all"}).data == []
    kept = story.v1.subscriptions.create(request)
    assert kept.status == "incomplete"
    with pytest.raises(stripe.InvalidRequestError, match="while it is incomplete"):
        story.v1.subscriptions.update(kept.id, {"cancel_at_period_end": True})


def test_intents_refuse_what_their_state_forbids(story: Story) -> None:
    with pytest.raises(stripe.InvalidRequestError) as small:
        story.v1.payment_intents.create({"amount": 49, "currency": "usd"})
    assert small.value.code == "amount_too_small"
    intent = story.v1.payment_intents.create({"amount": 1000, "currency": "usd", "metadata": {"a": "1"}})
    with pytest.raises(stripe.InvalidRequestError, match="missing a payment method"):
        story.v1.payment_intents.confirm(intent.id)
    changed = story.v1.payment_intents.update(intent.id, {"amount": 1500, "payment_method": "pm_card_visa"})
    assert (changed.amount, changed.status) == (1500, "requires_confirmation")
    done = story.v1.payment_intents.confirm(intent.id)
    assert (done.status, done.amount_received) == ("succeeded", 1500)
    for call in (story.v1.payment_intents.confirm, story.v1.payment_intents.cancel):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            call(intent.id)
        assert caught.value.code == "payment_intent_unexpected_state"
        assert caught.value.error is not None
        assert caught.value.error.payment_intent is not None
    other = story.v1.payment_intents.create({"amount": 1000, "currency": "usd"})
    gone = story.v1.payment_intents.cancel(other.id, {"cancellation_reason": "abandoned"})
    assert (gone.status, gone.cancellation_reason) == ("canceled", "abandoned")
    assert [found.id for found in story.v1.payment_intents.list().data] == [other.id, intent.id]


def test_an_archived_product_is_not_sold_any_more(story: Story) -> None:
    subscription, _ = story.purchase()
    price = subscription["items"].data[0].price
    story.v1.products.update(price.product, {"active": False})
    with pytest.raises(stripe.InvalidRequestError) as caught:
        story.subscribe(story.customer().id, price.id)
    assert caught.value.code == "product_inactive"
    assert story.v1.subscriptions.retrieve(subscription.id).status == "active", "who has it keeps it"
