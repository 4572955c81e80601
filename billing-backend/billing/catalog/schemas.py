"""The catalog as the shop shows it. Amounts are minor units of `currency`; a quota of null is unlimited."""

import uuid

from pydantic import BaseModel, ConfigDict

from billing.catalog.models import Plan, TldAction, TldPrice


class QuotasOut(BaseModel):
    """How many of each thing the plan allows; null is unlimited, storage is in MiB."""

    accounts: int | None
    domains: int | None
    databases: int | None
    emails: int | None
    storage_mb: int | None


class PlanOut(BaseModel):
    """A plan on sale."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "01939a3c-5f00-7d2a-9c55-0d1f2f3a4b5c",
                    "code": "starter",
                    "name": "Starter",
                    "description": "One hosting account for a first website.",
                    "price_monthly": 2900,
                    "price_yearly": 29000,
                    "currency": "USD",
                    "quotas": {"accounts": 1, "domains": 3, "databases": 5, "emails": 10, "storage_mb": 10240},
                    "features": {"ssl_certificates": True, "daily_backups": False},
                    "support_level": "email",
                }
            ]
        }
    )

    id: uuid.UUID
    code: str
    name: str
    description: str
    price_monthly: int
    price_yearly: int
    currency: str
    quotas: QuotasOut
    features: dict[str, object]
    support_level: str

    @classmethod
    def of(cls, plan: Plan) -> "PlanOut":
        return cls(
            id=plan.id,
            code=plan.code,
            name=plan.name,
            description=plan.description,
            price_monthly=plan.price_monthly,
            price_yearly=plan.price_yearly,
            currency=plan.currency,
            quotas=QuotasOut(
                accounts=plan.max_accounts,
                domains=plan.max_domains,
                databases=plan.max_databases,
                emails=plan.max_emails,
                storage_mb=plan.max_storage_mb,
            ),
            features=plan.features,
            support_level=plan.support_level,
        )


class PlanListOut(BaseModel):
    """Every plan on sale, in the order to show them."""

    items: list[PlanOut]


class TldOut(BaseModel):
    """The customer's price of one year of a domain; from the second year on, registering costs the renewal price."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "tld": "com",
                    "register_amount": 1399,
                    "renew_amount": 1799,
                    "transfer_amount": 1399,
                    "currency": "USD",
                    "min_years": 1,
                    "max_years": 10,
                }
            ]
        }
    )

    tld: str
    register_amount: int
    renew_amount: int
    transfer_amount: int
    currency: str
    min_years: int
    max_years: int

    @classmethod
    def of(cls, price: TldPrice) -> "TldOut":
        return cls(
            tld=price.tld,
            register_amount=price.price(TldAction.REGISTER).amount,
            renew_amount=price.price(TldAction.RENEW).amount,
            transfer_amount=price.price(TldAction.TRANSFER).amount,
            currency=price.currency,
            min_years=price.min_years,
            max_years=price.max_years,
        )


class TldListOut(BaseModel):
    """Every top-level domain on sale, by name."""

    items: list[TldOut]
