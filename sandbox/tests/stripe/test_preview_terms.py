"""Previews that suppose discounts, taxes, items or another address, and leave nothing behind."""

from typing import Any

from tests.stripe.story import Story
from tests.stripe.test_coupons import coupon, sums
from tests.stripe.test_taxes import rate, taxes


def test_supposing_a_coupon_an_item_and_an_address(story: Story) -> None:
    subscription, _ = story.purchase()
    off = coupon(story, percent_off=50)
    fee: Any = {"amount": 1100, "currency": "usd", "description": "fee", "tax_rates": [rate(story, 10)]}
    plain = story.v1.invoices.create_preview({"subscription": subscription.id})
    assert sums(plain) == (2900, 0, 2900)
    preview = story.v1.invoices.create_preview(
        {"subscription": subscription.id, "discounts": [{"coupon": off.id}], "invoice_items": [fee]}
    )
    assert sums(preview) == (4000, 2000, 2055)
    assert [tax[:2] for tax in taxes(preview)] == [(55, "exclusive")]
    assert story.v1.coupons.retrieve(off.id).times_redeemed == 0
    assert story.v1.invoice_items.list({"customer": str(subscription.customer), "pending": True}).data == []
    details: Any = {"address": {"country": "AT"}}
    taxed = story.v1.invoices.create_preview(
        {"subscription": subscription.id, "automatic_tax": {"enabled": True}, "customer_details": details}
    )
    assert (taxed.total, taxed.automatic_tax.status) == (3480, "complete")
    exempt: Any = {"address": {"country": "AT"}, "tax_exempt": "reverse"}
    reverse = story.v1.invoices.create_preview(
        {"subscription": subscription.id, "automatic_tax": {"enabled": True}, "customer_details": exempt}
    )
    assert [tax[2] for tax in taxes(reverse)] == ["reverse_charge"]
    assert story.v1.customers.retrieve(str(subscription.customer)).address is None
    assert story.v1.tax_rates.list().data[0].percentage == 10, "no rate was left behind"


def test_a_new_purchase_with_a_code(story: Story) -> None:
    price, off = story.price(4000), coupon(story, percent_off=25)
    promotion: Any = {"type": "coupon", "coupon": off.id}
    code = story.v1.promotion_codes.create({"promotion": promotion, "code": "TRY"})
    details: Any = {"items": [{"price": price.id}]}
    preview = story.v1.invoices.create_preview(
        {
            "customer": story.customer().id,
            "subscription_details": details,
            "discounts": [{"promotion_code": code.id}],
        }
    )
    assert sums(preview) == (4000, 1000, 3000)
    assert story.v1.promotion_codes.retrieve(code.id).times_redeemed == 0
