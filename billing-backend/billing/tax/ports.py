"""What tax needs from outside: a VAT registry, and tax rates at the payment provider."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from billing.tax.numbers import VatNumber


class VatRegistryUnavailable(Exception):
    """The registry gave no verdict: down, busy, slow, or not to be understood. `after` in seconds, if it said."""

    def __init__(self, message: str, *, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after


@dataclass(frozen=True, slots=True)
class VatAnswer:
    """A verdict. `consultation_number` proves that we asked; many countries keep name and address to themselves."""

    valid: bool
    answered_at: datetime
    consultation_number: str | None = None
    name: str | None = None
    address: str | None = None


class VatRegistry(Protocol):
    async def check(self, number: VatNumber) -> VatAnswer:
        """Ask whether the number is in use; raises `VatRegistryUnavailable`."""
        ...


@dataclass(frozen=True, slots=True)
class RateTerms:
    """A rate as the provider has to know it; `id` is ours, by which an earlier one is found."""

    id: uuid.UUID
    country: str
    region: str
    name: str
    percentage: Decimal
    inclusive: bool


class TaxRateBook(Protocol):
    """The provider's side of the rates. Safe to repeat; failures raise the payment provider's errors."""

    async def ensure_rate(self, terms: RateTerms) -> str:
        """Return the id of the provider's rate for ours, made if it is missing."""
        ...


@dataclass(frozen=True, slots=True)
class CustomerProfile:
    """What the provider prints on its own invoices, and whether it may add tax to them."""

    name: str
    country: str | None
    address_line1: str | None = None
    address_line2: str | None = None
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
    vat: VatNumber | None = None
    reverse_charge: bool = False


class TaxDesk(TaxRateBook, Protocol):
    """The provider's side of tax. Every call sets a state, so repeating it changes nothing; raises as `TaxRateBook`."""

    async def sync_customer(self, customer_id: str, profile: CustomerProfile) -> None:
        """Make name, address, tax ids and exemption of the provider's customer those of `profile`."""
        ...

    async def set_subscription_tax(self, subscription_id: str, *, rate_id: str | None, automatic: bool) -> None:
        """Have the coming invoices of a subscription taxed by this rate of the provider's, or by its own reckoning."""
        ...
