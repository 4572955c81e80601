"""Orders, their items, and the fulfillment steps that deliver them."""

import uuid
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from billing.kit.db import Base
from billing.kit.money import Money
from service_kit.db import CreatedAt, Currency, MinorUnits, UpdatedAt, UuidPk, enum_text, one_of


class OrderStatus(StrEnum):
    AWAITING_PAYMENT = "awaiting_payment"
    PAID = "paid"
    FULFILLED = "fulfilled"
    REFUNDED = "refunded"
    EXPIRED = "expired"


class ItemKind(StrEnum):
    LICENSE = "license"
    DOMAIN = "domain"
    DOMAIN_RENEWAL = "domain_renewal"


class ItemStatus(StrEnum):
    PENDING = "pending"
    DELIVERED = "delivered"
    REFUNDED = "refunded"


class StepKind(StrEnum):
    ISSUE_LICENSE = "issue_license"
    PROVISION_ACCOUNT = "provision_account"
    REGISTER_DOMAIN = "register_domain"
    RENEW_DOMAIN = "renew_domain"
    DNS_ZONE = "dns_zone"
    WELCOME_MAIL = "welcome_mail"


class StepStatus(StrEnum):
    PENDING = "pending"
    RUNNING = "running"
    WAITING = "waiting"
    DONE = "done"
    SKIPPED = "skipped"
    REFUNDED = "refunded"
    NEEDS_ATTENTION = "needs_attention"


ENDED = frozenset({StepStatus.DONE, StepStatus.SKIPPED, StepStatus.REFUNDED})
HELD_UP = frozenset({StepStatus.WAITING, StepStatus.NEEDS_ATTENTION})


class Order(Base):
    __tablename__ = "orders"
    __table_args__ = (
        one_of("status", OrderStatus),
        Index(None, "user_id", "id"),
        Index(None, "status", "id"),
        Index("ix_orders_payment_check", "next_payment_check_at", postgresql_where=text("status = 'awaiting_payment'")),
    )

    id: Mapped[UuidPk]
    number: Mapped[int] = mapped_column(BigInteger, Identity(start=10_001), unique=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    status: Mapped[OrderStatus] = mapped_column(enum_text(OrderStatus), default=OrderStatus.AWAITING_PAYMENT)
    currency: Mapped[Currency]
    subtotal_amount: Mapped[MinorUnits]
    discount_amount: Mapped[MinorUnits] = mapped_column(default=0, server_default="0")
    tax_amount: Mapped[MinorUnits] = mapped_column(default=0)
    total_amount: Mapped[MinorUnits]
    coupon_code: Mapped[str | None] = mapped_column(String(80))
    stripe_promotion_code_id: Mapped[str | None] = mapped_column(String(255))
    refunded_amount: Mapped[MinorUnits] = mapped_column(default=0)
    # How the sale was taxed, and on what grounds: frozen when the order was placed.
    tax_treatment: Mapped[str] = mapped_column(String(24), default="untaxed")
    tax_rate_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("tax_rates.id"))
    tax_note: Mapped[str | None] = mapped_column(String(300))
    tax_evidence: Mapped[dict[str, object] | None] = mapped_column(JSONB)
    stripe_subscription_id: Mapped[str | None] = mapped_column(String(255), unique=True)
    stripe_invoice_id: Mapped[str | None] = mapped_column(String(255), unique=True)
    stripe_payment_intent_id: Mapped[str | None] = mapped_column(String(255), index=True)
    # How the last dispute about the payment stands, in the provider's words; null without one.
    dispute_status: Mapped[str | None] = mapped_column(String(40))
    next_payment_check_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    paid_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    fulfilled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]

    @property
    def total(self) -> Money:
        return Money(self.total_amount, self.currency)

    @property
    def is_open(self) -> bool:
        return self.status is OrderStatus.AWAITING_PAYMENT

    def mark_paid(self, at: datetime) -> None:
        self.status = OrderStatus.PAID
        self.paid_at = at
        self.next_payment_check_at = None

    def mark_expired(self) -> None:
        self.status = OrderStatus.EXPIRED
        self.next_payment_check_at = None

    def mark_settled(self, at: datetime) -> None:
        """All steps have ended: fulfilled, or refunded when nothing could be delivered."""
        self.fulfilled_at = at
        self.count_refunds(self.refunded_amount)

    def count_refunds(self, refunded: int) -> None:
        """Note how much of the payment has gone back or is on its way; a settled order of which all has is refunded."""
        self.refunded_amount = refunded
        if self.fulfilled_at is not None:
            whole = refunded >= self.total_amount > 0
            self.status = OrderStatus.REFUNDED if whole else OrderStatus.FULFILLED


