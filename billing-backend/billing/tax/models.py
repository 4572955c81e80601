"""Tax rates with their time, and what a VAT registry answered about a customer's number."""

import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import Boolean, CheckConstraint, Date, DateTime, ForeignKey, Index, Numeric, String, text
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.orm import Mapped, mapped_column

from billing.kit.db import Base
from service_kit.db import CreatedAt, UpdatedAt, UuidPk, enum_text, one_of


class VatStatus(StrEnum):
    """`unchecked`: well-formed, but there is no registry that we could ask."""

    PENDING = "pending"
    VALID = "valid"
    INVALID = "invalid"
    UNCHECKED = "unchecked"


class TaxRate(Base):
    """A rate of one country, or of one region of it (`region` is empty for all others), from a day on.

    It holds until a later one of the same place begins, or until `valid_until_on`, which is the first day without it.
    So two rates never overlap, whatever staff enter.
    """

    __tablename__ = "tax_rates"
    __table_args__ = (
        Unique("country", "region", "valid_from_on"),
        CheckConstraint("percentage >= 0 AND percentage <= 100", name="percentage"),
        CheckConstraint("valid_until_on > valid_from_on", name="validity"),
    )

    id: Mapped[UuidPk]
    country: Mapped[str] = mapped_column(String(2))
    region: Mapped[str] = mapped_column(String(100), default="")
    name: Mapped[str] = mapped_column(String(50))
    percentage: Mapped[Decimal] = mapped_column(Numeric(7, 4))
    # Whether our prices contain it, or it comes on top of them.
    inclusive: Mapped[bool] = mapped_column(Boolean, default=False)
    valid_from_on: Mapped[date] = mapped_column(Date)
    valid_until_on: Mapped[date | None] = mapped_column(Date)
    stripe_tax_rate_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]

    @property
    def place(self) -> str:
        return f"{self.country} {self.region}".strip()

    def has_begun(self, today: date) -> bool:
        return self.valid_from_on <= today

    def holds_on(self, day: date) -> bool:
        return self.valid_from_on <= day and (self.valid_until_on is None or day < self.valid_until_on)


class VatCheck(Base):
    """One question about a VAT number and the registry's answer: the evidence behind a sale without tax.

    The last answer about a number is what counts. `next_attempt_at` is null once there is one.
    """

    __tablename__ = "vat_checks"
    __table_args__ = (
        one_of("status", VatStatus),
        Index(None, "user_id", "id"),
        Index("ix_vat_checks_due", "next_attempt_at", postgresql_where=text("status = 'pending'")),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    vat_number: Mapped[str] = mapped_column(String(20))
    status: Mapped[VatStatus] = mapped_column(enum_text(VatStatus))
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    last_error: Mapped[str | None] = mapped_column(String(200))
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    consultation_number: Mapped[str | None] = mapped_column(String(64))
    trader_name: Mapped[str | None] = mapped_column(String(500))
    trader_address: Mapped[str | None] = mapped_column(String(1000))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]

    @property
    def is_pending(self) -> bool:
        return self.status is VatStatus.PENDING

    def mark_answered(
        self, *, valid: bool, at: datetime, consultation_number: str | None, name: str | None, address: str | None
    ) -> None:
        self.status = VatStatus.VALID if valid else VatStatus.INVALID
        self.answered_at = at
        self.consultation_number = consultation_number
        self.trader_name = name
        self.trader_address = address
        self.next_attempt_at = None
        self.last_error = None

    def postpone(self, until: datetime, reason: str) -> None:
        self.next_attempt_at = until
        self.last_error = reason[:200]

    def look_now(self, at: datetime) -> None:
        self.next_attempt_at = at

    def lease(self, at: datetime, length: timedelta) -> None:
        """Take the question for `length`: who dies with it leaves it due again."""
        self.attempts += 1
        self.next_attempt_at = at + length
