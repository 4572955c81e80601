"""The catalog a new installation starts with: three plans, and domains with price and cost in US cents."""

from dataclasses import dataclass

from sqlalchemy.dialects.postgresql import insert

from billing.catalog.features import Feature, flags
from billing.catalog.models import LicenseType, Plan, TldPrice
from billing.kit.db import Session
from service_kit.ids import uuid7

_GIB = 1024
_MONTHS_PAID_PER_YEAR = 10
_CURRENCY = "USD"
_REGISTRAR = "namecheap"

_STARTER = (Feature.SSL_CERTIFICATES, Feature.CRON_JOBS, Feature.SFTP_ACCESS)
_PROFESSIONAL = (*_STARTER, Feature.DAILY_BACKUPS, Feature.APPS, Feature.STAGING, Feature.API_TOKENS)


@dataclass(frozen=True, slots=True)
class SeedTld:
    """`price` and `cost` are register, renew, transfer; cents for one year."""

    tld: str
    price: tuple[int, int, int]
    cost: tuple[int, int, int]
    max_years: int = 10


PLANS: tuple[dict[str, object], ...] = (
    {
        "code": "starter",
        "name": "Starter",
        "description": "One hosting account for a first website.",
        "license_type": LicenseType.STARTER,
        "price_monthly": 2_900,
        "max_accounts": 1,
        "max_domains": 3,
        "max_databases": 5,
        "max_emails": 10,
        "max_storage_mb": 10 * _GIB,
        "support_level": "email",
        "features": flags(*_STARTER),
    },
    {
        "code": "professional",
        "name": "Professional",
        "description": "Five accounts with apps, staging and daily backups.",
        "license_type": LicenseType.PROFESSIONAL,
        "price_monthly": 9_900,
        "max_accounts": 5,
        "max_domains": 25,
        "max_databases": 50,
        "max_emails": 100,
        "max_storage_mb": 100 * _GIB,
        "support_level": "priority",
        "features": flags(*_PROFESSIONAL),
    },
    {
        "code": "enterprise",
        "name": "Enterprise",
        "description": "As many accounts, domains, databases and mailboxes as you need.",
        "license_type": LicenseType.ENTERPRISE,
        "price_monthly": 29_900,
        "max_accounts": None,
        "max_domains": None,
        "max_databases": None,
        "max_emails": None,
        "max_storage_mb": 1024 * _GIB,
        "support_level": "phone_24_7",
        "features": flags(*Feature),
    },
)

TLDS = (
    SeedTld("com", (1_399, 1_799, 1_399), (1_028, 1_458, 1_028)),
    SeedTld("net", (1_599, 1_899, 1_599), (1_198, 1_508, 1_198)),
    SeedTld("org", (1_199, 1_699, 1_299), (798, 1_298, 948)),
    SeedTld("info", (1_299, 2_699, 1_699), (898, 2_198, 1_248)),
    SeedTld("biz", (1_699, 2_299, 1_799), (1_298, 1_848, 1_398)),
    SeedTld("io", (4_299, 6_499, 4_999), (3_498, 5_798, 4_298)),
    SeedTld("dev", (1_699, 1_999, 1_799), (1_298, 1_598, 1_398)),
    SeedTld("app", (1_699, 2_199, 1_899), (1_298, 1_798, 1_498)),
    SeedTld("xyz", (1_199, 1_799, 1_299), (798, 1_398, 898)),
    SeedTld("online", (1_999, 3_999, 2_499), (1_498, 3_398, 1_998)),
    SeedTld("shop", (1_999, 4_299, 2_499), (1_498, 3_698, 1_998)),
    SeedTld("co.uk", (999, 1_299, 999), (648, 898, 648)),
    SeedTld("de", (1_199, 1_399, 1_199), (798, 998, 798)),
    SeedTld("eu", (1_099, 1_499, 1_099), (748, 1_098, 748)),
    SeedTld("fr", (1_299, 1_599, 1_299), (898, 1_198, 898)),
    SeedTld("us", (1_099, 1_399, 1_099), (748, 1_048, 748)),
    SeedTld("ca", (1_499, 1_799, 1_499), (1_098, 1_398, 1_098)),
)


async def seed(session: Session) -> int:
    """Insert the plans and top-level domains that are missing and return how many.

    What is there stays as it is: staff may have changed it.
    """
    plans = [plan_values(order, plan) for order, plan in enumerate(PLANS)]
    tlds = [tld_values(tld) for tld in TLDS]
    add_plans = insert(Plan).on_conflict_do_nothing(index_elements=["code"]).returning(Plan.id)
    add_tlds = insert(TldPrice).on_conflict_do_nothing(index_elements=["tld"]).returning(TldPrice.id)
    added = [
        *(await session.scalars(add_plans, plans)).all(),
        *(await session.scalars(add_tlds, tlds)).all(),
    ]
    return len(added)


def plan_values(order: int, plan: dict[str, object]) -> dict[str, object]:
    monthly = plan["price_monthly"]
    assert isinstance(monthly, int)
    return {
        "id": uuid7(),
        "currency": _CURRENCY,
        "price_yearly": monthly * _MONTHS_PAID_PER_YEAR,
        "sort_order": order,
        **plan,
    }


def tld_values(tld: SeedTld) -> dict[str, object]:
    register, renew, transfer = tld.price
    register_cost, renew_cost, transfer_cost = tld.cost
    return {
        "id": uuid7(),
        "tld": tld.tld,
        "registrar": _REGISTRAR,
        "register_amount": register,
        "renew_amount": renew,
        "transfer_amount": transfer,
        "register_cost_amount": register_cost,
        "renew_cost_amount": renew_cost,
        "transfer_cost_amount": transfer_cost,
        "currency": _CURRENCY,
        "min_years": 1,
        "max_years": tld.max_years,
    }
