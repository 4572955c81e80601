"""Which domains can be renewed on which day, and for how long."""

from datetime import date, timedelta

import pytest

from billing.catalog.errors import YearsOutOfRange
from billing.domains.errors import DomainNotRenewable, DomainPastRenewal
from billing.domains.models import Domain
from billing.domains.ports import DomainStatus
from billing.domains.renewability import require_renewable
from billing.flows.domain_renewal.stages import STAGES, next_charge
from billing.flows.forecast.collect import later
from service_kit.errors import AppError

TODAY = date(2026, 11, 22)


def domain(expiry: date | None = date(2027, 11, 22), status: DomainStatus = DomainStatus.ACTIVE) -> Domain:
    return Domain(domain_name="example.com", expiry_date=expiry, status=status)


@pytest.mark.parametrize(
    ("expiry", "most"),
    [
        (date(2027, 11, 22), 9),
        (date(2027, 11, 23), 8),
        (date(2026, 11, 23), 9),
        (date(2036, 11, 22), 0),
        # Years count from the old end, also when that has passed.
        (date(2026, 11, 1), 10),
        (None, 10),
    ],
)
def test_no_domain_ends_more_than_ten_years_from_now(expiry: date | None, most: int) -> None:
    for years in range(1, 11):
        if years <= most:
            require_renewable(domain(expiry), years, TODAY)
        else:
            with pytest.raises(YearsOutOfRange):
                require_renewable(domain(expiry), years, TODAY)


@pytest.mark.parametrize(
    ("held", "refusal"),
    [
        (domain(TODAY - timedelta(days=30), DomainStatus.EXPIRED), None),
        (domain(TODAY - timedelta(days=31), DomainStatus.EXPIRED), DomainPastRenewal),
        (domain(status=DomainStatus.SUSPENDED), None),
        (domain(status=DomainStatus.REDEMPTION), DomainPastRenewal),
        (domain(status=DomainStatus.DELETED), DomainPastRenewal),
        (domain(status=DomainStatus.TRANSFERRED), DomainNotRenewable),
        (domain(status=DomainStatus.PENDING), DomainNotRenewable),
    ],
)
def test_what_is_lost_or_not_ours_is_refused(held: Domain, refusal: type[AppError] | None) -> None:
    if refusal is None:
        require_renewable(held, 1, TODAY)
        return
    with pytest.raises(refusal):
        require_renewable(held, 1, TODAY)


def test_a_try_that_failed_is_followed_by_the_next_one() -> None:
    assert [next_charge(stage) for stage in STAGES] == [29, 7, 1, None]


def test_a_month_that_is_shorter_ends_earlier() -> None:
    assert [later(date(2027, 1, 31), months) for months in (0, 1, 12, 13)] == [
        date(2027, 1, 31),
        date(2027, 2, 28),
        date(2028, 1, 31),
        date(2028, 2, 29),
    ]
