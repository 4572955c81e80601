"""Promotion codes: what customers type, and what keeps them from using it."""

from typing import Any

import pytest
import stripe

from tests.process import SandboxProcess
from tests.stripe.story import Story
from tests.stripe.test_coupons import coupon, latest, sums


def code(story: Story, **values: Any) -> stripe.PromotionCode:
    """A code for 25 % off."""
    coupon_id = values.pop("coupon", None) or coupon(story).id
    request: Any = {"promotion": {"type": "coupon", "coupon": coupon_id}, **values}
    return story.v1.promotion_codes.create(request)


def use(story: Story, promotion: stripe.PromotionCode, customer: str | None = None) -> stripe.Invoice:
    """The first invoice of a subscription bought with the code."""
    subscription = story.subscribe(
        customer or story.customer().id,
        story.price(4000).id,
        discounts=[{"promotion_code": promotion.id}],
        expand=[],
    )
    return latest(story, subscription)


def test_upper_and_lower_case_are_one(story: Story) -> None:
    made = code(story, code="Welcome-2027")
    assert (made.code, made.active, made.promotion.type) == ("Welcome-2027", True, "coupon")
    for typed in ("welcome-2027", "WELCOME-2027"):
        assert [found.id for found in story.v1.promotion_codes.list({"code": typed}).data] == [made.id]
    with pytest.raises(stripe.InvalidRequestError, match="already exists"):
        code(story, code="WELCOME-2027")
    story.v1.promotion_codes.update(made.id, {"active": False, "metadata": {"a": "1"}})
    again = code(story, code="WELCOME-2027")
    assert [found.id for found in story.v1.promotion_codes.list({"active": True}).data] == [again.id]
    with pytest.raises(stripe.InvalidRequestError, match="already exists"):
        story.v1.promotion_codes.update(made.id, {"active": True})
    with pytest.raises(stripe.InvalidRequestError, match="letters, digits"):
        code(story, code="no spaces please")
    assert len(code(story).code) == 8


def test_using_a_code(story: Story) -> None:
    made = code(story, max_redemptions=1)
    invoice = use(story, made)
    assert sums(invoice) == (4000, 1000, 3000)
    expanded = story.v1.invoices.retrieve(str(invoice.id), {"expand": ["discounts.promotion_code"]})
    (discount,) = expanded.discounts
    assert isinstance(discount, stripe.Discount)
    assert isinstance(discount.promotion_code, stripe.PromotionCode)
    used = story.v1.promotion_codes.retrieve(made.id, {"expand": ["promotion.coupon"]})
    assert (used.times_redeemed, used.active) == (1, False)
    assert isinstance(used.promotion.coupon, stripe.Coupon)
    assert used.promotion.coupon.times_redeemed == 1
    with pytest.raises(stripe.InvalidRequestError, match="no longer active"):
        use(story, made)


def test_codes_end(story: Story, sandbox: SandboxProcess) -> None:
    made = code(story, expires_at=story.customer().created + 1000)
    sandbox.advance(2000)
    assert story.v1.promotion_codes.retrieve(made.id).active is False
    with pytest.raises(stripe.InvalidRequestError, match="expired"):
        use(story, made)
    off = coupon(story)
    of_deleted = code(story, coupon=off.id)
    story.v1.coupons.delete(off.id)
    assert story.v1.promotion_codes.retrieve(of_deleted.id).active is False
    with pytest.raises(stripe.InvalidRequestError, match="expires_at"):
        code(story, expires_at=1000)
    limited = coupon(story, max_redemptions=3)
    with pytest.raises(stripe.InvalidRequestError, match="above the coupon's own"):
        code(story, coupon=limited.id, max_redemptions=4)


def test_restrictions(story: Story) -> None:
    first = code(story, restrictions={"first_time_transaction": True})
    subscription, _ = story.purchase()
    with pytest.raises(stripe.InvalidRequestError, match="prior transactions"):
        use(story, first, str(subscription.customer))
    assert sums(use(story, first))[1] == 1000
    personal = code(story, customer=story.customer().id)
    with pytest.raises(stripe.InvalidRequestError, match="another customer"):
        use(story, personal)
    assert sums(use(story, personal, str(personal.customer)))[1] == 1000
    dear = code(story, restrictions={"minimum_amount": 4001, "minimum_amount_currency": "usd"})
    with pytest.raises(stripe.InvalidRequestError, match="minimum amount"):
        use(story, dear)
    assert story.v1.promotion_codes.retrieve(dear.id).times_redeemed == 0, "a refused purchase redeems nothing"
    fits = code(story, restrictions={"minimum_amount": 4000, "minimum_amount_currency": "usd"})
    assert sums(use(story, fits)) == (4000, 1000, 3000)
    with pytest.raises(stripe.InvalidRequestError, match="minimum_amount_currency"):
        code(story, restrictions={"minimum_amount": 4000})
