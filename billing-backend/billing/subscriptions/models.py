import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Boolean, DateTime, ForeignKey, Index, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from billing.kit.db import Base
from service_kit.db import CreatedAt, Currency, Timestamp, UpdatedAt, UuidPk, enum_text, one_of


class SubscriptionStatus(StrEnum):
    INCOMPLETE = "incomplete"
    TRIALING = "trialing"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    UNPAID = "unpaid"
    PAUSED = "paused"
    CANCELLED = "cancelled"


class CancelReason(StrEnum):
    """Why a customer leaves; the payment provider's words."""

    TOO_EXPENSIVE = "too_expensive"
    MISSING_FEATURES = "missing_features"
    SWITCHED_SERVICE = "switched_service"
    UNUSED = "unused"
    CUSTOMER_SERVICE = "customer_service"
    TOO_COMPLEX = "too_complex"
    LOW_QUALITY = "low_quality"
    OTHER = "other"


class Timing(StrEnum):
    NOW = "now"
    PERIOD_END = "period_end"


class ChangeStatus(StrEnum):
    """`quoted` → `confirmed` → `applied`; a payment or the end of the period may stand in between."""

    QUOTED = "quoted"
    CONFIRMED = "confirmed"
    AWAITING_PAYMENT = "awaiting_payment"
    SCHEDULED = "scheduled"
    APPLIED = "applied"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    FAILED = "failed"


OPEN_CHANGE = (ChangeStatus.CONFIRMED, ChangeStatus.AWAITING_PAYMENT, ChangeStatus.SCHEDULED)


class Subscription(Base):
    """`license_id` is null until the license of a new order is issued.

    `plan_id` is the plan that was paid for last, by the invoice made at `entitled_at`; the provider may already have
    the price of a change that is scheduled. The provider was asked at `mirrored_at` for what it says here.
    `end_requested_at` is set while the customer's wish to end now is carried out, with `end_refund_amount` in minor
    units of `currency`.
    """

    __tablename__ = "subscriptions"
    __table_args__ = (
        one_of("status", SubscriptionStatus),
        one_of("interval", ("month", "year")),
        one_of("cancel_reason", CancelReason),
        Index(None, "user_id"),
        Index(None, "status", "id"),
        Index("ix_subscriptions_owing", "id", postgresql_where=text("status IN ('past_due', 'unpaid')")),
        Index("ix_subscriptions_ending", "end_requested_at", postgresql_where=text("end_requested_at IS NOT NULL")),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    order_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("orders.id"), unique=True)
    license_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("licenses.id"), index=True)
    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("plans.id"))
    stripe_subscription_id: Mapped[str] = mapped_column(String(255), unique=True)
    status: Mapped[SubscriptionStatus] = mapped_column(enum_text(SubscriptionStatus))
    interval: Mapped[str] = mapped_column(String(8))
    current_period_start: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    current_period_end: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    trial_end_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    entitled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    mirrored_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    cancel_at_period_end: Mapped[bool] = mapped_column(Boolean, default=False)
    cancelled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    cancel_reason: Mapped[CancelReason | None] = mapped_column(enum_text(CancelReason))
    cancel_comment: Mapped[str | None] = mapped_column(Text)
    coupon_code: Mapped[str | None] = mapped_column(String(80))
    next_payment_attempt_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    suspends_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    end_requested_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    end_refund_amount: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[Currency]
    # What its coming invoices are taxed by, and for which period's end that was last looked at.
    tax_rate_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("tax_rates.id"))
    tax_treatment: Mapped[str] = mapped_column(String(24), default="untaxed")
    tax_settled_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]

    @property
    def is_running(self) -> bool:
        """Whether time is paid for, or free, and plans can be changed."""
        return self.status in {SubscriptionStatus.ACTIVE, SubscriptionStatus.TRIALING}

    @property
    def is_over(self) -> bool:
        return self.status is SubscriptionStatus.CANCELLED

    def note_unpaid(self, *, next_payment_attempt_at: datetime | None, suspends_at: datetime) -> None:
        """Show when an unpaid renewal is tried next, None for never, and when the license is suspended for it."""
        self.next_payment_attempt_at, self.suspends_at = next_payment_attempt_at, suspends_at

    def note_settled(self) -> None:
        self.next_payment_attempt_at = self.suspends_at = None

    def note_reason(self, reason: CancelReason | None, comment: str | None) -> None:
        """Keep why the customer leaves; None forgets it when they stay."""
        self.cancel_reason, self.cancel_comment = reason, comment

    def request_end(self, at: datetime, refund_amount: int | None) -> None:
        """Note that the customer ends it now; `refund_amount` in minor units, None for no refund."""
        self.end_requested_at, self.end_refund_amount = at, refund_amount

    def mark_end_done(self) -> None:
        self.end_requested_at = None

    def settle_tax(self, rate_id: uuid.UUID | None, treatment: str, *, until: datetime | None) -> None:
        """Note what the coming invoices are taxed by; `until` is the end of the period for which that was decided."""
        self.tax_rate_id, self.tax_treatment, self.tax_settled_until = rate_id, treatment, until

    def entitle(self, plan_id: uuid.UUID, at: datetime) -> None:
        """Note which plan is paid for, by an invoice made at `at`."""
        self.plan_id, self.entitled_at = plan_id, at


