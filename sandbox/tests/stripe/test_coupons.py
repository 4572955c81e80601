"""Coupons and promotion codes on customers, subscriptions, items and invoices."""

from typing import Any

import pytest
import stripe

from tests.process import SandboxProcess
from tests.stripe.story import Story, intent_id

DAY = 86400


def coupon(story: Story, **values: Any) -> stripe.Coupon:
    """A coupon; 25 % off once unless told otherwise."""
    if "amount_off" in values:
        values.setdefault("currency", "usd")
    else:
        values.setdefault("percent_off", 25)
    return story.v1.coupons.create(values)  # type: ignore[arg-type] # tests pass what the TypedDict spells out


def draft(story: Story, customer: str, *amounts: int, **more: Any) -> stripe.Invoice:
    """A draft with lines of these amounts."""
    request: Any = {"customer": customer, "currency": "usd", **more}
    invoice = story.v1.invoices.create(request)
    for amount in amounts:
        story.v1.invoice_items.create(
            {"customer": customer, "invoice": invoice.id, "amount": amount, "currency": "usd"}
        )
    return story.v1.invoices.retrieve(invoice.id)


def sums(invoice: stripe.Invoice) -> tuple[int, int, int]:
    """Subtotal, discounts and total."""
    return invoice.subtotal, sum(entry.amount for entry in invoice.total_discount_amounts or []), invoice.total


def latest(story: Story, subscription: stripe.Subscription) -> stripe.Invoice:
    """The newest invoice of a subscription."""
    return story.v1.invoices.retrieve(str(subscription.latest_invoice))


