"""Every code of the closed list, from the rules alone."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from billing.catalog.models import LicenseType
from billing.licenses.models import License, LicenseStatus, Resource
from billing.licenses.verdict import FEATURE_RESOURCES, judge, remaining_of, standing, ttl_seconds
from billing_client import Resource as SdkResource
from billing_client import ValidationCode

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def a_license(
    *,
    status: LicenseStatus = LicenseStatus.ACTIVE,
    expiry_date: datetime = NOW + 30 * DAY,
    grace_until: datetime | None = None,
    max_databases: int | None = 5,
    fingerprint: str | None = None,
) -> License:
    return License(
        id=uuid.uuid4(),
        license_type=LicenseType.STARTER,
        status=status,
        expiry_date=expiry_date,
        grace_until=grace_until,
        features={"ssl_certificates": True, "staging": False, "early_bird": False},
        max_accounts=1,
        max_domains=3,
        max_databases=max_databases,
        max_emails=10,
        max_storage_mb=10_240,
        fingerprint=fingerprint,
    )


def code_of(
    license_row: License,
    *,
    feature: str = "create_database",
    used: int = 0,
    fingerprint: str | None = None,
    on_own_machine: bool = False,
) -> ValidationCode:
    verdict = judge(
        license_row,
        {Resource.DATABASES: used},
        feature=feature,
        fingerprint=fingerprint,
        on_own_machine=on_own_machine,
        now=NOW,
    )
    assert verdict.valid == (verdict.error is None)
    assert verdict.valid == (verdict.code in {ValidationCode.VALID, ValidationCode.IN_GRACE})
    return verdict.code


@pytest.mark.parametrize(
    ("license_row", "code"),
    [
        (a_license(), ValidationCode.VALID),
        (a_license(status=LicenseStatus.SUSPENDED), ValidationCode.SUSPENDED),
        (a_license(status=LicenseStatus.CANCELLED), ValidationCode.CANCELLED),
        (a_license(status=LicenseStatus.EXPIRED), ValidationCode.EXPIRED),
        (a_license(expiry_date=NOW), ValidationCode.EXPIRED),
        (a_license(expiry_date=NOW - DAY, grace_until=NOW + DAY), ValidationCode.IN_GRACE),
        (a_license(expiry_date=NOW - DAY, grace_until=NOW), ValidationCode.EXPIRED),
        (
            a_license(status=LicenseStatus.SUSPENDED, expiry_date=NOW - DAY, grace_until=NOW + DAY),
            ValidationCode.SUSPENDED,
        ),
        (a_license(max_databases=0), ValidationCode.QUOTA_EXCEEDED),
        (a_license(max_databases=None), ValidationCode.VALID),
    ],
)
def test_status_time_and_quota_decide(license_row: License, code: ValidationCode) -> None:
    assert code_of(license_row) is code


def test_quotas_count_down_to_refusal() -> None:
    verdict = judge(
        a_license(), {Resource.DATABASES: 4}, feature="create_database", fingerprint=None, on_own_machine=False, now=NOW
    )
    assert (verdict.code, verdict.remaining) == (ValidationCode.VALID, 1)
    assert code_of(a_license(), used=5) is ValidationCode.QUOTA_EXCEEDED
    # A snapshot may have found more than was bought.
    assert code_of(a_license(), used=9) is ValidationCode.QUOTA_EXCEEDED
    assert remaining_of(5, 9) == 0
    assert remaining_of(None, 9) is None


@pytest.mark.parametrize(
    ("feature", "code"),
    [
        ("ssl_certificates", ValidationCode.VALID),
        ("staging", ValidationCode.FEATURE_NOT_INCLUDED),
        # Known to this license alone, and to the catalog alone.
        ("early_bird", ValidationCode.FEATURE_NOT_INCLUDED),
        ("white_label", ValidationCode.FEATURE_NOT_INCLUDED),
        ("teleport", ValidationCode.UNKNOWN_FEATURE),
    ],
)
def test_flags_are_looked_up(feature: str, code: ValidationCode) -> None:
    assert code_of(a_license(), feature=feature) is code


@pytest.mark.parametrize(
    ("bound_to", "given", "on_own_machine", "code"),
    [
        (None, None, True, ValidationCode.VALID),
        (None, "m1", True, ValidationCode.NOT_ACTIVATED),
        ("m1", "m1", True, ValidationCode.VALID),
        ("m1", "m2", True, ValidationCode.FINGERPRINT_MISMATCH),
        # Leaving the fingerprint out is no way around it on a customer's own machine.
        ("m1", None, True, ValidationCode.FINGERPRINT_MISMATCH),
        ("m1", None, False, ValidationCode.VALID),
        ("m1", "m2", False, ValidationCode.FINGERPRINT_MISMATCH),
    ],
)
def test_a_license_bound_to_a_machine_works_there_only(
    bound_to: str | None, given: str | None, on_own_machine: bool, code: ValidationCode
) -> None:
    license_row = a_license(fingerprint=bound_to)
    assert code_of(license_row, fingerprint=given, on_own_machine=on_own_machine) is code


def test_an_answer_is_not_cached_past_the_moment_that_changes_it() -> None:
    assert ttl_seconds(a_license(), NOW) == 300
    assert ttl_seconds(a_license(expiry_date=NOW + timedelta(seconds=40)), NOW) == 40
    in_grace = a_license(expiry_date=NOW - DAY, grace_until=NOW + timedelta(seconds=7))
    assert standing(in_grace, NOW) is ValidationCode.IN_GRACE
    assert ttl_seconds(in_grace, NOW) == 7


def test_both_sides_of_the_wire_count_the_same_things() -> None:
    assert {resource.value for resource in Resource} == {resource.value for resource in SdkResource}
    assert set(FEATURE_RESOURCES.values()) == set(Resource)
