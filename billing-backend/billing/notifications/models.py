"""Mails: what was queued, to whom, and how far it got. And what the portal shows of what happened."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import DateTime, ForeignKey, Index, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from billing.kit.db import Base
from service_kit.db import CreatedAt, UuidPk, enum_text, one_of

BODY_PURPOSE = "mail"


class MailStatus(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    # `failed`: the receiving side refused it for good. `dead`: every attempt was put off until there were none left.
    FAILED = "failed"
    DEAD = "dead"


class EmailMessage(Base):
    """One mail. `key` says what it is about, so the same thing is never mailed twice.

    The bodies are sealed with the vault (purpose `mail`), for they carry one-time links; they are blanked some time
    after the mail is done with. `next_attempt_at` is null for a mail that is due at once, the end of the lease while
    `sending`.
    """

    __tablename__ = "email_messages"
    __table_args__ = (
        one_of("status", MailStatus),
        Index("ix_email_messages_due", "next_attempt_at", postgresql_where=text("status IN ('queued', 'sending')")),
        Index("ix_email_messages_bodies", "created_at", postgresql_where=text("body_text IS NOT NULL")),
        Index("ix_email_messages_user", "user_id", "id"),
        Index("ix_email_messages_status", "status", "id"),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(200), unique=True)
    template: Mapped[str] = mapped_column(String(40))
    to_address: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200))
    body_text: Mapped[str | None] = mapped_column(Text)
    body_html: Mapped[str | None] = mapped_column(Text)
    # What goes with it, as {"kind", "id"}: a document is made when the mail leaves, and kept nowhere.
    attachments: Mapped[list[object]] = mapped_column(JSONB, default=list)
    status: Mapped[MailStatus] = mapped_column(enum_text(MailStatus), default=MailStatus.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    sent_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    last_error: Mapped[str | None] = mapped_column(String(500))
    message_id: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[CreatedAt]

    def mark_sent(self, at: datetime) -> None:
        self.status, self.sent_at = MailStatus.SENT, at
        self.next_attempt_at = self.last_error = None

    def postpone(self, until: datetime, error: str) -> None:
        self.status, self.next_attempt_at, self.last_error = MailStatus.QUEUED, until, error[:500]

    def mark_failed(self, error: str) -> None:
        self.status, self.next_attempt_at, self.last_error = MailStatus.FAILED, None, error[:500]

    def mark_dead(self, error: str) -> None:
        self.status, self.next_attempt_at, self.last_error = MailStatus.DEAD, None, error[:500]


class NotificationKind(StrEnum):
    ORDER_FULFILLED = "order_fulfilled"
    PAYMENT_FAILED = "payment_failed"
    PAYMENT_CONFIRMATION = "payment_confirmation"
    LICENSE_SUSPENDED = "license_suspended"
    LICENSE_REINSTATED = "license_reinstated"
    SUBSCRIPTION_ENDED = "subscription_ended"
    TRIAL_ENDING = "trial_ending"
    PLAN_CHANGED = "plan_changed"
    DOMAIN_REGISTERED = "domain_registered"
    DOMAIN_RENEWED = "domain_renewed"
    DOMAIN_REFUNDED = "domain_refunded"
    DOMAIN_EXPIRING = "domain_expiring"
    DOMAIN_RENEWAL_FAILED = "domain_renewal_failed"
    REFUND_ISSUED = "refund_issued"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - an event, not a password
    EMAIL_CHANGED = "email_changed"
    NEW_LOG_IN = "new_log_in"


class Notification(Base):
    """One thing that happened. `data` are the facts that the portal's text of this kind is made of; amounts there are
    `{"amount", "currency"}` in minor units, days and times ISO 8601. `path` is the portal's page about it."""

    __tablename__ = "notifications"
    __table_args__ = (
        one_of("kind", NotificationKind),
        Index(None, "user_id", "id"),
        Index("ix_notifications_unread", "user_id", postgresql_where=text("read_at IS NULL")),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[NotificationKind] = mapped_column(enum_text(NotificationKind, 40))
    data: Mapped[dict[str, object]] = mapped_column(JSONB)
    path: Mapped[str | None] = mapped_column(String(200))
    read_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[CreatedAt]
