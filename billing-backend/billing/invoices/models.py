"""Invoices and credit notes as issued: once they have a number, what they say never changes."""

import uuid
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import Boolean, DateTime, ForeignKey, Index, Numeric, String, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from billing.kit.db import Base
from billing.kit.money import Money
from service_kit.db import CreatedAt, Currency, MinorUnits, UpdatedAt, UuidPk, enum_text, one_of


class InvoiceStatus(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    PAID = "paid"
    VOID = "void"
    UNCOLLECTIBLE = "uncollectible"


class CreditNoteStatus(StrEnum):
    ISSUED = "issued"
    VOID = "void"


class Invoice(Base):
    """One invoice of the payment provider, and what our own documents of it say.

    `created_at` is when the provider made the invoice, not when we heard of it; `asked_at` when the provider was asked
    for what the row says, so that an answer that was long under way can't undo a younger one. `seller` and `buyer` are
    frozen when the invoice gets its number. `credit_applied_amount` came from the customer's credit balance;
    `credited_amount` was taken back by credit notes since. `paid_with` is the payment method as the customer knows it.
    """

    __tablename__ = "invoices"
    __table_args__ = (
        one_of("status", InvoiceStatus),
        Index(None, "user_id", "id"),
        Index(None, "status", "id"),
        Index("ix_invoices_number_prefix", "number", postgresql_ops={"number": "text_pattern_ops"}),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    order_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("orders.id"), index=True)
    subscription_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("subscriptions.id"), index=True)
    stripe_invoice_id: Mapped[str] = mapped_column(String(255), unique=True)
    number: Mapped[str | None] = mapped_column(String(64), unique=True)
    status: Mapped[InvoiceStatus] = mapped_column(enum_text(InvoiceStatus))
    billing_reason: Mapped[str | None] = mapped_column(String(40))
    currency: Mapped[Currency]
    subtotal_amount: Mapped[MinorUnits] = mapped_column(default=0)
    discount_amount: Mapped[MinorUnits] = mapped_column(default=0)
    tax_amount: Mapped[MinorUnits] = mapped_column(default=0)
    total_amount: Mapped[MinorUnits]
    credit_applied_amount: Mapped[MinorUnits] = mapped_column(default=0)
    amount_due: Mapped[MinorUnits]
    amount_paid: Mapped[MinorUnits]
    credited_amount: Mapped[MinorUnits] = mapped_column(default=0)
    taxes: Mapped[list[object]] = mapped_column(JSONB, default=list)
    discounts: Mapped[list[object]] = mapped_column(JSONB, default=list)
    seller: Mapped[dict[str, object] | None] = mapped_column(JSONB(none_as_null=True))
    buyer: Mapped[dict[str, object] | None] = mapped_column(JSONB(none_as_null=True))
    paid_with: Mapped[str | None] = mapped_column(String(80))
    attempt_count: Mapped[int] = mapped_column(default=0)
    next_payment_attempt_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    invoice_pdf_url: Mapped[str | None] = mapped_column(Text)
    hosted_invoice_url: Mapped[str | None] = mapped_column(Text)
    issued_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    due_date: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    paid_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    asked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]

    @property
    def total(self) -> Money:
        return Money(self.total_amount, self.currency)

    @property
    def amount_remaining(self) -> int:
        """What is still to be paid, in minor units."""
        return max(0, self.amount_due - self.amount_paid) if self.status is InvoiceStatus.OPEN else 0

    @property
    def is_issued(self) -> bool:
        return self.number is not None and self.status is not InvoiceStatus.DRAFT


class InvoiceLine(Base):
    """One line. `amount` is before `discount_amount`; `tax_amount` is part of the two when the tax is inclusive."""

    __tablename__ = "invoice_lines"
    __table_args__ = (UniqueConstraint("invoice_id", "position"), Index(None, "user_id"))

    id: Mapped[UuidPk]
    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invoices.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    position: Mapped[int]
    stripe_line_id: Mapped[str] = mapped_column(String(255))
    order_item_id: Mapped[uuid.UUID | None]
    description: Mapped[str] = mapped_column(Text)
    quantity: Mapped[int]
    unit_price: Mapped[Decimal] = mapped_column(Numeric(24, 12))
    currency: Mapped[Currency]
    amount: Mapped[MinorUnits]
    discount_amount: Mapped[MinorUnits]
    tax_amount: Mapped[MinorUnits]
    taxes: Mapped[list[object]] = mapped_column(JSONB)
    price_id: Mapped[str | None] = mapped_column(String(255))
    is_proration: Mapped[bool] = mapped_column(Boolean)
    period_start: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    period_end: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class CreditNote(Base):
    """A correction of an issued invoice. `lines` and `taxes` are kept as issued; seller and buyer are the invoice's."""

    __tablename__ = "credit_notes"
    __table_args__ = (one_of("status", CreditNoteStatus), Index(None, "user_id", "id"), Index(None, "invoice_id"))

    id: Mapped[UuidPk]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invoices.id"))
    stripe_credit_note_id: Mapped[str] = mapped_column(String(255), unique=True)
    number: Mapped[str] = mapped_column(String(64), unique=True)
    status: Mapped[CreditNoteStatus] = mapped_column(enum_text(CreditNoteStatus))
    reason: Mapped[str | None] = mapped_column(String(40))
    memo: Mapped[str | None] = mapped_column(Text)
    currency: Mapped[Currency]
    subtotal_amount: Mapped[MinorUnits]
    discount_amount: Mapped[MinorUnits]
    tax_amount: Mapped[MinorUnits]
    total_amount: Mapped[MinorUnits]
    refunded_amount: Mapped[MinorUnits]
    lines: Mapped[list[object]] = mapped_column(JSONB)
    taxes: Mapped[list[object]] = mapped_column(JSONB)
    created_at: Mapped[CreatedAt]
    voided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    @property
    def total(self) -> Money:
        return Money(self.total_amount, self.currency)

    def mark_void(self, at: datetime) -> None:
        self.status, self.voided_at = CreditNoteStatus.VOID, at

    def restore(self) -> None:
        """Let it count again: the money it stands for was sent another time."""
        self.status, self.voided_at = CreditNoteStatus.ISSUED, None
