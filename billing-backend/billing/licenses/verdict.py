"""May this license do that, now? Pure rules over the facts; no database, no clock of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from billing.catalog.features import Feature
from billing.licenses.models import License, LicenseStatus, Resource
from billing_client import ValidationCode

ANSWER_TTL_SECONDS = 300

FEATURE_RESOURCES: Mapping[str, Resource] = {
    "create_account": Resource.ACCOUNTS,
    "add_domain": Resource.DOMAINS,
    "create_database": Resource.DATABASES,
    "create_email": Resource.EMAILS,
}
RESOURCE_NAMES: Mapping[Resource, str] = {
    Resource.ACCOUNTS: "Account",
    Resource.DOMAINS: "Domain",
    Resource.DATABASES: "Database",
    Resource.EMAILS: "Mailbox",
}
_SENTENCES: Mapping[ValidationCode, str] = {
    ValidationCode.NOT_FOUND: "There is no such license",
    ValidationCode.SUSPENDED: "The license is suspended",
    ValidationCode.EXPIRED: "The license has expired",
    ValidationCode.CANCELLED: "The license was cancelled",
    ValidationCode.FINGERPRINT_MISMATCH: "The license is activated on another machine",
    ValidationCode.NOT_ACTIVATED: "The license is not activated on a machine yet",
    ValidationCode.FEATURE_NOT_INCLUDED: "The plan does not include this feature",
    ValidationCode.UNKNOWN_FEATURE: "There is no such feature",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """`remaining` is None for an unlimited quota and for plain features; `error` is None when valid."""

    code: ValidationCode
    remaining: int | None = None
    error: str | None = None

    @property
    def valid(self) -> bool:
        return self.code in {ValidationCode.VALID, ValidationCode.IN_GRACE}


def refusal(code: ValidationCode) -> Verdict:
    return Verdict(code, error=_SENTENCES[code])


def quota_exceeded(resource: Resource, remaining: int) -> Verdict:
    return Verdict(ValidationCode.QUOTA_EXCEEDED, remaining, f"{RESOURCE_NAMES[resource]} quota exceeded")


def standing(license_row: License, now: datetime) -> ValidationCode:
    """Return VALID or IN_GRACE, or why the license is good for nothing now."""
    match license_row.status:
        case LicenseStatus.CANCELLED:
            return ValidationCode.CANCELLED
        case LicenseStatus.SUSPENDED:
            return ValidationCode.SUSPENDED
        case LicenseStatus.EXPIRED:
            return ValidationCode.EXPIRED
    # Time decides, not the sweep that writes the status afterwards.
    if license_row.is_over(now):
        return ValidationCode.EXPIRED
    return ValidationCode.IN_GRACE if license_row.is_in_grace(now) else ValidationCode.VALID


def judge(
    license_row: License,
    used: Mapping[Resource, int],
    *,
    feature: str,
    fingerprint: str | None,
    on_own_machine: bool,
    now: datetime,
) -> Verdict:
    """Return the verdict on one feature.

    `on_own_machine` is true for a caller whose API key belongs to this license alone: such an installation has to name
    the machine it was activated on. A panel server of ours has no say in that, unless it names one.
    """
    code = standing(license_row, now)
    if code not in {ValidationCode.VALID, ValidationCode.IN_GRACE}:
        return refusal(code)
    machine = _machine_refusal(license_row, fingerprint, on_own_machine=on_own_machine)
    if machine is not None:
        return refusal(machine)
    resource = FEATURE_RESOURCES.get(feature)
    if resource is None:
        return _judge_flag(license_row, feature, code)
    remaining = remaining_of(license_row.maximum(resource), used.get(resource, 0))
    if remaining == 0:
        return quota_exceeded(resource, 0)
    return Verdict(code, remaining)


def remaining_of(maximum: int | None, used: int) -> int | None:
    """Return what is left of a quota, None when unlimited; never negative."""
    return None if maximum is None else max(0, maximum - used)


def ttl_seconds(license_row: License, now: datetime) -> int:
    """Return how long an answer may be cached: not beyond the moment at which time alone would change it."""
    ends = [at for at in (license_row.expiry_date, license_row.grace_until) if at is not None and at > now]
    longest = min((int((at - now).total_seconds()) for at in ends), default=ANSWER_TTL_SECONDS)
    return min(ANSWER_TTL_SECONDS, longest)


def _machine_refusal(license_row: License, fingerprint: str | None, *, on_own_machine: bool) -> ValidationCode | None:
    if fingerprint is None and not (on_own_machine and license_row.fingerprint is not None):
        return None
    if license_row.fingerprint is None:
        return ValidationCode.NOT_ACTIVATED
    return None if fingerprint == license_row.fingerprint else ValidationCode.FINGERPRINT_MISMATCH


def _judge_flag(license_row: License, feature: str, code: ValidationCode) -> Verdict:
    if license_row.features.get(feature) is True:
        return Verdict(code)
    known = feature in license_row.features or feature in set(Feature)
    return refusal(ValidationCode.FEATURE_NOT_INCLUDED if known else ValidationCode.UNKNOWN_FEATURE)
