"""What billing needs from a registrar, whoever it is.

Money is the kit's `Money`, always our cost, fees included. Days are `date`, instants timezone-aware UTC. Names are
lower case, in ASCII form (IDN as `xn--…`), with the public suffix as the registrar sells it (`example.co.uk`).

Every method raises the errors below and nothing else. "The registrar cannot be reached" is always an error, never a
"free" or a "not ours".
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol, Self

from billing.kit.money import Money


class RegistrarError(Exception):
    """Base of all failures; `message` is the registrar's own words and safe to store."""

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


class Retriable(RegistrarError):
    """Certainly not executed; the same call may be sent again after `after`."""

    def __init__(self, message: str, *, after: timedelta) -> None:
        self.after = after
        super().__init__(message)


class Rejected(RegistrarError):
    """Certainly not executed, and sending it again cannot help. `code` is one of `RejectionCode`."""

    def __init__(self, code: "RejectionCode", message: str) -> None:
        self.code = code
        super().__init__(message)


class ActionRequired(RegistrarError):
    """Refused until a person changes something (funds, credentials, contact data). `code` is stable."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


class OutcomeUnknown(RegistrarError):
    """The call may have been executed and charged: ask before sending anything again."""


class NotSupported(RegistrarError):
    """This registrar's API has no such function."""


class RejectionCode(StrEnum):
    NAME_TAKEN = "name_taken"
    PRICE_CHANGED = "price_changed"
    TLD_UNSUPPORTED = "tld_unsupported"
    YEARS_INVALID = "years_invalid"
    NAMESERVERS_INVALID = "nameservers_invalid"
    NOT_OURS = "not_ours"
    EXPIRED = "expired"
    NOT_EXPIRED = "not_expired"
    ALREADY_RENEWED = "already_renewed"
    NOT_FOUND = "not_found"


class PriceAction(StrEnum):
    REGISTER = "register"
    RENEW = "renew"
    TRANSFER = "transfer"
    REACTIVATE = "reactivate"


class DomainStatus(StrEnum):
    PENDING = "pending"
    ACTIVE = "active"
    EXPIRED = "expired"
    REDEMPTION = "redemption"
    SUSPENDED = "suspended"
    TRANSFERRED = "transferred"
    DELETED = "deleted"


