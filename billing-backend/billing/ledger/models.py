"""Journal entries with their postings, the plan by which deferred revenue is earned, and subscription history."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from billing.kit.db import Base
from service_kit.db import CreatedAt, Currency, MinorUnits, Timestamp, UuidPk, enum_text, one_of


class Account(StrEnum):
    """The chart of accounts; docs/reports.md says what each holds."""

    RECEIVABLE = "receivable"
    CASH = "cash"
    BANK = "bank"
    REVENUE_DEFERRED = "revenue_deferred"
    REVENUE_EARNED = "revenue_earned"
    TAX_PAYABLE = "tax_payable"
    REFUNDS = "refunds"
    FEES = "fees"
    CUSTOMER_CREDIT = "customer_credit"
    DISPUTES = "disputes"
    WRITE_OFFS = "write_offs"


class EntryKind(StrEnum):
    INVOICE = "invoice"
    INVOICE_BALANCE = "invoice_balance"
    INVOICE_CANCELLED = "invoice_cancelled"
    INVOICE_RESTORED = "invoice_restored"
    PAYMENT = "payment"
    REFUND = "refund"
    REFUND_FAILED = "refund_failed"
    CREDIT_NOTE = "credit_note"
    DISPUTE = "dispute"
    DISPUTE_CLOSED = "dispute_closed"
    CREDIT = "credit"
    EARNED = "earned"
    FEE = "fee"
    PAYOUT = "payout"


class LedgerEntry(Base):
    """One movement of money, told once: `source_key` names the movement and is unique.

    `source_id` is the provider's object (an invoice, a refund, …); `user_id` is null for what concerns no customer.
    """

    __tablename__ = "ledger_entries"
    __table_args__ = (
        one_of("kind", EntryKind),
        UniqueConstraint("id", "currency"),
        Index(None, "source_id"),
        Index(None, "user_id", "id"),
    )

    id: Mapped[UuidPk]
    source_key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[EntryKind] = mapped_column(enum_text(EntryKind))
    source_id: Mapped[str] = mapped_column(String(255))
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    currency: Mapped[Currency]
    occurred_at: Mapped[Timestamp]
    created_at: Mapped[CreatedAt]


class LedgerPosting(Base):
    """One side of an entry. `amount` in minor units: a debit is positive, a credit negative.

    `reference` is the provider's invoice the amount belongs to, `plan_code` and `country` what reports group by.
    """

    __tablename__ = "ledger_postings"
    __table_args__ = (
        ForeignKeyConstraint(["entry_id", "currency"], ["ledger_entries.id", "ledger_entries.currency"]),
        one_of("account", Account),
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        Index(None, "entry_id"),
        Index(None, "user_id"),
        Index("ix_ledger_postings_account_time", "account", "currency", "occurred_at", "id"),
        Index("ix_ledger_postings_receivable", "reference", postgresql_where=text("account = 'receivable'")),
    )

    id: Mapped[UuidPk]
    entry_id: Mapped[uuid.UUID]
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    account: Mapped[Account] = mapped_column(enum_text(Account))
    amount: Mapped[MinorUnits]
    currency: Mapped[Currency]
    occurred_at: Mapped[Timestamp]
    reference: Mapped[str | None] = mapped_column(String(255))
    plan_code: Mapped[str | None] = mapped_column(String(60))
    country: Mapped[str | None] = mapped_column(String(2))


class RevenueSchedule(Base):
    """How one invoice line's deferred revenue is earned: `amount` in all, evenly from `base_at` to `ends_at`.

    `base_amount` was earned by `base_at` already; a credit note in the middle of a period moves both. Nothing is
    earned before `active_from`, when the invoice was paid. `amount` may be negative: a proration's credit.
    """

    __tablename__ = "revenue_schedules"
    __table_args__ = (
        UniqueConstraint("line_key"),
        Index(None, "invoice_ref"),
        Index(None, "user_id"),
        Index(
            "ix_revenue_schedules_due",
            "earned_until",
            postgresql_where=text("active_from IS NOT NULL AND earned_amount <> amount"),
        ),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    invoice_ref: Mapped[str] = mapped_column(String(255))
    line_key: Mapped[str] = mapped_column(String(255))
    currency: Mapped[Currency]
    amount: Mapped[MinorUnits]
    earned_amount: Mapped[MinorUnits] = mapped_column(default=0)
    base_amount: Mapped[MinorUnits] = mapped_column(default=0)
    base_at: Mapped[Timestamp]
    ends_at: Mapped[Timestamp]
    earned_until: Mapped[Timestamp]
    active_from: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    plan_code: Mapped[str | None] = mapped_column(String(60))
    country: Mapped[str | None] = mapped_column(String(2))
    created_at: Mapped[CreatedAt]

    @property
    def deferred(self) -> int:
        """What is still to be earned, minor units."""
        return self.amount - self.earned_amount

    def earned_by(self, at: datetime) -> int:
        """Return what is earned in all by `at`: in proportion to time, and exactly `amount` at the end."""
        if at >= self.ends_at:
            return self.amount
        if at <= self.base_at:
            return self.base_amount
        share = (self.amount - self.base_amount) * int((at - self.base_at).total_seconds())
        whole = int((self.ends_at - self.base_at).total_seconds())
        # Towards zero, so that nothing is earned early whichever sign it has.
        return self.base_amount + (share // whole if share >= 0 else -(-share // whole))

    def mark_earned(self, amount: int, until: datetime) -> None:
        self.earned_amount += amount
        self.earned_until = until

    def take_back(self, amount: int, at: datetime) -> None:
        """Take `amount` of what is deferred out of the plan; the rest is spread over what is left of the period."""
        self.amount -= amount
        self.base_amount, self.base_at = self.earned_amount, min(max(at, self.earned_until), self.ends_at)


class SubscriptionHistory(Base):
    """How a subscription stood from `changed_at` on, until its next row. Only ever added to.

    `amount` is the agreed price per `interval` before tax and coupons, minor units.
    """

    __tablename__ = "subscription_history"
    __table_args__ = (
        one_of("interval", ("month", "year")),
        Index(None, "subscription_id", "id"),
        Index(None, "user_id", "changed_at"),
        Index(None, "changed_at"),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    subscription_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subscriptions.id"))
    plan_code: Mapped[str] = mapped_column(String(60))
    interval: Mapped[str] = mapped_column(String(8))
    status: Mapped[str] = mapped_column(String(24))
    amount: Mapped[MinorUnits]
    currency: Mapped[Currency]
    country: Mapped[str | None] = mapped_column(String(2))
    changed_at: Mapped[Timestamp]
    created_at: Mapped[CreatedAt]
