"""The catalog as staff edit it. Amounts in minor units of `currency`; a quota of null is unlimited, storage in MiB."""

import uuid
from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic.config import JsonDict

from billing.catalog.features import Feature
from billing.catalog.models import LicenseType
from service_kit.fields import Line, Text

Price = Annotated[int, Field(strict=True, gt=0, le=10**9)]
Cost = Annotated[int, Field(strict=True, ge=0, le=10**9)]
Quota = Annotated[int, Field(strict=True, ge=0, le=2**31 - 1)]
Years = Annotated[int, Field(strict=True, ge=1, le=10)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,40}$")]
Name = Annotated[Line, StringConstraints(max_length=80)]
Level = Annotated[Line, StringConstraints(max_length=40)]
TrialDays = Annotated[int, Field(strict=True, ge=0, le=730)]
CurrencyCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Tld = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,30}(\.[a-z0-9-]{1,30})?$")]

_PLAN: JsonDict = {
    "code": "starter-2027",
    "license_type": "starter",
    "name": "Starter",
    "description": "One hosting account for a first website.",
    "price_monthly": 2900,
    "price_yearly": 29000,
    "max_accounts": 1,
    "max_domains": 3,
    "max_databases": 5,
    "max_emails": 10,
    "max_storage_mb": 10240,
    "features": {"ssl_certificates": True},
    "support_level": "email",
}


class StaffPlan(BaseModel):
    """A plan, on sale or not, with the payment provider's ids of its prices."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    code: str
    name: str
    description: str
    license_type: LicenseType
    price_monthly: int
    price_yearly: int
    currency: str
    max_accounts: int | None
    max_domains: int | None
    max_databases: int | None
    max_emails: int | None
    max_storage_mb: int | None
    features: dict[str, object]
    support_level: str
    trial_days: int
    sort_order: int
    is_active: bool
    stripe_product_id: str | None
    stripe_price_id_monthly: str | None
    stripe_price_id_yearly: str | None
    created_at: datetime
    updated_at: datetime


class StaffPlanList(BaseModel):
    """Every plan, in the order the shop shows them."""

    items: list[StaffPlan]


class StaffPlanIn(BaseModel):
    """A new plan; it is on sale once the payment provider has its prices, unless `is_active` is false."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_PLAN]})

    code: Code
    name: Name
    description: Text
    license_type: LicenseType
    price_monthly: Price
    price_yearly: Price
    currency: CurrencyCode = "USD"
    max_accounts: Quota | None
    max_domains: Quota | None
    max_databases: Quota | None
    max_emails: Quota | None
    max_storage_mb: Quota | None
    features: dict[Feature, bool] = {}
    support_level: Level
    trial_days: TrialDays = 0
    sort_order: Annotated[int, Field(strict=True, ge=0, le=10_000)] = 0
    is_active: bool = True


class StaffPlanPatch(BaseModel):
    """What is left out stays as it is; a quota of null becomes unlimited. Licenses keep what they were sold with."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"price_monthly": 3100}]})

    name: Name = ""
    description: Text = ""
    price_monthly: Price = 0
    price_yearly: Price = 0
    max_accounts: Quota | None = None
    max_domains: Quota | None = None
    max_databases: Quota | None = None
    max_emails: Quota | None = None
    max_storage_mb: Quota | None = None
    features: dict[Feature, bool] = {}
    support_level: Level = ""
    trial_days: TrialDays = 0
    sort_order: Annotated[int, Field(strict=True, ge=0, le=10_000)] = 0
    is_active: bool = True

    def changes(self) -> dict[str, object]:
        """Return what the caller named, and nothing else."""
        return self.model_dump(exclude_unset=True, mode="json")


class StaffTld(BaseModel):
    """What a year of a top-level domain costs the customer and us."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    tld: str
    registrar: str
    register_amount: int
    renew_amount: int
    transfer_amount: int
    register_cost_amount: int
    renew_cost_amount: int
    transfer_cost_amount: int
    currency: str
    min_years: int
    max_years: int
    is_active: bool
    created_at: datetime
    updated_at: datetime


class StaffTldList(BaseModel):
    """Every top-level domain, by name."""

    items: list[StaffTld]


class StaffTldIn(BaseModel):
    """A top-level domain to sell."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "tld": "dev",
                    "registrar": "namecheap",
                    "register_amount": 1699,
                    "renew_amount": 1999,
                    "transfer_amount": 1799,
                    "register_cost_amount": 1298,
                    "renew_cost_amount": 1598,
                    "transfer_cost_amount": 1398,
                }
            ]
        },
    )

    tld: Tld
    registrar: Annotated[str, StringConstraints(pattern=r"^[a-z]{1,40}$")]
    register_amount: Price
    renew_amount: Price
    transfer_amount: Price
    register_cost_amount: Cost
    renew_cost_amount: Cost
    transfer_cost_amount: Cost
    currency: CurrencyCode = "USD"
    min_years: Years = 1
    max_years: Years = 10
    is_active: bool = True

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min_years > self.max_years:
            raise ValueError("min_years must not be above max_years")
        return self


class StaffTldPatch(BaseModel):
    """What is left out stays as it is. Orders that are placed keep their price."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"renew_amount": 2099}]})

    register_amount: Price = 0
    renew_amount: Price = 0
    transfer_amount: Price = 0
    register_cost_amount: Cost = 0
    renew_cost_amount: Cost = 0
    transfer_cost_amount: Cost = 0
    min_years: Years = 1
    max_years: Years = 10
    is_active: bool = True

    def changes(self) -> dict[str, object]:
        """Return what the caller named, and nothing else."""
        return self.model_dump(exclude_unset=True, mode="json")