def test_life_of_a_coupon(story: Story, sandbox: SandboxProcess) -> None:
    made = coupon(story, id="SPRING", percent_off=12.5, max_redemptions=2, name="Spring")
    assert (made.id, made.percent_off, made.duration, made.valid, made.times_redeemed) == (
        "SPRING",
        12.5,
        "once",
        True,
        0,
    )
    changed = story.v1.coupons.update("SPRING", {"name": "Summer", "metadata": {"a": "1"}})
    assert changed.name == "Summer"
    with pytest.raises(stripe.InvalidRequestError, match="already exists"):
        coupon(story, id="SPRING")
    gone = story.v1.coupons.delete("SPRING")
    assert gone.deleted is True
    with pytest.raises(stripe.InvalidRequestError, match="No such coupon"):
        story.v1.coupons.retrieve("SPRING")
    assert coupon(story, id="SPRING").times_redeemed == 0, "the id is free again"
    assert {"coupon.created", "coupon.updated", "coupon.deleted"} <= story.event_types()
    short = coupon(story, redeem_by=story.customer().created + 1000)
    sandbox.advance(2000)
    assert story.v1.coupons.retrieve(short.id).valid is False
    with pytest.raises(stripe.InvalidRequestError) as caught:
        story.subscribe(story.customer().id, story.price().id, discounts=[{"coupon": short.id}])
    assert caught.value.code == "coupon_expired"


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"percent_off": 10, "amount_off": 10, "currency": "usd"},
        {"percent_off": 101},
        {"percent_off": 0},
        {"amount_off": 100},
        {"percent_off": 10, "duration": "repeating"},
        {"percent_off": 10, "duration_in_months": 3},
        {"percent_off": 10, "redeem_by": 1000},
        {"percent_off": 10, "max_redemptions": 0},
        {"percent_off": 10, "applies_to": {"products": ["prod_none"]}},
        {"amount_off": 15, "currency": "kwd"},
        {"percent_off": 10, "id": "white space"},
    ],
)
def test_impossible_coupons_are_refused(story: Story, values: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        story.v1.coupons.create(values)
    assert story.v1.coupons.list().data == []


def test_an_amount_is_split_over_the_lines(story: Story) -> None:
    invoice = draft(story, story.customer().id, 1000, 2000)
    off = coupon(story, amount_off=500)
    invoice = story.v1.invoices.update(invoice.id, {"discounts": [{"coupon": off.id}], "expand": ["discounts"]})
    assert sums(invoice) == (3000, 500, 2500)
    assert [line.discount_amounts[0].amount for line in invoice.lines.data if line.discount_amounts] == [166, 334]
    (discount,) = invoice.discounts
    assert isinstance(discount, stripe.Discount)
    assert (discount.source.coupon, discount.invoice, discount.promotion_code) == (off.id, invoice.id, None)
    assert sums(story.v1.invoices.update(invoice.id, {"discounts": ""})) == (3000, 0, 3000)


def test_several_discounts_follow_one_another(story: Story) -> None:
    half, ten = coupon(story, percent_off=50), coupon(story, amount_off=1000)
    customer = story.customer().id
    first = draft(story, customer, 3000)
    both = story.v1.invoices.update(first.id, {"discounts": [{"coupon": half.id}, {"coupon": ten.id}]})
    assert [entry.amount for entry in both.total_discount_amounts or []] == [1500, 1000]
    swapped = story.v1.invoices.update(first.id, {"discounts": [{"coupon": ten.id}, {"coupon": half.id}]})
    assert [entry.amount for entry in swapped.total_discount_amounts or []] == [1000, 1000]
    more = coupon(story, amount_off=9_999_999)
    free = story.v1.invoices.update(first.id, {"discounts": [{"coupon": more.id}]})
    assert sums(free) == (3000, 3000, 0)
    assert story.v1.invoices.finalize_invoice(first.id).status == "paid"
    with pytest.raises(stripe.InvalidRequestError, match="once to the same object"):
        draft(story, customer, discounts=[{"coupon": half.id}, {"coupon": half.id}])


def test_only_some_products_and_lines(story: Story) -> None:
    price = story.price(3000, name="Hosting")
    off = coupon(story, percent_off=50, applies_to={"products": [str(price.product)]})
    domain = {"product": story.domain_product().id, "currency": "usd", "unit_amount": 1200}
    subscription = story.subscribe(
        story.customer().id,
        price.id,
        discounts=[{"coupon": off.id}],
        add_invoice_items=[{"price_data": domain}],
        expand=[],
    )
    assert sums(latest(story, subscription)) == (4200, 1500, 2700)
    assert story.v1.coupons.retrieve(off.id, {"expand": ["applies_to"]}).applies_to is not None
    undiscountable = draft(story, story.customer().id, discounts=[{"coupon": coupon(story, percent_off=10).id}])
    request: Any = {"customer": str(undiscountable.customer), "invoice": undiscountable.id, "currency": "usd"}
    fixed: Any = {**request, "amount": 1000, "discountable": False}
    story.v1.invoice_items.create(fixed)
    minus: Any = {**request, "amount": -200}
    credit = story.v1.invoice_items.create(minus)
    assert credit.discountable is False, "credits are not reduced"
    assert sums(story.v1.invoices.retrieve(undiscountable.id)) == (800, 0, 800)


def test_a_discount_of_an_item_comes_first(story: Story) -> None:
    item_off, whole_off = coupon(story, amount_off=400), coupon(story, percent_off=50)
    price = story.price(2000)
    subscription = story.subscribe(
        story.customer().id,
        price.id,
        items=[{"price": price.id, "discounts": [{"coupon": item_off.id}]}],
        discounts=[{"coupon": whole_off.id}],
        expand=["items.data.discounts"],
    )
    invoice = latest(story, subscription)
    assert invoice.subtotal == 1600, "what an item is reduced by is in the subtotal already"
    assert sums(invoice) == (1600, 1200, 800)
    assert [entry.amount for entry in invoice.lines.data[0].discount_amounts or []] == [400, 800]


def test_once_is_only_the_first_invoice(story: Story) -> None:
    subscription = story.subscribe(
        story.customer().id, story.price(4000).id, discounts=[{"coupon": coupon(story).id}], expand=[]
    )
    assert sums(latest(story, subscription)) == (4000, 1000, 3000)
    assert story.v1.subscriptions.retrieve(subscription.id).discounts == []
    types = {event.type for event in story.events()}
    assert {"customer.discount.created", "customer.discount.deleted"} <= types
    forever = coupon(story, duration="forever")
    kept = story.subscribe(story.customer().id, story.price().id, discounts=[{"coupon": forever.id}], expand=[])
    assert len(kept.discounts) == 1


def test_repeating_ends_with_its_months(story: Story, sandbox: SandboxProcess) -> None:
    off = coupon(story, duration="repeating", duration_in_months=2)
    subscription = story.subscribe(
        story.customer().id, story.price().id, discounts=[{"coupon": off.id}], expand=["discounts"]
    )
    (discount,) = subscription.discounts
    assert isinstance(discount, stripe.Discount)
    assert discount.end is not None
    assert 58 * DAY <= discount.end - discount.start <= 62 * DAY
    story.confirm(intent_id(story.v1.subscriptions.retrieve(subscription.id, _secret())))
    sandbox.advance(63 * DAY)
    assert story.v1.subscriptions.retrieve(subscription.id).discounts == []
    deleted = [event for event in story.events() if event.type == "customer.discount.deleted"]
    assert deleted[0].data.object["id"] == discount.id


def _secret() -> Any:
    return {"expand": ["latest_invoice.confirmation_secret"]}


def test_redemptions_are_counted_and_limited(story: Story) -> None:
    off = coupon(story, max_redemptions=1)
    price = story.price().id
    story.subscribe(story.customer().id, price, discounts=[{"coupon": off.id}])
    used = story.v1.coupons.retrieve(off.id)
    assert (used.times_redeemed, used.valid) == (1, False)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        story.subscribe(story.customer().id, price, discounts=[{"coupon": off.id}])
    assert caught.value.code == "coupon_expired"
    euro = story.price(currency="eur").id
    with pytest.raises(stripe.InvalidRequestError, match="in usd and cannot"):
        story.subscribe(story.customer().id, euro, discounts=[{"coupon": coupon(story, amount_off=5).id}])


def test_currencies_of_a_coupon(story: Story) -> None:
    off = coupon(story, amount_off=500, currency_options={"eur": {"amount_off": 400}})
    euro = story.price(2000, currency="eur").id
    subscription = story.subscribe(story.customer().id, euro, discounts=[{"coupon": off.id}], expand=[])
    assert sums(latest(story, subscription)) == (2000, 400, 1600)
    assert story.v1.coupons.retrieve(off.id, {"expand": ["currency_options"]}).currency_options is not None


def test_discounts_of_a_subscription_change(story: Story) -> None:
    old, new = coupon(story, duration="forever"), coupon(story, duration="forever", percent_off=50)
    subscription, _ = story.purchase()
    changed = story.v1.subscriptions.update(subscription.id, {"discounts": [{"coupon": old.id}]})
    kept: Any = changed.discounts[0]
    both = story.v1.subscriptions.update(
        subscription.id, {"discounts": [{"discount": kept}, {"coupon": new.id}], "expand": ["discounts"]}
    )
    assert [getattr(discount, "id", None) == kept for discount in both.discounts] == [True, False]
    assert story.v1.coupons.retrieve(old.id).times_redeemed == 1, "a discount that stays is not redeemed again"
    removed = story.v1.subscriptions.delete_discount(subscription.id)
    assert removed.id == kept
    assert story.v1.subscriptions.retrieve(subscription.id).discounts == []
    with pytest.raises(stripe.InvalidRequestError, match="No active discount"):
        story.v1.subscriptions.delete_discount(subscription.id)


def test_a_customer_with_a_discount(story: Story, sandbox: SandboxProcess) -> None:
    customer, off = story.customer(), coupon(story, duration="forever", percent_off=10)
    answer = sandbox.admin.post(f"/stripe/customers/{customer.id}/discount", json={"coupon": off.id})
    assert answer.status_code == 201
    held = story.v1.customers.retrieve(customer.id, {"expand": ["discount.source.coupon"]}).discount
    assert held is not None
    assert isinstance(held.source.coupon, stripe.Coupon)
    assert sums(draft(story, customer.id, 1000)) == (1000, 100, 900)
    assert sums(draft(story, customer.id, 1000, discounts="")) == (1000, 0, 1000)
    price = story.price(2000).id
    own = story.subscribe(customer.id, price, discounts=[{"coupon": coupon(story, percent_off=50).id}], expand=[])
    assert sums(latest(story, own)) == (2000, 1000, 1000), "the subscription's own discount replaces the customer's"
    story.v1.customers.delete_discount(customer.id)
    assert story.v1.customers.retrieve(customer.id).discount is None
    assert sums(draft(story, customer.id, 1000)) == (1000, 0, 1000)
    assert sandbox.admin.post(f"/stripe/customers/{customer.id}/discount", json={"coupon": "x"}).status_code == 400
    assert sandbox.admin.post("/stripe/customers/cus_x/discount", json={"coupon": off.id}).status_code == 404


def test_once_through_renewals_and_changes(story: Story, sandbox: SandboxProcess) -> None:
    price, dearer = story.price(4000), story.price(9000)
    customer = story.customer(
        payment_method="pm_card_visa", invoice_settings={"default_payment_method": "pm_card_visa"}
    )
    off: Any = [{"coupon": coupon(story, duration="once").id}]
    subscription = story.v1.subscriptions.create(
        {"customer": customer.id, "items": [{"price": price.id}], "discounts": off}
    )
    assert sums(latest(story, subscription)) == (4000, 1000, 3000)
    sandbox.advance(32 * DAY)
    renewed = story.v1.subscriptions.retrieve(subscription.id)
    assert sums(latest(story, renewed)) == (4000, 0, 4000)
    assert latest(story, renewed).billing_reason == "subscription_cycle"
    given_later = story.v1.subscriptions.update(subscription.id, {"discounts": off})
    assert len(given_later.discounts) == 1
    item = given_later["items"].data[0].id
    changed = story.v1.subscriptions.update(
        subscription.id,
        {
            "items": [{"id": item, "price": dearer.id}],
            "proration_behavior": "none",
            "billing_cycle_anchor": {"type": "now"},
        },
    )
    assert latest(story, changed).total_discount_amounts, "the first invoice after it takes it"
    assert sums(latest(story, changed)) == (9000, 2250, 6750)
    assert changed.discounts == [], "and then it is gone"
    sandbox.advance(32 * DAY)
    assert sums(latest(story, story.v1.subscriptions.retrieve(subscription.id))) == (9000, 0, 9000)


def test_repeating_counts_months_not_invoices(story: Story, sandbox: SandboxProcess) -> None:
    customer = story.customer(
        payment_method="pm_card_visa", invoice_settings={"default_payment_method": "pm_card_visa"}
    )
    off = coupon(story, duration="repeating", duration_in_months=2)
    subscription = story.v1.subscriptions.create(
        {"customer": customer.id, "items": [{"price": story.price(4000).id}], "discounts": [{"coupon": off.id}]}
    )
    for _ in range(3):
        sandbox.advance(31 * DAY)
    totals = [invoice.total for invoice in story.v1.invoices.list({"subscription": subscription.id}).data]
    assert totals == [4000, 4000, 3000, 3000]
