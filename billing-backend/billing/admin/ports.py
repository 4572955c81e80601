"""What staff ask of the payment provider; `integrations/stripe` implements it.

Every call raises `PaymentProviderUnavailable` or `PaymentProviderRefused` of `billing.payments.ports`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol

Duration = Literal["once", "repeating", "forever"]


@dataclass(frozen=True, slots=True)
class CouponTerms:
    """What a code takes off: `percent_off`, or `amount_off` in minor units of `currency`.

    `duration_months` belongs to `repeating`. `minimum_amount` is in minor units of `currency`.
    """

    code: str
    name: str
    percent_off: Decimal | None
    amount_off: int | None
    currency: str | None
    duration: Duration
    duration_months: int | None
    max_redemptions: int | None
    expires_at: datetime | None
    first_time_only: bool
    minimum_amount: int | None


@dataclass(frozen=True, slots=True)
class KnownCoupon:
    """A code as the provider has it. `is_active`: somebody may still redeem it."""

    id: str
    code: str
    name: str | None
    percent_off: Decimal | None
    amount_off: int | None
    currency: str | None
    duration: str
    duration_months: int | None
    max_redemptions: int | None
    times_redeemed: int
    expires_at: datetime | None
    first_time_only: bool
    minimum_amount: int | None
    minimum_currency: str | None
    is_active: bool
    created_at: datetime


class CouponDesk(Protocol):
    async def list_codes(
        self, *, code: str | None, is_active: bool | None, after: str, limit: int
    ) -> Sequence[KnownCoupon]:
        """Return codes, newest first, one more than `limit` if there are more; `after` is the last id before them."""
        ...

    async def create_code(self, key: str, terms: CouponTerms) -> KnownCoupon:
        """Make a coupon and its code, once for each `key`."""
        ...

    async def get_code(self, code_id: str) -> KnownCoupon | None: ...

    async def deactivate_code(self, code_id: str) -> KnownCoupon:
        """Let nobody redeem the code any more; who has, keeps the discount."""
        ...
