"""Stripe's promotion codes as coupons of ours."""

from decimal import Decimal

import stripe

from billing.subscriptions.ports import Coupon


def coupon_of(promotion: stripe.PromotionCode) -> Coupon | None:
    """Return an active code's coupon, which the call has to expand; None for a promotion of another kind."""
    coupon = promotion.promotion.coupon
    if not isinstance(coupon, stripe.Coupon):
        return None
    customer = promotion.customer
    limits = promotion.restrictions
    return Coupon(
        promotion_code_id=promotion.id,
        code=promotion.code,
        percent_off=None if coupon.percent_off is None else Decimal(str(coupon.percent_off)),
        amount_off=coupon.amount_off,
        currency=coupon.currency.upper() if coupon.currency else None,
        first_time_only=limits.first_time_transaction,
        customer_id=customer if customer is None or isinstance(customer, str) else customer.id,
        minimum_amount=limits.minimum_amount,
        is_forever=coupon.duration == "forever",
        minimum_currency=limits.minimum_amount_currency.upper() if limits.minimum_amount_currency else None,
    )
