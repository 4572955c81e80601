"""Subscriptions over HTTP. Amounts in minor units of `currency`, times in UTC."""

import uuid
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from billing.catalog.models import Interval
from billing.flows.purchase.schemas import PlanCode
from billing.kit.money import Money
from billing.subscriptions.models import (
    CancelReason,
    ChangeStatus,
    Subscription,
    SubscriptionChange,
    SubscriptionStatus,
    Timing,
)
from service_kit.fields import Line

CouponCode = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9-]{1,80}$")]


class PlanChangeIn(BaseModel):
    """`timing` `now` bills the difference at once, `period_end` changes with the next renewal."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"plan": "professional", "interval": "month", "timing": "now"}]},
    )

    plan: PlanCode
    interval: Interval
    timing: Timing = Timing.NOW


class ChangeLineOut(BaseModel):
    """A line of the invoice that the change makes; `formula` is how `amount` comes about."""

    description: str
    amount: int
    discount_amount: int
    tax_amount: int
    period_start: datetime
    period_end: datetime
    formula: str


class PlanChangeOut(BaseModel):
    """You pay `today_amount` when you confirm, then `next_amount` at `next_at`.

    `client_secret` is there when the card asks for you: confirm the payment with it, the change waits 23 hours.
    """

    id: uuid.UUID
    subscription_id: uuid.UUID
    status: ChangeStatus
    timing: Timing
    from_plan_id: uuid.UUID
    to_plan_id: uuid.UUID
    from_interval: str
    to_interval: str
    currency: str
    today_amount: int
    next_amount: int
    next_at: datetime
    summary: str
    lines: list[ChangeLineOut]
    expires_at: datetime
    effective_at: datetime | None
    applied_at: datetime | None
    client_secret: str | None = None
    pay_url: str | None = None

    @classmethod
    def of(
        cls, row: SubscriptionChange, *, client_secret: str | None = None, pay_url: str | None = None
    ) -> "PlanChangeOut":
        today, later = Money(row.today_amount, row.currency), Money(row.next_amount, row.currency)
        return cls(
            id=row.id,
            subscription_id=row.subscription_id,
            status=row.status,
            timing=row.timing,
            from_plan_id=row.from_plan_id,
            to_plan_id=row.to_plan_id,
            from_interval=row.from_interval,
            to_interval=row.to_interval,
            currency=row.currency,
            today_amount=row.today_amount,
            next_amount=row.next_amount,
            next_at=row.next_at,
            summary=f"You pay {today} today, then {later} on {row.next_at.day} {row.next_at:%B %Y}.",
            lines=[ChangeLineOut.model_validate(line) for line in row.lines],
            expires_at=row.expires_at,
            effective_at=row.effective_at,
            applied_at=row.applied_at,
            client_secret=client_secret,
            pay_url=pay_url,
        )


class SubscriptionOut(BaseModel):
    """`open_change` is a change that has not taken effect yet.

    While a renewal is not paid, `next_payment_attempt_at` is when it is tried again (null for never) and `suspends_at`
    when the license is suspended for it.
    """

    id: uuid.UUID
    order_id: uuid.UUID
    license_id: uuid.UUID | None
    plan_id: uuid.UUID
    status: SubscriptionStatus
    interval: str
    current_period_start: datetime | None
    current_period_end: datetime | None
    trial_end_at: datetime | None
    cancel_at_period_end: bool
    cancelled_at: datetime | None
    cancel_reason: CancelReason | None
    coupon_code: str | None
    next_payment_attempt_at: datetime | None
    suspends_at: datetime | None
    open_change: PlanChangeOut | None
    created_at: datetime

    @classmethod
    def of(cls, row: Subscription, change: SubscriptionChange | None) -> "SubscriptionOut":
        return cls(
            id=row.id,
            order_id=row.order_id,
            license_id=row.license_id,
            plan_id=row.plan_id,
            status=row.status,
            interval=row.interval,
            current_period_start=row.current_period_start,
            current_period_end=row.current_period_end,
            trial_end_at=row.trial_end_at,
            cancel_at_period_end=row.cancel_at_period_end,
            cancelled_at=row.cancelled_at,
            cancel_reason=row.cancel_reason,
            coupon_code=row.coupon_code,
            next_payment_attempt_at=row.next_payment_attempt_at,
            suspends_at=row.suspends_at,
            open_change=PlanChangeOut.of(change) if change is not None else None,
            created_at=row.created_at,
        )


class CancelIn(BaseModel):
    """`now` ends it at once, with `refund` the unused time is paid back; `period_end` lets it run out."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"at": "period_end", "reason": "too_expensive", "feedback": "I only need one site."}]
        },
    )

    at: Literal["now", "period_end"] = "period_end"
    refund: bool = False
    reason: CancelReason
    feedback: Line | None = None


class EndingOut(BaseModel):
    """The subscription as it ends, and what is paid back for the unused time."""

    subscription: SubscriptionOut
    refund_amount: int = Field(description="The unused time, in minor units; 0 without a refund.")
    currency: str


class ResumeOut(BaseModel):
    """A resumed subscription; with `client_secret` once that payment is confirmed."""

    subscription: SubscriptionOut
    amount_due: int
    client_secret: str | None
    pay_url: str | None


class CouponIn(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"code": "SPRING-25"}]})

    code: CouponCode


class CardOut(BaseModel):
    """A card at the payment provider. `is_default`: subscriptions are charged to it."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    brand: str
    last4: str
    exp_month: int
    exp_year: int
    is_default: bool


class CardListOut(BaseModel):
    items: list[CardOut]


class CardSetupOut(BaseModel):
    """Confirm the set-up with `client_secret` in the browser; card data goes to the payment provider only."""

    id: str
    client_secret: str
    publishable_key: str


class CardSetupIn(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"setup_id": "seti_1PxYzAbCdEfGhIjK"}]})

    setup_id: Annotated[str, StringConstraints(pattern=r"^seti_[A-Za-z0-9]{1,200}$")]
