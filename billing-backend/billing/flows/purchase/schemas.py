"""What a customer sends to buy, and what comes back. A price sent along is ignored."""

import uuid
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from billing.catalog.models import Interval
from billing.domains.schemas import ContactIn
from billing.orders.schemas import OrderOut
from billing.tax.schemas import DecisionOut
from service_kit.fields import Line

PlanCode = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[a-z0-9_-]+$")]
DomainText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=253)]


class LicenseItemIn(BaseModel):
    model_config = ConfigDict(extra="ignore")

    type: Literal["license"]
    plan: PlanCode
    interval: Interval


class DomainItemIn(BaseModel):
    model_config = ConfigDict(extra="ignore")

    type: Literal["domain"]
    name: DomainText
    years: Annotated[int, Field(ge=1, le=10)] = 1
    privacy: bool = True
    attributes: Annotated[
        dict[Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")], Line],
        Field(max_length=10, description="What single registries ask for, such as `nexus_category` for .us."),
    ] = {}
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")] | None = Field(
        default=None, description="ISO 639-1 language of an internationalized name."
    )


class DomainRenewalItemIn(BaseModel):
    """More years for one of your own domains, at the ending's renewal price."""

    model_config = ConfigDict(extra="ignore")

    type: Literal["domain_renewal"]
    name: DomainText
    years: Annotated[int, Field(ge=1, le=10)] = 1


class RegistrantIn(ContactIn):
    """Who will own the domain. `country` ISO 3166-1 alpha-2, `phone` as `+1.6025550100`."""


class OrderIn(BaseModel):
    """Items to buy. Prices are computed by the server; amounts sent along are ignored."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={
            "examples": [
                {
                    "currency": "USD",
                    "items": [
                        {"type": "license", "plan": "starter", "interval": "year"},
                        {"type": "domain", "name": "example.com", "years": 1, "privacy": True},
                    ],
                    "registrant": {
                        "first_name": "Ada",
                        "last_name": "Lovelace",
                        "address1": "1 Analytical Way",
                        "city": "Phoenix",
                        "state_province": "AZ",
                        "postal_code": "85001",
                        "country": "US",
                        "phone": "+1.6025550100",
                        "email": "ada@customer.example",
                    },
                }
            ]
        },
    )

    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "USD"
    items: Annotated[
        list[Annotated[LicenseItemIn | DomainItemIn | DomainRenewalItemIn, Field(discriminator="type")]],
        Field(min_length=1, max_length=20),
    ]
    registrant: RegistrantIn | None = None
    coupon: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9-]{1,80}$")] | None = Field(
        default=None, description="A coupon that lowers the plan's price."
    )


class QuoteIn(OrderIn):
    """A cart. `country` is where the buyer is, for the tax of somebody whose address is not known yet."""

    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None


class BreakdownLine(BaseModel):
    """One priced line; `amount` in minor units."""

    item_id: uuid.UUID
    description: str
    amount: int
    currency: str


class OrderPaymentOut(BaseModel):
    """What the browser confirms the payment with. `client_secret` is null when nothing is left to pay.

    `setup_client_secret` is there when nothing is to pay yet: confirm the set-up of a card with it, for later.
    """

    status: str
    amount_due: int
    currency: str
    client_secret: str | None
    setup_client_secret: str | None = None
    publishable_key: str


class OrderPlaced(BaseModel):
    order: OrderOut
    breakdown: list[BreakdownLine]
    client_secret: str | None
    payment: OrderPaymentOut


class QuoteLine(BaseModel):
    """One line of a quote in minor units. Tax is null where Stripe calculates it: then the order tells."""

    description: str
    amount: int
    tax_amount: int | None
    total_amount: int | None


class QuoteOut(BaseModel):
    """What an order placed now would cost, in minor units of `currency`; `discount_amount` is off the lines already."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "currency": "USD",
                    "lines": [
                        {
                            "description": "NextPanel Starter, one year",
                            "amount": 29000,
                            "tax_amount": 5510,
                            "total_amount": 34510,
                        }
                    ],
                    "subtotal_amount": 29000,
                    "discount_amount": 0,
                    "tax_amount": 5510,
                    "total_amount": 34510,
                    "tax": {
                        "treatment": "taxed",
                        "reason": "domestic",
                        "country": "DE",
                        "name": "VAT",
                        "percentage": "19",
                        "inclusive": False,
                        "note": None,
                    },
                }
            ]
        }
    )

    currency: str
    lines: list[QuoteLine]
    subtotal_amount: int
    discount_amount: int
    tax_amount: int | None
    total_amount: int | None
    tax: DecisionOut
