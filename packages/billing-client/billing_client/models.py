"""Typed answers of the license API."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class ValidationCode(StrEnum):
    """The closed list of answers to "may this license do that?"; only `VALID` and `IN_GRACE` say yes."""

    VALID = "VALID"
    NOT_FOUND = "NOT_FOUND"
    SUSPENDED = "SUSPENDED"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"
    IN_GRACE = "IN_GRACE"
    QUOTA_EXCEEDED = "QUOTA_EXCEEDED"
    FEATURE_NOT_INCLUDED = "FEATURE_NOT_INCLUDED"
    UNKNOWN_FEATURE = "UNKNOWN_FEATURE"
    FINGERPRINT_MISMATCH = "FINGERPRINT_MISMATCH"
    NOT_ACTIVATED = "NOT_ACTIVATED"


class Resource(StrEnum):
    """What quotas count."""

    ACCOUNTS = "accounts"
    DOMAINS = "domains"
    DATABASES = "databases"
    EMAILS = "emails"


class UsageAction(StrEnum):
    """`CREATED` consumes quota and is the gate; `DELETED` hands it back."""

    CREATED = "created"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class LicenseAnswer:
    """Billing's answer about one license and one feature.

    `remaining_quota` is None for unlimited quotas and plain features; `error` is a sentence for the customer
    when `valid` is false; `ttl` is the number of seconds the answer may be cached; times are UTC.
    """

    valid: bool
    code: ValidationCode
    ts: datetime
    ttl: int
    error: str | None = None
    remaining_quota: int | None = None
    plan: str | None = None
    status: str | None = None
    expires_at: datetime | None = None
    grace_until: datetime | None = None
    entitlements: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UsageAnswer:
    """An accepted usage report. `quota_remaining` is None when unlimited; `replayed` when it was a repeat."""

    quota_remaining: int | None
    replayed: bool


@dataclass(frozen=True, slots=True)
class UsageChange:
    """One count billing corrected after a snapshot."""

    was: int
    now: int


@dataclass(frozen=True, slots=True)
class SnapshotAnswer:
    """The counts a snapshot corrected, by resource; empty when nothing had drifted."""

    changed: Mapping[str, UsageChange]
