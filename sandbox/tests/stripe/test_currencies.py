"""Currencies with no, two and three decimals."""

import pytest
import stripe

from sandbox.stripe.objects.currencies import decimals, minimum
from sandbox.stripe.objects.fields import money
from tests.stripe.story import Story, intent_id
from tests.stripe.test_coupons import coupon
from tests.stripe.test_taxes import rate


def test_how_amounts_are_written() -> None:
    assert [decimals(code) for code in ("jpy", "usd", "kwd", "isk")] == [0, 2, 3, 2]
    assert [money(amount, code) for amount, code in ((500, "jpy"), (-2900, "usd"), (1250, "kwd"))] == [
        "¥500",
        "-$29.00",
        "1.250 KWD",
    ]
    assert [minimum(code) for code in ("usd", "gbp", "jpy", "huf")] == [50, 30, 50, 17500]


def test_no_decimals(story: Story) -> None:
    price = story.price(501, currency="jpy")
    subscription = story.subscribe(
        story.customer().id,
        price.id,
        discounts=[{"coupon": coupon(story, percent_off=33).id}],
        default_tax_rates=[rate(story, 10)],
    )
    invoice = subscription.latest_invoice
    assert isinstance(invoice, stripe.Invoice)
    assert (invoice.subtotal, invoice.total_excluding_tax, invoice.total) == (501, 336, 370)
    intent = story.confirm(intent_id(subscription))
    assert (intent.amount_received, intent.currency) == (370, "jpy")
    with pytest.raises(stripe.InvalidRequestError, match="¥371") as caught:
        story.v1.refunds.create({"payment_intent": intent.id, "amount": 371})
    assert caught.value.param == "amount"


def test_three_decimals_come_in_tens(story: Story) -> None:
    customer = story.customer().id
    for refused in (
        lambda: story.price(1235, currency="kwd"),
        lambda: story.v1.payment_intents.create({"amount": 1235, "currency": "kwd"}),
        lambda: story.v1.invoice_items.create({"customer": customer, "amount": 1235, "currency": "kwd"}),
    ):
        with pytest.raises(stripe.InvalidRequestError, match="evenly divisible by 10"):
            refused()
    subscription = story.subscribe(
        customer,
        story.price(9990, currency="kwd").id,
        discounts=[{"coupon": coupon(story, percent_off=15).id}],
        default_tax_rates=[rate(story, 5)],
    )
    invoice = subscription.latest_invoice
    assert isinstance(invoice, stripe.Invoice)
    assert (invoice.total_excluding_tax, invoice.total) == (8490, 8910), "discount and tax are whole tens as well"
    intent = story.confirm(intent_id(subscription))
    with pytest.raises(stripe.InvalidRequestError, match="evenly divisible"):
        story.v1.refunds.create({"payment_intent": intent.id, "amount": 5})
    assert story.v1.refunds.create({"payment_intent": intent.id, "amount": 10}).amount == 10


@pytest.mark.parametrize(("code", "least"), [("usd", 50), ("gbp", 30), ("jpy", 50), ("kwd", 500), ("huf", 17500)])
def test_the_least_that_is_charged(story: Story, code: str, least: int) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        story.v1.payment_intents.create({"currency": code, "amount": least - 10})
    assert caught.value.code == "amount_too_small"
    assert story.v1.payment_intents.create({"currency": code, "amount": least}).amount == least
