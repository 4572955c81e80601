import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from nextpanel.kit.db import Base
from service_kit.db import CreatedAt, JsonObject, Timestamp, UpdatedAt, UuidPk, one_of


class AccountStatus(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"


class TokenPurpose(StrEnum):
    SETUP = "setup"
    SSO = "sso"


class Account(Base):
    """A hosting account: one license, one owner. `password_hash` is empty until the set-up link was used.

    `quotas` are what billing told us, for display: the gate is billing itself. `purge_after` is when a
    terminated account's data may be destroyed.
    """

    __tablename__ = "accounts"
    __table_args__ = (one_of("status", AccountStatus), Index(None, "email"), Index(None, "status", "purge_after"))

    id: Mapped[UuidPk]
    license_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    license_key_sealed: Mapped[str]
    license_last4: Mapped[str] = mapped_column(String(4))
    username: Mapped[str] = mapped_column(String(16), unique=True)
    email: Mapped[str] = mapped_column(String(320))
    plan: Mapped[str] = mapped_column(String(200))
    features: Mapped[JsonObject]
    quotas: Mapped[JsonObject]
    locale: Mapped[str] = mapped_column(String(35))
    status: Mapped[str] = mapped_column(String(12), default=AccountStatus.ACTIVE)
    status_reason: Mapped[str | None] = mapped_column(String(500))
    status_changed_at: Mapped[Timestamp]
    password_hash: Mapped[str | None] = mapped_column(String(60))
    purge_after: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]

    @property
    def is_active(self) -> bool:
        return self.status == AccountStatus.ACTIVE

    def mark(self, status: AccountStatus, *, reason: str | None, now: datetime, purge_after: datetime | None) -> None:
        """Move to `status`; a repeat keeps the first time and reason."""
        if self.status != status:
            self.status, self.status_reason, self.status_changed_at = status, reason, now
            self.purge_after = purge_after


class OneTimeToken(Base):
    """A link that works once. Only its hash is kept."""

    __tablename__ = "one_time_tokens"
    __table_args__ = (one_of("purpose", TokenPurpose), Index(None, "account_id", "purpose"), Index(None, "expires_at"))

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    purpose: Mapped[str] = mapped_column(String(8))
    expires_at: Mapped[Timestamp]


class LoginSession(Base):
    """A log-in and its family of refresh tokens; ended by log-out or by the reuse of a spent refresh token."""

    __tablename__ = "login_sessions"
    __table_args__ = (Index(None, "account_id"), Index(None, "expires_at"))

    id: Mapped[UuidPk]
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[Timestamp]
    revoked_at: Mapped[datetime | None]


class RefreshToken(Base):
    """One refresh token of a session; `used_at` is when it was exchanged for the next."""

    __tablename__ = "refresh_tokens"
    __table_args__ = (
        Index(None, "session_id"),
        CheckConstraint("char_length(token_hash) = 64", name="token_hash_length"),
    )

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("login_sessions.id", ondelete="CASCADE"))
    expires_at: Mapped[Timestamp]
    used_at: Mapped[datetime | None]
