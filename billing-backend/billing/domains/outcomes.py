"""What an order at a registrar can come to."""

from dataclasses import dataclass
from datetime import datetime

from billing.domains.models import Domain


@dataclass(frozen=True, slots=True)
class Confirmed:
    """It is done, once, and the domain's row says so."""

    domain: Domain


@dataclass(frozen=True, slots=True)
class Pending:
    """Not settled: call again at `retry_at` (UTC). Nothing is lost or repeated by calling earlier."""

    retry_at: datetime
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Refused:
    """It will never be done, and nothing was charged: the customer gets the money back. `code` is a RejectionCode."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class NeedsAttention:
    """A person has to change something; call again afterwards."""

    code: str
    message: str


RegistrationOutcome = Confirmed | Pending | Refused | NeedsAttention
