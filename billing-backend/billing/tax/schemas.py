"""Bodies of the tax routes."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints, model_validator

from billing.accounts.models import User
from billing.accounts.schemas import City, Country, PostalCode
from billing.tax.determination import Decision, Reason, Treatment
from billing.tax.models import TaxRate, VatCheck, VatStatus
from service_kit.fields import Line

Percentage = Annotated[
    Decimal,
    Field(ge=0, le=100, max_digits=7, decimal_places=4, description="In percent, as `19` or `8.1`."),
    PlainSerializer(lambda value: f"{value.normalize():f}", return_type=str),
]
RateName = Annotated[Line, StringConstraints(max_length=50), Field(description="As it stands on invoices.")]
RegionName = Annotated[Line, StringConstraints(max_length=100)]


class BillingDetailsIn(BaseModel):
    """The whole of the details: what is left out is emptied. A `vat_number` makes the customer a business."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "company_name": "Exemple SARL",
                    "address_line1": "1 rue de la Paix",
                    "city": "Paris",
                    "postal_code": "75002",
                    "country": "FR",
                    "vat_number": "FR 40 303 265 045",
                }
            ]
        },
    )

    company_name: Line | None = None
    address_line1: Line | None = None
    address_line2: Line | None = None
    city: City | None = None
    region: RegionName | None = None
    postal_code: PostalCode | None = None
    country: Country | None = None
    vat_number: Annotated[Line, StringConstraints(max_length=40)] | None = None

    def address(self) -> dict[str, str | None]:
        return self.model_dump(exclude={"vat_number"})


class VatNumberOut(BaseModel):
    """A VAT number and what is known about it. `pending`: the registry has not answered yet."""

    number: str
    country: str
    status: VatStatus
    checked_at: datetime | None
    registered_name: str | None
    registered_address: str | None

    @classmethod
    def of(cls, user: User, check: VatCheck | None) -> "VatNumberOut | None":
        if user.vat_number is None or user.vat_country is None:
            return None
        return cls(
            number=user.vat_number,
            country=user.vat_country,
            status=VatStatus.UNCHECKED if check is None else check.status,
            checked_at=None if check is None else check.answered_at,
            registered_name=None if check is None else check.trader_name,
            registered_address=None if check is None else check.trader_address,
        )


class DecisionOut(BaseModel):
    """How a sale is taxed. `percentage` is null without a rate of ours; `note` stands on the invoice."""

    treatment: Treatment
    reason: Reason
    country: str | None
    name: str | None
    percentage: Percentage | None
    inclusive: bool
    note: str | None

    @classmethod
    def of(cls, decision: Decision, note: str | None) -> "DecisionOut":
        rate = decision.rate
        return cls(
            treatment=decision.treatment,
            reason=decision.reason,
            country=decision.place,
            name=None if rate is None else rate.name,
            percentage=None if rate is None else rate.percentage,
            inclusive=decision.is_inclusive,
            note=note,
        )


class BillingDetailsOut(BaseModel):
    """What stands on invoices, and how the next sale would be taxed."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "company_name": "Exemple SARL",
                    "address_line1": "1 rue de la Paix",
                    "address_line2": None,
                    "city": "Paris",
                    "region": None,
                    "postal_code": "75002",
                    "country": "FR",
                    "vat": {
                        "number": "FR40303265045",
                        "country": "FR",
                        "status": "valid",
                        "checked_at": "2026-11-20T12:00:00Z",
                        "registered_name": "EXEMPLE SARL",
                        "registered_address": "1 RUE DE LA PAIX, 75002 PARIS",
                    },
                    "tax": {
                        "treatment": "reverse_charge",
                        "reason": "eu_business",
                        "country": "FR",
                        "name": None,
                        "percentage": None,
                        "inclusive": False,
                        "note": "Reverse charge: VAT is to be accounted for by the recipient of the service.",
                    },
                }
            ]
        }
    )

    company_name: str | None
    address_line1: str | None
    address_line2: str | None
    city: str | None
    region: str | None
    postal_code: str | None
    country: str | None
    vat: VatNumberOut | None
    tax: DecisionOut

    @classmethod
    def of(cls, user: User, check: VatCheck | None, tax: DecisionOut) -> "BillingDetailsOut":
        return cls(
            company_name=user.company_name,
            address_line1=user.address_line1,
            address_line2=user.address_line2,
            city=user.city,
            region=user.region,
            postal_code=user.postal_code,
            country=user.country,
            vat=VatNumberOut.of(user, check),
            tax=tax,
        )


class TaxRateIn(BaseModel):
    """A new rate. It ends the one that held at its place before; without `region` it is the whole country's."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"country": "DE", "name": "USt", "percentage": "20", "valid_from_on": "2027-01-01"}]
        },
    )

    country: Country
    region: RegionName | None = None
    name: RateName = "VAT"
    percentage: Percentage
    inclusive: bool = Field(default=False, description="Whether our prices contain it.")
    valid_from_on: date
    valid_until_on: date | None = Field(default=None, description="The first day on which it holds no more.")

    @model_validator(mode="after")
    def check_days(self) -> "TaxRateIn":
        if self.valid_until_on is not None and self.valid_until_on <= self.valid_from_on:
            raise ValueError("valid_until_on must be after valid_from_on")
        return self


class TaxRatePatch(BaseModel):
    """Fields that are left out stay. Once a rate has begun only `name` and `valid_until_on` can be changed."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"valid_until_on": "2027-07-01"}]})

    name: RateName = "VAT"
    percentage: Percentage = Decimal()
    inclusive: bool = False
    valid_from_on: date = date(2026, 1, 1)
    valid_until_on: date | None = None

    def changes(self) -> dict[str, object]:
        """Return what the caller named, and nothing else."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class TaxRateOut(BaseModel):
    """A rate of a country, or of one `region` of it, with its time."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "01939a3c-5f00-7d2a-9c55-0d1f2f3a4b5c",
                    "country": "DE",
                    "region": None,
                    "name": "VAT",
                    "percentage": "19",
                    "inclusive": False,
                    "valid_from_on": "2026-01-01",
                    "valid_until_on": None,
                    "stripe_tax_rate_id": None,
                }
            ]
        }
    )

    id: uuid.UUID
    country: str
    region: str | None
    name: str
    percentage: Percentage
    inclusive: bool
    valid_from_on: date
    valid_until_on: date | None
    stripe_tax_rate_id: str | None

    @classmethod
    def of(cls, rate: TaxRate) -> "TaxRateOut":
        return cls(
            id=rate.id,
            country=rate.country,
            region=rate.region or None,
            name=rate.name,
            percentage=rate.percentage,
            inclusive=rate.inclusive,
            valid_from_on=rate.valid_from_on,
            valid_until_on=rate.valid_until_on,
            stripe_tax_rate_id=rate.stripe_tax_rate_id,
        )


class TaxRateList(BaseModel):
    """By country and region, the latest first."""

    items: list[TaxRateOut]


class VatCheckOut(BaseModel):
    """One question to the VAT registry and what came of it."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    user_id: uuid.UUID
    vat_number: str
    status: VatStatus
    attempts: int
    next_attempt_at: datetime | None
    last_error: str | None
    answered_at: datetime | None
    consultation_number: str | None
    trader_name: str | None
    trader_address: str | None
    created_at: datetime
