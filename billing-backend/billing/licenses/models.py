"""Licenses, what they grant, what of it is used, and the API keys that ask about them."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Index, String, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from billing.catalog.models import LicenseType
from billing.kit.db import Base
from billing.licenses.errors import LicenseStateConflict
from service_kit.db import CreatedAt, Timestamp, UpdatedAt, UuidPk, enum_text, one_of
from service_kit.ids import uuid7


class LicenseStatus(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class Resource(StrEnum):
    """What quotas count and usage reports name."""

    ACCOUNTS = "accounts"
    DOMAINS = "domains"
    DATABASES = "databases"
    EMAILS = "emails"


class UsageAction(StrEnum):
    CREATED = "created"
    DELETED = "deleted"
    SNAPSHOT = "snapshot"


class KeyPermission(StrEnum):
    """What an API key may do."""

    VALIDATE = "license:validate"
    USAGE = "usage:write"


class License(Base):
    """What a customer bought. A quota of NULL is unlimited, storage is in MiB.

    `license_key` is ciphertext; `license_key_hash` (a keyed hash) finds it, `last4` shows it. The license is good until
    `expiry_date`, and beyond it until `grace_until` when there is one. `entitlements_version` counts changes of what
    the license grants; its panel account says which of them the panel knows.
    """

    __tablename__ = "licenses"
    __table_args__ = (
        one_of("license_type", LicenseType),
        one_of("status", LicenseStatus),
        CheckConstraint(
            "max_accounts >= 0 AND max_domains >= 0 AND max_databases >= 0 AND max_emails >= 0 AND max_storage_mb >= 0",
            name="quotas_not_negative",
        ),
        Index(None, "status", "expiry_date"),
        Index(None, "status", "id"),
        Index(None, "last4", "id"),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    order_item_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("order_items.id"), unique=True)
    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("plans.id"), index=True)
    license_key: Mapped[str] = mapped_column(Text)
    license_key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    last4: Mapped[str] = mapped_column(String(4))
    license_type: Mapped[LicenseType] = mapped_column(enum_text(LicenseType))
    status: Mapped[LicenseStatus] = mapped_column(enum_text(LicenseStatus), default=LicenseStatus.ACTIVE)
    suspended_reason: Mapped[str | None] = mapped_column(String(200))
    features: Mapped[dict[str, object]]
    max_accounts: Mapped[int | None]
    max_domains: Mapped[int | None]
    max_databases: Mapped[int | None]
    max_emails: Mapped[int | None]
    max_storage_mb: Mapped[int | None]
    nextpanel_user_id: Mapped[str | None] = mapped_column(String(64))
    fingerprint: Mapped[str | None] = mapped_column(String(200))
    activation_date: Mapped[Timestamp]
    expiry_date: Mapped[Timestamp]
    grace_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    auto_renew: Mapped[bool] = mapped_column(default=True)
    entitlements_version: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]

    def maximum(self, resource: Resource) -> int | None:
        """Return the quota of `resource`, None when unlimited."""
        return {
            Resource.ACCOUNTS: self.max_accounts,
            Resource.DOMAINS: self.max_domains,
            Resource.DATABASES: self.max_databases,
            Resource.EMAILS: self.max_emails,
        }[resource]

    def quotas(self) -> dict[str, int | None]:
        """Return every quota by its name, None for unlimited."""
        return {**{resource.value: self.maximum(resource) for resource in Resource}, "storage_mb": self.max_storage_mb}

    def is_in_grace(self, now: datetime) -> bool:
        return (
            self.status == LicenseStatus.ACTIVE
            and self.expiry_date <= now
            and self.grace_until is not None
            and now < self.grace_until
        )

    def is_over(self, now: datetime) -> bool:
        """Tell whether the paid time and the grace after it have passed."""
        return self.expiry_date <= now and (self.grace_until is None or self.grace_until <= now)

    def extend(self, expires_at: datetime, grace_until: datetime | None) -> None:
        """Move the expiry forward, never back, so that renewals may come twice or out of order.

        An expired license is active again; a suspended one stays so. Raises `LicenseStateConflict` when cancelled.
        """
        self._refuse(LicenseStatus.CANCELLED)
        if expires_at > self.expiry_date:
            self.expiry_date = expires_at
            self.grace_until = grace_until
        if self.status == LicenseStatus.EXPIRED:
            self.status = LicenseStatus.ACTIVE

    def prolong_grace(self, until: datetime) -> None:
        """Let the license be good until `until` at least; one that only time had ended is active again."""
        if self.status in {LicenseStatus.ACTIVE, LicenseStatus.EXPIRED}:
            self.status = LicenseStatus.ACTIVE
            self.grace_until = until if self.grace_until is None else max(self.grace_until, until)

    def end_grace(self) -> None:
        """Let the license end with its paid time: nobody is going to pay for more."""
        self.grace_until = None

    def shorten(self, expires_at: datetime, grace_until: datetime | None) -> None:
        """Move the expiry back, never forward; raises `LicenseStateConflict` when cancelled."""
        self._refuse(LicenseStatus.CANCELLED)
        if expires_at < self.expiry_date:
            self.expiry_date, self.grace_until = expires_at, grace_until

    def suspend(self, reason: str) -> None:
        """Stop an active or expired license; raises `LicenseStateConflict` when cancelled."""
        self._refuse(LicenseStatus.CANCELLED)
        self.status = LicenseStatus.SUSPENDED
        self.suspended_reason = reason

    def reinstate(self) -> None:
        """Undo a suspension; raises `LicenseStateConflict` when expired or cancelled."""
        self._refuse(LicenseStatus.CANCELLED, LicenseStatus.EXPIRED)
        self.status = LicenseStatus.ACTIVE
        self.suspended_reason = None

    def expire(self) -> None:
        """Mark that the paid time is over; raises `LicenseStateConflict` when cancelled."""
        self._refuse(LicenseStatus.CANCELLED)
        self.status = LicenseStatus.EXPIRED

    def cancel(self) -> None:
        self.status = LicenseStatus.CANCELLED
        self.auto_renew = False
        self.grace_until = None

    def _refuse(self, *statuses: LicenseStatus) -> None:
        if self.status in statuses:
            raise LicenseStateConflict(extra={"license_status": self.status})


class UsageCounter(Base):
    """How much of one quota is used now; the row that the usage gate updates."""

    __tablename__ = "usage"
    __table_args__ = (one_of("resource", Resource), CheckConstraint("used >= 0", name="not_negative"))

    license_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("licenses.id"), primary_key=True)
    resource: Mapped[Resource] = mapped_column(enum_text(Resource), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    used: Mapped[int] = mapped_column(BigInteger, default=0)
    updated_at: Mapped[UpdatedAt]


class UsageRecord(Base):
    """One accepted change of a counter; appended, never changed. `count` is what was asked, signed for snapshots."""

    __tablename__ = "usage_records"
    __table_args__ = (
        one_of("resource", Resource),
        one_of("action", UsageAction),
        Index(None, "license_id", "created_at"),
        {"postgresql_partition_by": "RANGE (created_at)"},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), primary_key=True, server_default=func.now())
    license_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("licenses.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    api_key_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("api_keys.id"))
    idempotency_key: Mapped[str | None] = mapped_column(String(255))
    resource: Mapped[Resource] = mapped_column(enum_text(Resource))
    action: Mapped[UsageAction] = mapped_column(enum_text(UsageAction))
    count: Mapped[int] = mapped_column(BigInteger)
    used: Mapped[int] = mapped_column(BigInteger)


class ApiKey(Base):
    """A caller of the license API: bound to one license, or a panel server's platform key for the licenses it hosts.

    The secret is kept encrypted because signatures are checked with it; `key_hash` tells whether a given secret is this
    one. A platform key has no owner, so no customer sees it.
    """

    __tablename__ = "api_keys"
    __table_args__ = (CheckConstraint("(license_id IS NULL) <> (panel_server_id IS NULL)", name="one_scope"),)

    id: Mapped[UuidPk]
    public_id: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    license_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("licenses.id"), index=True)
    panel_server_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("panel_servers.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    key_hash: Mapped[str] = mapped_column(String(64), index=True)
    secret_encrypted: Mapped[str] = mapped_column(Text)
    permissions: Mapped[list[object]] = mapped_column(JSONB)
    last_used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[CreatedAt]

    def is_usable(self, now: datetime) -> bool:
        return self.is_active and (self.expires_at is None or now < self.expires_at)

    def permits(self, permission: KeyPermission) -> bool:
        return permission in self.permissions

    def revoke(self) -> None:
        self.is_active = False
