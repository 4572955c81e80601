"""Our rates at the provider: made there when one is first needed, and remembered."""

from datetime import date

from billing.kit.db import Database, Subject
from billing.settings import Settings
from billing.tax import repository
from billing.tax.models import TaxRate
from billing.tax.places import EU, is_eu
from billing.tax.ports import RateTerms, TaxRateBook


async def provider_rate_id(database: Database, book: TaxRateBook, rate: TaxRate) -> str:
    """Return the provider's id of the rate. Opens its own transaction, none while the provider is asked."""
    return rate.stripe_tax_rate_id or await _ensure(database, book, rate)


async def _ensure(database: Database, book: TaxRateBook, rate: TaxRate) -> str:
    terms = RateTerms(rate.id, rate.country, rate.region, rate.name, rate.percentage, rate.inclusive)
    made = await book.ensure_rate(terms)
    async with database.transaction(Subject.system()) as session:
        row = await repository.lock_rate(session, rate.id)
        assert row is not None
        row.stripe_tax_rate_id = made
    return made


def places_of(settings: Settings) -> frozenset[str]:
    """Return the countries whose tax we may have to collect."""
    seller = settings.tax_seller_country
    if settings.tax_mode != "table" or seller is None:
        return frozenset()
    return frozenset({seller, *settings.tax_registered_countries, *(EU if is_eu(seller) else ())})


async def sync_rates(database: Database, book: TaxRateBook, settings: Settings, today: date) -> list[TaxRate]:
    """Make the rates that hold or will hold where we collect tax known to the provider; return them."""
    async with database.transaction(Subject.system()) as session:
        rates = await repository.list_rates_of(session, places_of(settings))
    current = [rate for rate in rates if rate.valid_until_on is None or rate.valid_until_on > today]
    for rate in current:
        rate.stripe_tax_rate_id = await _ensure(database, book, rate)
    return current
