"""Standard rates of the EU, the United Kingdom, Switzerland and Norway as they stand in 2026."""

from datetime import date
from decimal import Decimal

from sqlalchemy.dialects.postgresql import insert

from billing.kit.db import Session
from billing.tax.models import TaxRate
from service_kit.ids import uuid7

# Our table begins here; before, nothing was sold.
BEGIN = date(2026, 1, 1)
STANDARD_RATES = {
    "AT": "20", "BE": "21", "BG": "20", "CH": "8.1", "CY": "19", "CZ": "21", "DE": "19", "DK": "25",
    "EE": "24", "ES": "21", "FI": "25.5", "FR": "20", "GB": "20", "GR": "24", "HR": "25", "HU": "27",
    "IE": "23", "IT": "22", "LT": "21", "LU": "17", "LV": "21", "MT": "18", "NL": "21", "NO": "25",
    "PL": "23", "PT": "23", "RO": "21", "SE": "25", "SI": "22", "SK": "23",
}  # fmt: skip


async def seed_rates(session: Session) -> int:
    """Insert the rates that are missing and return how many. What is there stays: staff may have changed it."""
    rows = [
        {
            "id": uuid7(),
            "country": country,
            "region": "",
            "name": "VAT",
            "percentage": Decimal(percentage),
            "valid_from_on": BEGIN,
        }
        for country, percentage in STANDARD_RATES.items()
    ]
    add = (
        insert(TaxRate)
        .on_conflict_do_nothing(index_elements=["country", "region", "valid_from_on"])
        .returning(TaxRate.id)
    )
    return len((await session.scalars(add, rows)).all())
