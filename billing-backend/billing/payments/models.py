import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import DateTime, ForeignKey, Index, PrimaryKeyConstraint, String, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from billing.kit.db import Base
from service_kit.db import CreatedAt, Currency, MinorUnits, UuidPk, enum_text, one_of
from service_kit.ids import uuid7


class PaymentStatus(StrEnum):
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REFUNDED = "refunded"


class RefundStatus(StrEnum):
    PENDING = "pending"
    REQUIRES_ACTION = "requires_action"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


class Payment(Base):
    """One PaymentIntent. `created_at` is the intent's own creation time, so (intent, created_at) stays unique across
    the monthly partitions."""

    __tablename__ = "payments"
    __table_args__ = (
        PrimaryKeyConstraint("id", "created_at"),
        UniqueConstraint("stripe_payment_intent_id", "created_at"),
        one_of("status", PaymentStatus),
        Index(None, "user_id", "id"),
        Index(None, "invoice_id"),
        {"postgresql_partition_by": "RANGE (created_at)"},
    )

    id: Mapped[uuid.UUID] = mapped_column(default=uuid7)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    license_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("licenses.id"))
    invoice_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("invoices.id"))
    stripe_payment_intent_id: Mapped[str] = mapped_column(String(255))
    amount: Mapped[MinorUnits]
    refunded_amount: Mapped[MinorUnits] = mapped_column(default=0)
    currency: Mapped[Currency]
    status: Mapped[PaymentStatus] = mapped_column(enum_text(PaymentStatus))
    payment_method: Mapped[str | None] = mapped_column(String(80))
    description: Mapped[str | None] = mapped_column(Text)
    details: Mapped[dict[str, object]] = mapped_column("metadata", JSONB, default=dict)


class Refund(Base):
    """Money given back for one item of an order, at most once per item."""

    __tablename__ = "refunds"
    __table_args__ = (one_of("status", RefundStatus), Index(None, "user_id", "id"))

    id: Mapped[UuidPk]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    order_item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("order_items.id"), unique=True)
    stripe_refund_id: Mapped[str] = mapped_column(String(255), unique=True)
    stripe_payment_intent_id: Mapped[str] = mapped_column(String(255), index=True)
    amount: Mapped[MinorUnits]
    currency: Mapped[Currency]
    reason: Mapped[str] = mapped_column(String(80))
    status: Mapped[RefundStatus] = mapped_column(enum_text(RefundStatus))
    created_at: Mapped[CreatedAt]