class OrderItem(Base):
    __tablename__ = "order_items"
    __table_args__ = (
        one_of("kind", ItemKind),
        one_of("status", ItemStatus),
        one_of("interval", ("month", "year")),
        UniqueConstraint("order_id", "position"),
        Index("ix_order_items_domain_name", "domain_name"),
        Index(None, "user_id"),
    )

    id: Mapped[UuidPk]
    order_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("orders.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    position: Mapped[int]
    kind: Mapped[ItemKind] = mapped_column(enum_text(ItemKind))
    status: Mapped[ItemStatus] = mapped_column(enum_text(ItemStatus), default=ItemStatus.PENDING)
    description: Mapped[str] = mapped_column(String(300))
    amount: Mapped[MinorUnits]
    # Contained in `amount` when inclusive, else to be paid on top of it.
    tax_amount: Mapped[MinorUnits] = mapped_column(default=0)
    tax_inclusive: Mapped[bool] = mapped_column(Boolean, default=False)
    currency: Mapped[Currency]
    plan_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("plans.id"))
    interval: Mapped[str | None] = mapped_column(String(8))
    trial_days: Mapped[int] = mapped_column(default=0, server_default="0")
    domain_name: Mapped[str | None] = mapped_column(String(253))
    years: Mapped[int | None]
    # Of a renewal: when the domain ended as the order was placed. One that ends a year later by then is not renewed.
    renews_from: Mapped[date | None] = mapped_column(Date)
    privacy: Mapped[bool] = mapped_column(Boolean, default=True)
    registrar: Mapped[str | None] = mapped_column(String(32))
    cost_amount: Mapped[int | None] = mapped_column(BigInteger)
    registrant: Mapped[dict[str, object] | None] = mapped_column(JSONB)
    tld_attributes: Mapped[dict[str, object] | None] = mapped_column(JSONB)
    idn_language: Mapped[str | None] = mapped_column(String(2))
    refunded_amount: Mapped[MinorUnits] = mapped_column(default=0)
    stripe_refund_id: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]

    @property
    def total(self) -> Money:
        """What the customer pays for it, tax and all."""
        return Money(self.amount + (0 if self.tax_inclusive else self.tax_amount or 0), self.currency)

    def mark_delivered(self) -> None:
        self.status = ItemStatus.DELIVERED

    def mark_refunded(self, amount: int, refund_id: str) -> None:
        self.status = ItemStatus.REFUNDED
        self.refunded_amount = amount
        self.stripe_refund_id = refund_id


class FulfillmentStep(Base):
    """One outside effect of a paid order. The row is the truth; a task message only says "look now".

    `next_attempt_at` is null while the step waits for others. `depends_on` lists the ids of steps that must be done,
    `follows` those that must only have settled. `attempts` counts claims and never goes back, so it tells two holders
    of the same step apart; `failures` counts what the retry policy looks at.
    """

    __tablename__ = "fulfillment_steps"
    __table_args__ = (
        one_of("kind", StepKind),
        one_of("status", StepStatus),
        Index(None, "order_id"),
        Index(None, "user_id"),
        Index(
            "ix_fulfillment_steps_due",
            "next_attempt_at",
            postgresql_where=text("status IN ('pending', 'waiting')"),
        ),
        Index("ix_fulfillment_steps_leased", "lease_until", postgresql_where=text("status = 'running'")),
        Index("ix_fulfillment_steps_attention", "id", postgresql_where=text("status = 'needs_attention'")),
    )

    id: Mapped[UuidPk]
    order_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("orders.id"))
    order_item_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("order_items.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[StepKind] = mapped_column(enum_text(StepKind))
    status: Mapped[StepStatus] = mapped_column(enum_text(StepStatus), default=StepStatus.PENDING)
    position: Mapped[int]
    idempotency_key: Mapped[str] = mapped_column(String(120), unique=True)
    depends_on: Mapped[list[object]] = mapped_column(JSONB, default=list)
    follows: Mapped[list[object]] = mapped_column(JSONB, default=list)
    attempts: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    lease_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    started_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    last_error_code: Mapped[str | None] = mapped_column(String(80))
    last_error: Mapped[str | None] = mapped_column(Text)
    result: Mapped[dict[str, object] | None] = mapped_column(JSONB)
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]

    def mark_due(self, at: datetime) -> None:
        self.next_attempt_at = at

    def claim(self, at: datetime, lease: timedelta) -> None:
        """Take the step; right only where nobody else can, as for one that the same transaction made due."""
        self.status = StepStatus.RUNNING
        self.attempts += 1
        self.lease_until = at + lease
        self.started_at = at

    def end(self, status: StepStatus, at: datetime, result: dict[str, object] | None = None) -> None:
        self.status = status
        self.finished_at = at
        self.result = result
        self.lease_until = None
        self.next_attempt_at = None

    def postpone(self, until: datetime, code: str, message: str) -> None:
        self.status = StepStatus.WAITING
        self.next_attempt_at = until
        self.lease_until = None
        self.last_error_code = code
        self.last_error = message

    def give_up(self, at: datetime, code: str, message: str) -> None:
        self.end(StepStatus.NEEDS_ATTENTION, at, self.result)
        self.last_error_code = code
        self.last_error = message

    def retry_now(self, at: datetime) -> None:
        """Start over as if nothing had failed yet; `attempts` goes on, it is what tells two holders apart."""
        self.status = StepStatus.WAITING
        self.finished_at = None
        self.failures = 0
        self.next_attempt_at = at


class FulfillmentAttempt(Base):
    """The history of a step: one row each time somebody worked on it."""

    __tablename__ = "fulfillment_attempts"
    __table_args__ = (Index(None, "step_id", "id"), Index(None, "user_id"))

    id: Mapped[UuidPk]
    step_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("fulfillment_steps.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    number: Mapped[int]
    started_at: Mapped[CreatedAt]
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    outcome: Mapped[str | None] = mapped_column(String(24))
    error_code: Mapped[str | None] = mapped_column(String(80))
    error: Mapped[str | None] = mapped_column(Text)
    actor_user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
