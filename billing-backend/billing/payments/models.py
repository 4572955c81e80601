import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import DateTime, ForeignKey, Index, PrimaryKeyConstraint, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from billing.kit.db import Base
from service_kit.db import CreatedAt, Currency, MinorUnits, UpdatedAt, UuidPk, enum_text, one_of
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


# A refund that was sent may come back; one that came back never leaves again.
_PROGRESS = {
    RefundStatus.PENDING: 0,
    RefundStatus.REQUIRES_ACTION: 0,
    RefundStatus.SUCCEEDED: 1,
    RefundStatus.FAILED: 2,
    RefundStatus.CANCELED: 2,
}
LOST = (RefundStatus.FAILED, RefundStatus.CANCELED)
CLOSED_DISPUTES = frozenset({"won", "lost", "warning_closed", "prevented"})


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

    def count_refunds(self, refunded: int) -> None:
        """Note how much of it has gone back or is on its way, in minor units."""
        self.refunded_amount = refunded
        if self.status in {PaymentStatus.SUCCEEDED, PaymentStatus.REFUNDED}:
            self.status = PaymentStatus.REFUNDED if refunded >= self.amount > 0 else PaymentStatus.SUCCEEDED


class Refund(Base):
    """Money on its way back. Written before the provider is asked, so that two callers can't give it back twice.

    `order_item_id` is set where an item could not be delivered: it is refunded at most once. `note` is what staff
    wrote, `requested_by` who did. `credit_note_id` is the document of it, once there is one.
    """

    __tablename__ = "refunds"
    __table_args__ = (
        one_of("status", RefundStatus),
        Index(None, "user_id", "id"),
        Index(
            "uq_refunds_order_item",
            "order_item_id",
            unique=True,
            postgresql_where=text("status NOT IN ('failed', 'canceled')"),
        ),
        Index(
            "ix_refunds_unfinished",
            "next_attempt_at",
            postgresql_where=text("next_attempt_at IS NOT NULL"),
        ),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    order_item_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("order_items.id"))
    payment_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    invoice_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("invoices.id"), index=True)
    credit_note_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("credit_notes.id"))
    requested_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    stripe_refund_id: Mapped[str | None] = mapped_column(String(255), unique=True)
    stripe_payment_intent_id: Mapped[str] = mapped_column(String(255), index=True)
    amount: Mapped[MinorUnits]
    currency: Mapped[Currency]
    reason: Mapped[str] = mapped_column(String(80))
    note: Mapped[str | None] = mapped_column(Text)
    status: Mapped[RefundStatus] = mapped_column(enum_text(RefundStatus))
    failure_reason: Mapped[str | None] = mapped_column(String(120))
    # When the worker looks at it again: to ask the provider for it, or for its credit note. Null when all is done.
    next_attempt_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]

    @property
    def is_lost(self) -> bool:
        """Whether the money stays with us: the bank sent it back, or the provider refused."""
        return self.status in LOST

    def mark_failed(self, reason: str) -> None:
        self.status, self.failure_reason, self.next_attempt_at = RefundStatus.FAILED, reason[:120], None

    def follow(self, refund_id: str, status: RefundStatus, failure_reason: str | None) -> bool:
        """Take over how the provider says it stands; False when that is older news than we have."""
        self.stripe_refund_id = refund_id
        if _PROGRESS[status] < _PROGRESS[self.status]:
            return False
        self.status, self.failure_reason = status, failure_reason[:120] if failure_reason else None
        return True


class Dispute(Base):
    """A payment that the customer's bank asks back. `evidence_due_at` is until when the bank takes an answer."""

    __tablename__ = "disputes"
    __table_args__ = (Index(None, "user_id", "id"), Index(None, "stripe_payment_intent_id"))

    id: Mapped[UuidPk]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    payment_id: Mapped[uuid.UUID | None]
    order_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("orders.id"))
    stripe_dispute_id: Mapped[str] = mapped_column(String(255), unique=True)
    stripe_payment_intent_id: Mapped[str] = mapped_column(String(255))
    amount: Mapped[MinorUnits]
    currency: Mapped[Currency]
    reason: Mapped[str] = mapped_column(String(80))
    # The provider's own words; their list grows.
    status: Mapped[str] = mapped_column(String(40))
    evidence_due_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]

    @property
    def is_closed(self) -> bool:
        return self.status in CLOSED_DISPUTES