class SubscriptionChange(Base):
    """A change of plan or interval, from its quote on. Amounts in minor units of `currency`.

    `prorated_at` is frozen in the quote, so that the change costs what was shown. `effective_at` is the end of the
    period for a scheduled change, null for one that takes effect when it is paid. `lines` are what the customer saw.
    """

    __tablename__ = "subscription_changes"
    __table_args__ = (
        one_of("status", ChangeStatus),
        one_of("timing", Timing),
        one_of("from_interval", ("month", "year")),
        one_of("to_interval", ("month", "year")),
        Index(None, "user_id"),
        Index(None, "subscription_id", "id"),
        Index(
            "uq_subscription_changes_open",
            "subscription_id",
            unique=True,
            postgresql_where=text("status IN ('confirmed', 'awaiting_payment', 'scheduled')"),
        ),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    subscription_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subscriptions.id"))
    status: Mapped[ChangeStatus] = mapped_column(enum_text(ChangeStatus), default=ChangeStatus.QUOTED)
    timing: Mapped[Timing] = mapped_column(enum_text(Timing))
    from_plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("plans.id"))
    to_plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("plans.id"))
    from_interval: Mapped[str] = mapped_column(String(8))
    to_interval: Mapped[str] = mapped_column(String(8))
    prorated_at: Mapped[Timestamp]
    today_amount: Mapped[int] = mapped_column(BigInteger)
    next_amount: Mapped[int] = mapped_column(BigInteger)
    next_at: Mapped[Timestamp]
    currency: Mapped[Currency]
    lines: Mapped[list[object]] = mapped_column(JSONB)
    expires_at: Mapped[Timestamp]
    effective_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    confirmed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    applied_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    stripe_invoice_id: Mapped[str | None] = mapped_column(String(255), index=True)
    error_code: Mapped[str | None] = mapped_column(String(80))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_CHANGE

    @property
    def switches_interval(self) -> bool:
        return self.from_interval != self.to_interval

    def confirm(self, at: datetime) -> None:
        self.status, self.confirmed_at = ChangeStatus.CONFIRMED, at

    def await_payment(self, stripe_invoice_id: str) -> None:
        """The provider keeps the change until this invoice is paid."""
        self.status, self.stripe_invoice_id = ChangeStatus.AWAITING_PAYMENT, stripe_invoice_id

    def schedule(self) -> None:
        self.status = ChangeStatus.SCHEDULED

    def mark_applied(self, at: datetime) -> None:
        self.status, self.applied_at = ChangeStatus.APPLIED, at

    def close(self, status: ChangeStatus, error_code: str | None = None) -> None:
        """End a change that will not take effect: `superseded`, `expired` or `failed`."""
        self.status, self.error_code = status, error_code
