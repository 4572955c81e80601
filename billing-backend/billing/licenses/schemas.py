"""Bodies of the license API (panels ask) and of the customer's view of licenses. Times are UTC."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AliasChoices, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from billing.catalog.models import LicenseType
from billing.licenses.models import ApiKey, KeyPermission, License, LicenseStatus, Resource
from billing.licenses.verdict import remaining_of
from billing_client import ValidationCode
from billing_client.signing import NONCE_PATTERN
from service_kit.fields import Line

LicenseKeyText = Annotated[Line, StringConstraints(max_length=64), Field(examples=["NP-7K3M-9QRT-4WXY"])]
Nonce = Annotated[str, StringConstraints(pattern=f"^{NONCE_PATTERN}$")]
Count = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
AbsoluteCount = Annotated[int, Field(strict=True, ge=0, le=1_000_000_000)]


_CENTURY = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


def _in_this_century(value: datetime) -> datetime:
    if not _CENTURY[0] <= value < _CENTURY[1]:
        raise ValueError("must be in this century")
    return value


class ValidateIn(BaseModel):
    """May this license use that feature now? `fingerprint` names the machine that asks."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"license_key": "NP-7K3M-9QRT-4WXY", "feature": "create_database", "nonce": "q3Zr1cXo"}]
        },
    )

    license_key: LicenseKeyText
    feature: Annotated[Line, StringConstraints(max_length=100)]
    fingerprint: Line | None = None
    nonce: Nonce | None = None


class EntitlementsOut(BaseModel):
    """What the license grants: `quotas` by name (null is unlimited, `storage_mb` in MiB) and feature flags."""

    quotas: dict[str, int | None]
    features: dict[str, object]

    @classmethod
    def of(cls, license_row: License) -> "EntitlementsOut":
        return cls(quotas=license_row.quotas(), features=license_row.features)


class ValidateOut(BaseModel):
    """The verdict. `remaining_quota` is null when unlimited and for plain features; `ttl`: seconds it may be cached."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "valid": True,
                    "code": "VALID",
                    "error": None,
                    "remaining_quota": 5,
                    "plan": "professional",
                    "status": "active",
                    "expires_at": "2027-11-20T12:00:00Z",
                    "grace_until": None,
                    "entitlements": {"quotas": {"databases": 50}, "features": {"ssl_certificates": True}},
                    "ttl": 300,
                    "ts": "2026-11-20T12:00:00Z",
                    "nonce": "q3Zr1cXo",
                }
            ]
        }
    )

    valid: bool
    code: ValidationCode
    error: str | None
    remaining_quota: int | None
    plan: str | None
    status: LicenseStatus | None
    expires_at: datetime | None
    grace_until: datetime | None
    entitlements: EntitlementsOut | None
    ttl: int
    ts: datetime
    nonce: str | None


class UsageIn(BaseModel):
    """What happened at the panel. A `nonce`, when given, repeats the Idempotency-Key inside the signed body."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"license_key": "NP-7K3M-9QRT-4WXY", "resource": "databases", "action": "created", "count": 1}]
        },
    )

    license_key: LicenseKeyText
    resource: Resource
    action: Literal["created", "deleted"]
    count: Count = 1
    nonce: Nonce | None = None


class UsageOut(BaseModel):
    """Counted. `quota_remaining` is null for an unlimited quota."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"success": True, "quota_remaining": 4}]})

    success: Literal[True] = True
    quota_remaining: int | None


class UsageRefusedOut(BaseModel):
    """Not counted, and why."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "success": False,
                    "code": "QUOTA_EXCEEDED",
                    "error": "Database quota exceeded",
                    "quota_remaining": 0,
                }
            ]
        }
    )

    success: Literal[False] = False
    code: ValidationCode
    error: str
    quota_remaining: int | None


class SnapshotIn(BaseModel):
    """How many of each resource exist at the panel now; resources left out stay as they are."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"license_key": "NP-7K3M-9QRT-4WXY", "usage": {"databases": 3, "domains": 1}}]},
    )

    license_key: LicenseKeyText
    usage: Annotated[dict[Resource, AbsoluteCount], Field(min_length=1)]
    nonce: Nonce | None = None


class LicenseChangeOut(BaseModel):
    """A counter before and after."""

    was: int
    now: int


class SnapshotOut(BaseModel):
    """The counters that were different; empty when nothing had drifted."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"success": True, "changed": {"databases": {"was": 4, "now": 3}}}]}
    )

    success: Literal[True] = True
    changed: dict[Resource, LicenseChangeOut]


class QuotaOut(BaseModel):
    """`maximum` and `remaining` are null for an unlimited quota."""

    used: int
    maximum: int | None
    remaining: int | None


class LicenseOut(BaseModel):
    """A license as its owner sees it. `last4` are the last characters of the key; reveal shows all of it."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "id": "01939a3c-5f00-7d2a-9c55-0d1f2f3a4b5c",
                    "plan": "starter",
                    "status": "active",
                    "last4": "4WXY",
                    "activation_date": "2026-11-20T12:00:00Z",
                    "expiry_date": "2027-11-20T12:00:00Z",
                    "grace_until": None,
                    "auto_renew": True,
                    "suspended_reason": None,
                    "nextpanel_user_id": None,
                    "created_at": "2026-11-20T12:00:00Z",
                }
            ]
        },
    )

    id: uuid.UUID
    plan: Annotated[LicenseType, Field(validation_alias=AliasChoices("license_type", "plan"))]
    status: LicenseStatus
    last4: str
    activation_date: datetime
    expiry_date: datetime
    grace_until: datetime | None
    auto_renew: bool
    suspended_reason: str | None
    nextpanel_user_id: str | None
    created_at: datetime


class LicenseDetailOut(LicenseOut):
    """A license with what it grants and what of it is used."""

    entitlements: EntitlementsOut
    usage: dict[Resource, QuotaOut]

    @classmethod
    def of(cls, license_row: License, usage: Mapping[Resource, int]) -> "LicenseDetailOut":
        quotas = {
            resource: QuotaOut(
                used=usage.get(resource, 0),
                maximum=license_row.maximum(resource),
                remaining=remaining_of(license_row.maximum(resource), usage.get(resource, 0)),
            )
            for resource in Resource
        }
        shown = LicenseOut.model_validate(license_row).model_dump()
        return cls(**shown, entitlements=EntitlementsOut.of(license_row), usage=quotas)


class RevealedKeyOut(BaseModel):
    """The whole license key."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"license_key": "NP-7K3M-9QRT-4WXY"}]})

    license_key: str


class ApiKeyIn(BaseModel):
    """A new API key; without `permissions` it has all of them, without `expires_at` it does not expire."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "my own server"}]})

    name: Line
    permissions: Annotated[list[KeyPermission], Field(min_length=1, max_length=len(KeyPermission))] = list(
        KeyPermission
    )
    expires_at: Annotated[AwareDatetime, AfterValidator(_in_this_century)] | None = None


class ApiKeyOut(BaseModel):
    """An API key without its secret; `public_id` goes into X-NextPanel-Key."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    public_id: str
    name: str
    permissions: list[str]
    is_active: bool
    last_used_at: datetime | None
    expires_at: datetime | None
    created_at: datetime


class CreatedApiKeyOut(ApiKeyOut):
    """A new API key. `secret` is shown now and never again."""

    secret: str

    @classmethod
    def of(cls, key: ApiKey, secret: str) -> "CreatedApiKeyOut":
        return cls(**ApiKeyOut.model_validate(key).model_dump(), secret=secret)
