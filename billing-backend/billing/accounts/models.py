"""Users, the sessions they opened, and the hashes of the tokens they hold."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, CheckConstraint, Computed, DateTime, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from billing.accounts.permissions import Role
from billing.kit.db import Base
from service_kit.db import CreatedAt, Timestamp, UpdatedAt, UuidPk, enum_text, one_of

# What tells the payment provider of a changed name, address or VAT number; the flow that listens is `flows/taxes`.
BILLING_SYNC_TASK = "taxes.sync_customer"
# What of a user's profile stands on invoices.
BILLING_FIELDS = frozenset(
    {
        "full_name",
        "company_name",
        "address_line1",
        "address_line2",
        "city",
        "region",
        "postal_code",
        "country",
    }
)


class TokenPurpose(StrEnum):
    VERIFY_EMAIL = "verify_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - a purpose, not a password
    CHANGE_EMAIL = "change_email"


class RevokeReason(StrEnum):
    LOGGED_OUT = "logged_out"
    LOGGED_OUT_EVERYWHERE = "logged_out_everywhere"
    REVOKED_BY_USER = "revoked_by_user"
    REFRESH_REUSED = "refresh_reused"
    PASSWORD_RESET = "password_reset"  # noqa: S105 - a reason, not a password
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a reason, not a password
    ROLE_CHANGED = "role_changed"
    DEACTIVATED = "deactivated"


class User(Base):
    """A customer or a member of staff. `email` is stored lower case, so the unique index needs no function."""

    __tablename__ = "users"
    __table_args__ = (
        one_of("role", Role),
        # In the C collation: the server's idea of other scripts' cases may be newer than ours.
        CheckConstraint('email = lower(email COLLATE "C")', name="email_lower"),
        Index("ix_users_staff", "role", postgresql_where=text("role <> 'customer'")),
        Index("ix_users_billing_sync", "billing_sync_due_at", postgresql_where=text("billing_sync_due_at IS NOT NULL")),
        Index(None, "created_at"),
        *(
            Index(f"ix_users_{key}_prefix", key, postgresql_ops={key: "text_pattern_ops"})
            for key in ("email", "name_key", "surname_key", "company_key")
        ),
    )

    id: Mapped[UuidPk]
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str] = mapped_column(String(60))
    full_name: Mapped[str] = mapped_column(String(200))
    company_name: Mapped[str | None] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(enum_text(Role), default=Role.CUSTOMER)
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    email_verified_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    stripe_customer_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    locale: Mapped[str] = mapped_column(String(10), default="en")
    # The address is what a domain's registrant defaults to; nobody has to give it before buying a domain.
    phone: Mapped[str | None] = mapped_column(String(20))
    address_line1: Mapped[str | None] = mapped_column(String(200))
    address_line2: Mapped[str | None] = mapped_column(String(200))
    city: Mapped[str | None] = mapped_column(String(100))
    region: Mapped[str | None] = mapped_column(String(100))
    postal_code: Mapped[str | None] = mapped_column(String(20))
    country: Mapped[str | None] = mapped_column(String(2))
    # Of a business; in the form `billing.tax.numbers` keeps them in, with the country it is a number of.
    vat_number: Mapped[str | None] = mapped_column(String(20))
    vat_country: Mapped[str | None] = mapped_column(String(2))
    # Set while the payment provider has to be told of a new address or VAT number.
    billing_sync_due_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    billing_sync_failures: Mapped[int] = mapped_column(default=0)
    password_changed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    # What staff search by. Columns, because row-level security lets no index over lower() answer: it is not leakproof.
    name_key: Mapped[str] = mapped_column(Text, Computed("lower(full_name::text)", persisted=True), deferred=True)
    surname_key: Mapped[str] = mapped_column(
        Text, Computed("lower(split_part(full_name::text, ' '::text, '-1'::integer))", persisted=True), deferred=True
    )
    company_key: Mapped[str | None] = mapped_column(
        Text, Computed("lower(company_name::text)", persisted=True), deferred=True
    )
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]

    @property
    def is_verified(self) -> bool:
        return self.email_verified_at is not None

    @property
    def trusted_name(self) -> str | None:
        """The name to greet by in mails; None until the mailbox's owner is known to have typed it."""
        return self.full_name if self.is_verified else None

    def mark_verified(self, at: datetime) -> None:
        """Keep the first proof: a later reset or link proves nothing new."""
        self.email_verified_at = self.email_verified_at or at

    def set_password(self, password_hash: str, at: datetime) -> None:
        self.password_hash, self.password_changed_at = password_hash, at

    def mark_billing_changed(self, at: datetime) -> None:
        """Whom the provider doesn't know yet it will be told everything about when the first order is paid."""
        if self.stripe_customer_id is not None:
            self.billing_sync_due_at, self.billing_sync_failures = at, 0

    def postpone_billing_sync(self, until: datetime) -> None:
        self.billing_sync_due_at = until
        self.billing_sync_failures += 1

    def mark_billing_synced(self) -> None:
        self.billing_sync_due_at, self.billing_sync_failures = None, 0

    def set_email(self, email: str, verified_at: datetime) -> None:
        self.email, self.email_verified_at = email, verified_at


class UserSession(Base):
    """One log-in on one device, and the family of all refresh tokens that descend from it."""

    __tablename__ = "sessions"
    __table_args__ = (
        one_of("revoked_reason", RevokeReason),
        Index("ix_sessions_live", "user_id", "id", postgresql_where=text("revoked_at IS NULL")),
        Index("ix_sessions_last_seen_at", "last_seen_at"),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[CreatedAt]
    last_seen_at: Mapped[Timestamp]
    ip: Mapped[str | None] = mapped_column(String(45))
    user_agent: Mapped[str | None] = mapped_column(String(255))
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    revoked_reason: Mapped[RevokeReason | None] = mapped_column(enum_text(RevokeReason))

    def revoke(self, at: datetime, reason: RevokeReason) -> None:
        """Only the first reason counts: it says what ended the session."""
        if self.revoked_at is None:
            self.revoked_at, self.revoked_reason = at, reason


class RefreshToken(Base):
    """A refresh token's hash. `used_at` set and seen again means that two parties hold the token."""

    __tablename__ = "refresh_tokens"

    id: Mapped[UuidPk]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    issued_at: Mapped[Timestamp]
    expires_at: Mapped[Timestamp] = mapped_column(DateTime(timezone=True), index=True)
    used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    replaced_by: Mapped[uuid.UUID | None]

    def mark_used(self, at: datetime, replaced_by: uuid.UUID) -> None:
        self.used_at, self.replaced_by = at, replaced_by


class EmailToken(Base):
    """The hash of a one-time link sent by mail. `email` is the address it proves."""

    __tablename__ = "email_tokens"
    __table_args__ = (one_of("purpose", TokenPurpose),)

    id: Mapped[UuidPk]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[TokenPurpose] = mapped_column(enum_text(TokenPurpose))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str] = mapped_column(String(254))
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[Timestamp] = mapped_column(DateTime(timezone=True), index=True)
    used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class CustomerNote(Base):
    """What staff wrote down about a customer, who never sees it."""

    __tablename__ = "customer_notes"
    __table_args__ = (Index(None, "user_id", "id"),)

    id: Mapped[UuidPk]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[CreatedAt]
