"""Which tax is due on a sale: a pure decision over the seller's and the buyer's facts and the table of rates."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from billing.settings import Settings
from billing.tax.models import TaxRate, VatStatus
from billing.tax.places import is_eu


class Treatment(StrEnum):
    """`automatic`: the payment provider decides and calculates."""

    UNTAXED = "untaxed"
    TAXED = "taxed"
    REVERSE_CHARGE = "reverse_charge"
    AUTOMATIC = "automatic"


class Reason(StrEnum):
    """Why a sale is treated as it is; kept with the order."""

    SWITCHED_OFF = "switched_off"
    NO_SELLER_COUNTRY = "no_seller_country"
    NO_ADDRESS = "no_address"
    NO_ADDRESS_AS_DOMESTIC = "no_address_as_domestic"
    DOMESTIC = "domestic"
    EU_BUSINESS = "eu_business"
    EU_CONSUMER = "eu_consumer"
    EU_CONSUMER_AT_ORIGIN = "eu_consumer_at_origin"
    REGISTERED_ABROAD = "registered_abroad"
    OUTSIDE = "outside"
    NO_RATE = "no_rate"
    PROVIDER = "provider"


@dataclass(frozen=True, slots=True)
class Seller:
    """Where we are, and where else we have to collect tax (`registered`, ISO 3166-1)."""

    country: str | None
    registered: Collection[str] = ()
    mode: str = "table"
    consumers_at_origin: bool = False
    without_address_as_domestic: bool = False
    trusts_unverified: bool = True

    @property
    def collects(self) -> bool:
        """Whether anybody can be taxed at all."""
        return self.mode == "stripe" or (self.mode == "table" and self.country is not None)

    @classmethod
    def of(cls, settings: Settings) -> "Seller":
        return cls(
            country=settings.tax_seller_country,
            registered=frozenset(settings.tax_registered_countries),
            mode=settings.tax_mode,
            consumers_at_origin=settings.tax_eu_consumers == "origin",
            without_address_as_domestic=settings.tax_without_address == "domestic",
            trusts_unverified=settings.tax_trust_unverified_vat_numbers,
        )


@dataclass(frozen=True, slots=True)
class Buyer:
    """The billing address as far as tax cares. `vat_country` is the country whose number the buyer gave."""

    country: str | None = None
    region: str | None = None
    vat_country: str | None = None
    vat_status: VatStatus | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """`place` is the country whose tax it is, None where there is none; `rate` only when taxed by our table."""

    treatment: Treatment
    reason: Reason
    place: str | None = None
    rate: TaxRate | None = None

    @property
    def percentage(self) -> Decimal:
        return Decimal() if self.rate is None else self.rate.percentage

    @property
    def is_inclusive(self) -> bool:
        return self.rate is not None and self.rate.inclusive


def needs_table(seller: Seller, buyer: Buyer) -> bool:
    """Whether the decision can depend on rates and VAT number at all; else nobody need look them up."""
    return seller.mode == "table" and seller.collects and _place_known(seller, buyer)


def _place_known(seller: Seller, buyer: Buyer) -> bool:
    return buyer.country is not None or seller.without_address_as_domestic


def decide(seller: Seller, buyer: Buyer, rates: Sequence[TaxRate], day: date) -> Decision:
    """Return what is due on a sale on `day`. `rates` may hold any number of countries and times."""
    if seller.mode == "off":
        return Decision(Treatment.UNTAXED, Reason.SWITCHED_OFF)
    if seller.mode == "stripe":
        if buyer.country is None:
            return Decision(Treatment.UNTAXED, Reason.NO_ADDRESS)
        return Decision(Treatment.AUTOMATIC, Reason.PROVIDER, buyer.country)
    if seller.country is None:
        return Decision(Treatment.UNTAXED, Reason.NO_SELLER_COUNTRY)
    if buyer.country is None:
        if not seller.without_address_as_domestic:
            return Decision(Treatment.UNTAXED, Reason.NO_ADDRESS)
        return _taxed(Reason.NO_ADDRESS_AS_DOMESTIC, seller.country, None, rates, day)
    return _decide_by_place(seller, buyer, buyer.country, rates, day)


def _decide_by_place(seller: Seller, buyer: Buyer, country: str, rates: Sequence[TaxRate], day: date) -> Decision:
    assert seller.country is not None
    if country == seller.country:
        return _taxed(Reason.DOMESTIC, country, buyer.region, rates, day)
    within = is_eu(seller.country) and is_eu(country)
    if not within and country not in seller.registered:
        return Decision(Treatment.UNTAXED, Reason.OUTSIDE, country)
    if is_eu(country) and _is_business(seller, buyer):
        return Decision(Treatment.REVERSE_CHARGE, Reason.EU_BUSINESS, country)
    if not within:
        return _taxed(Reason.REGISTERED_ABROAD, country, buyer.region, rates, day)
    if seller.consumers_at_origin:
        return _taxed(Reason.EU_CONSUMER_AT_ORIGIN, seller.country, None, rates, day)
    return _taxed(Reason.EU_CONSUMER, country, buyer.region, rates, day)


def _is_business(seller: Seller, buyer: Buyer) -> bool:
    """Whether the number counts: of the address's own country, and confirmed or not yet refuted."""
    if buyer.vat_country is None or buyer.vat_country != buyer.country:
        return False
    return buyer.vat_status is VatStatus.VALID or (buyer.vat_status is VatStatus.PENDING and seller.trusts_unverified)


def _taxed(reason: Reason, country: str, region: str | None, rates: Iterable[TaxRate], day: date) -> Decision:
    rate = rate_on(rates, country, region, day)
    if rate is None:
        return Decision(Treatment.UNTAXED, Reason.NO_RATE, country)
    return Decision(Treatment.TAXED, reason, country, rate)


def rate_on(rates: Iterable[TaxRate], country: str, region: str | None, day: date) -> TaxRate | None:
    """Return the rate of a place on a day: the region's own if it ever had one, else the country's.

    A later rate ends the one before it; what comes back holds on `day`.
    """
    begun = [rate for rate in rates if rate.country == country and rate.valid_from_on <= day]
    wanted = normal_region(region)
    for name in dict.fromkeys((wanted, "")):
        latest = max(
            (rate for rate in begun if normal_region(rate.region) == name),
            key=lambda rate: rate.valid_from_on,
            default=None,
        )
        if latest is not None:
            return latest if latest.holds_on(day) else None
    return None


def normal_region(region: str | None) -> str:
    return " ".join((region or "").casefold().split())
