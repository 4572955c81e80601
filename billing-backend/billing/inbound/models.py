from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, DateTime, Index, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from billing.kit.db import Base
from service_kit.db import CreatedAt, UuidPk, enum_text, one_of


class EventSource(StrEnum):
    STRIPE = "stripe"
    REGISTRAR = "registrar"


class EventStatus(StrEnum):
    RECEIVED = "received"
    PROCESSED = "processed"
    IGNORED = "ignored"
    FAILED = "failed"


class WebhookEvent(Base):
    """An event as it came. `error_message` holds the last failure, or why the event was ignored."""

    __tablename__ = "webhook_events"
    __table_args__ = (
        one_of("source", EventSource),
        one_of("status", EventStatus),
        UniqueConstraint("source", "external_id"),
        Index("ix_webhook_events_due", "next_attempt_at", postgresql_where=text("status = 'received'")),
        Index("ix_webhook_events_type", "event_type", "id"),
    )

    id: Mapped[UuidPk]
    source: Mapped[EventSource] = mapped_column(enum_text(EventSource))
    external_id: Mapped[str] = mapped_column(String(255))
    event_type: Mapped[str] = mapped_column(String(100))
    api_version: Mapped[str | None] = mapped_column(String(40))
    payload: Mapped[dict[str, object]] = mapped_column(JSONB)
    status: Mapped[EventStatus] = mapped_column(enum_text(EventStatus), default=EventStatus.RECEIVED)
    processed: Mapped[bool] = mapped_column(Boolean, default=False)
    processed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    error_message: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[CreatedAt]

    def postpone(self, until: datetime, error: str) -> None:
        self.attempts += 1
        self.next_attempt_at = until
        self.error_message = error

    def mark_failed(self, error: str) -> None:
        self.attempts += 1
        self.status = EventStatus.FAILED
        self.next_attempt_at = None
        self.error_message = error

    def replay(self, at: datetime) -> None:
        """Take a failed event up again, for staff."""
        self.status, self.attempts, self.next_attempt_at = EventStatus.RECEIVED, 0, at
