"""What was done about a domain that nears its end."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, DateTime, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from billing.kit.db import Base
from service_kit.db import CreatedAt, UpdatedAt, UuidPk, enum_text, one_of


class RenewalStatus(StrEnum):
    OPEN = "open"
    TOLD = "told"
    CHARGED = "charged"
    FAILED = "failed"
    SKIPPED = "skipped"


class DomainRenewal(Base):
    """One stage before the end of one period of a domain; the row's key is why nothing is done twice.

    `days_before` is one of `stages.STAGES`. `order_id` is what was placed for it, `error_code` why it came to nothing.
    """

    __tablename__ = "domain_renewals"
    __table_args__ = (
        one_of("status", RenewalStatus),
        UniqueConstraint("domain_id", "expiry_date", "days_before"),
        Index(None, "user_id"),
        Index("ix_domain_renewals_open", "next_attempt_at", postgresql_where=text("status = 'open'")),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    domain_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("domains.id"))
    expiry_date: Mapped[date] = mapped_column(Date)
    days_before: Mapped[int]
    status: Mapped[RenewalStatus] = mapped_column(enum_text(RenewalStatus), default=RenewalStatus.OPEN)
    order_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("orders.id"), unique=True)
    error_code: Mapped[str | None] = mapped_column(String(80))
    next_attempt_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]

    @property
    def is_open(self) -> bool:
        return self.status is RenewalStatus.OPEN

    def end(self, status: RenewalStatus, error_code: str | None = None) -> None:
        self.status, self.error_code = status, error_code

    def postpone(self, until: datetime, error_code: str) -> None:
        self.next_attempt_at, self.error_code = until, error_code
