"""What may follow what in a license's life."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from billing.licenses.errors import LicenseStateConflict
from billing.licenses.models import License, LicenseStatus

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MONTH = timedelta(days=30)


def a_license(status: LicenseStatus) -> License:
    return License(status=status, expiry_date=NOW, grace_until=None, auto_renew=True)


def test_renewals_may_come_twice_and_late() -> None:
    row = a_license(LicenseStatus.ACTIVE)
    row.extend(NOW + 2 * MONTH, NOW + 3 * MONTH)
    row.extend(NOW + MONTH, NOW + 2 * MONTH)
    row.extend(NOW + 2 * MONTH, None)
    assert (row.expiry_date, row.grace_until) == (NOW + 2 * MONTH, NOW + 3 * MONTH)


def test_a_renewal_wakes_an_expired_license_but_not_a_suspended_one() -> None:
    expired, suspended = a_license(LicenseStatus.EXPIRED), a_license(LicenseStatus.SUSPENDED)
    for row in (expired, suspended):
        row.extend(NOW + MONTH, None)
        assert row.expiry_date == NOW + MONTH
    assert expired.status is LicenseStatus.ACTIVE
    assert suspended.status is LicenseStatus.SUSPENDED


def test_suspension_has_a_reason_and_is_undone() -> None:
    row = a_license(LicenseStatus.ACTIVE)
    row.suspend("payment overdue")
    assert (row.status, row.suspended_reason) == (LicenseStatus.SUSPENDED, "payment overdue")
    row.reinstate()
    assert (row.status, row.suspended_reason) == (LicenseStatus.ACTIVE, None)


def test_cancelled_is_the_end() -> None:
    row = a_license(LicenseStatus.ACTIVE)
    row.cancel()
    assert not row.auto_renew
    changes: list[Callable[[], None]] = [
        lambda: row.extend(NOW + MONTH, None),
        lambda: row.suspend("x"),
        row.reinstate,
        row.expire,
    ]
    for change in changes:
        with pytest.raises(LicenseStateConflict):
            change()
    row.cancel()
    assert row.status is LicenseStatus.CANCELLED
    assert row.expiry_date == NOW


def test_an_expired_license_is_renewed_not_reinstated() -> None:
    with pytest.raises(LicenseStateConflict):
        a_license(LicenseStatus.EXPIRED).reinstate()
