"""Which domains can be renewed, and for how long."""

from datetime import date, timedelta
from typing import Final

from billing.catalog.errors import YearsOutOfRange
from billing.domains.errors import DomainNotRenewable, DomainPastRenewal
from billing.domains.models import Domain
from billing.domains.ports import DomainStatus

# After that the registry keeps the name for itself, then lets it go: bringing it back is no renewal any more.
GRACE: Final = timedelta(days=30)
_MOST_YEARS: Final = 10
_RENEWABLE: Final = frozenset({DomainStatus.ACTIVE, DomainStatus.EXPIRED, DomainStatus.SUSPENDED})
_PAST: Final = frozenset({DomainStatus.REDEMPTION, DomainStatus.DELETED})


def require_renewable(domain: Domain, years: int, today: date) -> None:
    """Refuse what the registrar would refuse once it is paid.

    Raises `DomainPastRenewal` for one that expired too long ago, `DomainNotRenewable` for one that is not ours to
    renew, `YearsOutOfRange` where it would end more than ten years from now.
    """
    expiry = domain.expiry_date
    if domain.status in _PAST or (expiry is not None and today > expiry + GRACE):
        raise DomainPastRenewal(extra={"domain": domain.domain_name, "expiry_date": str(expiry)})
    if domain.status not in _RENEWABLE:
        raise DomainNotRenewable(extra={"domain": domain.domain_name, "domain_status": domain.status})
    if expiry is not None and expiry > today:
        left = _MOST_YEARS - _whole_years(today, expiry)
        if years > left:
            raise YearsOutOfRange(extra={"domain": domain.domain_name, "min_years": 1, "max_years": left})


def _whole_years(today: date, expiry: date) -> int:
    """Return the years that are left, a started one counted as whole."""
    later = (expiry.month, expiry.day) > (today.month, today.day)
    return expiry.year - today.year + int(later)
