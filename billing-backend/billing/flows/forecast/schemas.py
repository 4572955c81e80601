"""The coming charges over HTTP. Amounts are minor units of `currency`, before tax and credit."""

import uuid
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict


class ChargeOut(BaseModel):
    """One charge to come. `object_id` is the subscription's or the domain's."""

    charged_on: date
    kind: Literal["subscription", "domain"]
    object_id: uuid.UUID
    description: str
    amount: int
    discount_amount: int


class MonthOut(BaseModel):
    """All that is charged in a month, `2026-12`."""

    month: str
    amount: int


class ForecastOut(BaseModel):
    """The charges of the next twelve months, soonest first, and their sums month by month."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "currency": "USD",
                    "charges": [
                        {
                            "charged_on": "2026-12-20",
                            "kind": "subscription",
                            "object_id": "01939a3c-5f00-7d2a-9c55-0d1f2f3a4b5c",
                            "description": "NextPanel Starter, one month",
                            "amount": 2900,
                            "discount_amount": 0,
                        }
                    ],
                    "months": [{"month": "2026-12", "amount": 2900}],
                    "total_amount": 2900,
                }
            ]
        }
    )

    currency: str
    charges: list[ChargeOut]
    months: list[MonthOut]
    total_amount: int