class TransferState(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    CANCELLED = "cancelled"
    PAYMENT_PROBLEM = "payment_problem"


@dataclass(frozen=True, slots=True)
class Availability:
    """The prices are set for premium names only. `price` is what the first year costs us in all; `premium_price` is the
    part that the registrar wants to hear again with the order."""

    name: str
    is_available: bool
    is_premium: bool = False
    price: Money | None = None
    premium_price: Money | None = None
    renewal_price: Money | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """A person or organization. `country` is ISO 3166-1 alpha-2, `phone` has the EPP form `+1.6025550100`."""

    first_name: str
    last_name: str
    address1: str
    city: str
    state_province: str
    postal_code: str
    country: str
    phone: str
    email: str
    organization: str | None = None
    job_title: str | None = None
    address2: str | None = None
    fax: str | None = None


@dataclass(frozen=True, slots=True)
class DomainContacts:
    registrant: Contact
    admin: Contact
    tech: Contact
    billing: Contact

    @classmethod
    def same(cls, contact: Contact) -> Self:
        """One contact in all four roles."""
        return cls(contact, contact, contact, contact)


@dataclass(frozen=True, slots=True)
class RegisterRequest:
    """`premium_price` is Availability.premium_price; the registrar refuses when its own differs.

    `idn_language` is an ISO 639-1 code, needed for `xn--` names. `tld_attributes` are what single registries ask for,
    by neutral names such as `nexus_category` or `legal_type`.
    """

    name: str
    years: int
    contacts: DomainContacts
    expected_cost: Money
    nameservers: tuple[str, ...] = ()
    privacy: bool = True
    premium_price: Money | None = None
    idn_language: str | None = None
    tld_attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Charge:
    """What a charging command did. `is_pending`: accepted, and the registry has yet to answer."""

    cost: Money
    order_id: str | None
    transaction_id: str | None
    registrar_domain_id: str | None = None
    expiry_date: date | None = None
    is_pending: bool = False


@dataclass(frozen=True, slots=True)
class RenewRequest:
    name: str
    years: int
    premium_price: Money | None = None


@dataclass(frozen=True, slots=True)
class RegisteredDomain:
    """A domain in our account. `is_private` is None when the TLD knows no privacy service."""

    name: str
    registrar_domain_id: str
    status: DomainStatus
    registration_date: date
    expiry_date: date
    nameservers: tuple[str, ...]
    is_private: bool | None
    is_premium: bool


@dataclass(frozen=True, slots=True)
class ListedDomain:
    """A row of the account's list, without details."""

    name: str
    registrar_domain_id: str
    registration_date: date
    expiry_date: date
    is_expired: bool


@dataclass(frozen=True, slots=True)
class TransferRequest:
    name: str
    auth_code: str = field(repr=False)
    years: int = 1
    privacy: bool = True


@dataclass(frozen=True, slots=True)
class Transfer:
    """`detail` is the registrar's own description; `charge` is known right after the order only."""

    transfer_id: str
    state: TransferState
    detail: str
    charge: Charge | None = None


@dataclass(frozen=True, slots=True)
class TldRules:
    """What may be ordered for a TLD; years are whole and inclusive."""

    tld: str
    min_years: int
    max_years: int
    is_registerable: bool
    is_renewable: bool
    is_transferable: bool
    needs_auth_code: bool
    is_realtime: bool


class Registrar(Protocol):
    """One account at one registrar. `register`, `renew`, `reactivate` and `transfer_in` charge; adapters never send
    these twice by themselves."""

    @property
    def name(self) -> str:
        """The key of this adapter in the registry and in `domains.registrar`."""
        ...

    async def aclose(self) -> None:
        """Close the connections; the adapter can't be used afterwards."""
        ...

    async def check(self, names: Sequence[str]) -> list[Availability]:
        """Ask about any number of names; answers come in that order. A TLD that is not sold is not available."""
        ...

    async def price(self, tld: str, action: PriceAction, years: int = 1) -> Money | None:
        """Return our cost, or None when the TLD is not sold for that action and time."""
        ...

    async def register(self, request: RegisterRequest) -> Charge: ...

    async def renew(self, request: RenewRequest) -> Charge:
        """Add years. No registrar guards against doing it twice: compare the expiry date first."""
        ...

    async def reactivate(self, request: RenewRequest) -> Charge:
        """Bring an expired domain back. Rejected(`not_expired`) when it is not."""
        ...

    async def get_domain(self, name: str) -> RegisteredDomain | None:
        """Return the domain, or None only when the registrar says that it is not in our account."""
        ...

    def list_domains(self) -> AsyncIterator[ListedDomain]:
        """Iterate over all domains of the account, by name, page by page."""
        ...

    async def set_nameservers(self, name: str, nameservers: Sequence[str]) -> None:
        """Set the delegation; an empty list means the registrar's own servers."""
        ...

    async def get_contacts(self, name: str) -> DomainContacts: ...

    async def set_contacts(self, name: str, contacts: DomainContacts) -> None: ...

    async def get_lock(self, name: str) -> bool:
        """Tell whether the domain is locked against transfer."""
        ...

    async def set_lock(self, name: str, *, locked: bool) -> None: ...

    async def set_privacy(self, name: str, *, enabled: bool, forward_to: str) -> None:
        """Turn the privacy service on or off; mail to the public address goes to `forward_to`."""
        ...

    async def transfer_in(self, request: TransferRequest) -> Transfer: ...

    async def transfer_status(self, transfer_id: str) -> Transfer: ...

    async def resubmit_transfer(self, transfer_id: str) -> None:
        """Send a stopped transfer on its way again, after its cause is gone."""
        ...

    async def find_transfer(self, name: str) -> Transfer | None:
        """Return the latest transfer of this name into our account, or None."""
        ...

    def required_attributes(self, tld: str) -> frozenset[str]:
        """Return the names of `tld_attributes` without which a name of this TLD can't be registered."""
        ...

    def attribute_problems(self, tld: str, given: Mapping[str, str]) -> list[str]:
        """Return what is wrong with the `tld_attributes` of an order, in words for the customer; empty when nothing."""
        ...

    async def auth_code(self, name: str) -> str:
        """Return the transfer code. Raises NotSupported where the registrar only mails it."""
        ...

    async def list_tlds(self) -> list[TldRules]:
        """Return the TLDs that this registrar sells through its API."""
        ...

    async def balance(self) -> Money:
        """Return what orders can be paid from."""
        ...


class Registrars:
    """The registrars that are set up, by their names."""

    def __init__(self, by_name: Mapping[str, Registrar]) -> None:
        self._by_name = dict(by_name)

    def get(self, name: str) -> Registrar:
        """Return one; raises ActionRequired when it is not set up here."""
        found = self._by_name.get(name)
        if found is None:
            raise ActionRequired("registrar_not_configured", f"The registrar {name!r} is not set up")
        return found

    async def aclose(self) -> None:
        """Close them all."""
        for registrar in self._by_name.values():
            await registrar.aclose()
