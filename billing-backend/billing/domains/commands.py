"""What is ordered at a registrar, and by which rules."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from billing.domains.ports import Contact
from billing.kit.money import Money


@dataclass(frozen=True, slots=True)
class RegisterDomain:
    """What was sold. `expected_cost` is our own cost for all `years` as it was when the customer was quoted."""

    idempotency_key: str
    user_id: uuid.UUID
    domain_name: str
    years: int
    contact: Contact
    expected_cost: Money
    nameservers: tuple[str, ...] = ()
    privacy: bool = True
    is_premium: bool = False
    idn_language: str | None = None
    tld_attributes: Mapping[str, str] = field(default_factory=dict)
    license_id: uuid.UUID | None = None
    order_item_id: uuid.UUID | None = None
    contact_id: uuid.UUID | None = None
    auto_renew: bool = True


@dataclass(frozen=True, slots=True)
class RenewDomain:
    """What was sold: `years` more for a domain that ended at `renews_from` when it was; None when that is not known.

    `expected_cost` is our own cost for all `years` as it was when the customer was quoted.
    """

    idempotency_key: str
    user_id: uuid.UUID
    domain_name: str
    years: int
    expected_cost: Money
    renews_from: date | None = None
    order_item_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class RegistrationPolicy:
    """`cost_tolerance_percent` is how much more than quoted the registrar may take.

    `recheck_delay` must be longer than the registrar's time-out: what a dead process sent may still be executed.
    """

    recheck_delay: timedelta = timedelta(minutes=3)
    pending_recheck: timedelta = timedelta(minutes=15)
    pending_limit: timedelta = timedelta(days=7)
    cost_tolerance_percent: int = 10
