"""Coupons at Stripe: one coupon object for each promotion code that staff make."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import stripe

from billing.admin.ports import CouponTerms, KnownCoupon
from billing.integrations.stripe.client import translated

_EXPAND = ["data.promotion.coupon"]
_EXPAND_ONE = ["promotion.coupon"]


class StripeCouponDesk:
    def __init__(self, client: stripe.StripeClient) -> None:
        self._stripe = client.v1

    @translated
    async def list_codes(
        self, *, code: str | None, is_active: bool | None, after: str, limit: int
    ) -> Sequence[KnownCoupon]:
        params: dict[str, Any] = {"limit": min(limit + 1, 100), "expand": _EXPAND}
        if code is not None:
            params["code"] = code
        if is_active is not None:
            params["active"] = is_active
        if after:
            params["starting_after"] = after
        found = await self._stripe.promotion_codes.list_async(params)  # type: ignore[arg-type] # the SDK's own TypedDict
        return [_known(promotion) for promotion in found.data]

    @translated
    async def create_code(self, key: str, terms: CouponTerms) -> KnownCoupon:
        coupon: dict[str, Any] = {"name": terms.name, "duration": terms.duration}
        if terms.percent_off is not None:
            coupon["percent_off"] = float(terms.percent_off)
        else:
            coupon |= {"amount_off": terms.amount_off, "currency": (terms.currency or "").lower()}
        if terms.duration_months is not None:
            coupon["duration_in_months"] = terms.duration_months
        made = await self._stripe.coupons.create_async(coupon, {"idempotency_key": f"coupon:{key}"})  # type: ignore[arg-type] # as above
        restrictions: dict[str, Any] = {"first_time_transaction": terms.first_time_only}
        if terms.minimum_amount is not None:
            restrictions |= {
                "minimum_amount": terms.minimum_amount,
                "minimum_amount_currency": (terms.currency or "").lower(),
            }
        promotion: dict[str, Any] = {
            "promotion": {"type": "coupon", "coupon": made.id},
            "code": terms.code,
            "restrictions": restrictions,
            "expand": _EXPAND_ONE,
        }
        if terms.max_redemptions is not None:
            promotion["max_redemptions"] = terms.max_redemptions
        if terms.expires_at is not None:
            promotion["expires_at"] = int(terms.expires_at.timestamp())
        return _known(
            await self._stripe.promotion_codes.create_async(promotion, {"idempotency_key": f"code:{key}"})  # type: ignore[arg-type] # as above
        )

    @translated
    async def get_code(self, code_id: str) -> KnownCoupon | None:
        try:
            found = await self._stripe.promotion_codes.retrieve_async(code_id, {"expand": _EXPAND_ONE})
        except stripe.InvalidRequestError as error:
            if error.code == "resource_missing":
                return None
            raise
        return _known(found)

    @translated
    async def deactivate_code(self, code_id: str) -> KnownCoupon:
        return _known(
            await self._stripe.promotion_codes.update_async(code_id, {"active": False, "expand": _EXPAND_ONE})
        )


def _known(promotion: stripe.PromotionCode) -> KnownCoupon:
    coupon = promotion.promotion.coupon
    assert isinstance(coupon, stripe.Coupon), "every call expands it"
    limits = promotion.restrictions
    return KnownCoupon(
        id=promotion.id,
        code=promotion.code,
        name=coupon.name,
        percent_off=None if coupon.percent_off is None else Decimal(str(coupon.percent_off)),
        amount_off=coupon.amount_off,
        currency=coupon.currency.upper() if coupon.currency else None,
        duration=coupon.duration,
        duration_months=coupon.duration_in_months,
        max_redemptions=promotion.max_redemptions,
        times_redeemed=promotion.times_redeemed,
        expires_at=None if promotion.expires_at is None else datetime.fromtimestamp(promotion.expires_at, UTC),
        first_time_only=limits.first_time_transaction,
        minimum_amount=limits.minimum_amount,
        minimum_currency=limits.minimum_amount_currency.upper() if limits.minimum_amount_currency else None,
        is_active=promotion.active,
        created_at=datetime.fromtimestamp(promotion.created, UTC),
    )
