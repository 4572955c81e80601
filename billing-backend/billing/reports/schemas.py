"""Figures and the rows behind them. Amounts in minor units of the asked currency."""

import uuid
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Movement(StrEnum):
    NEW = "new"
    EXPANSION = "expansion"
    CONTRACTION = "contraction"
    CHURN = "churn"
    REACTIVATION = "reactivation"
    UNCHANGED = "unchanged"


class Grouping(StrEnum):
    MONTH = "month"
    PLAN = "plan"
    COUNTRY = "country"


class _Row(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class MrrMonth(_Row):
    """`ending` = `starting` + `new` + `expansion` + `reactivation` - `contraction` - `churn`."""

    month: str = Field(examples=["2026-01"])
    starting: int
    new: int
    expansion: int
    contraction: int
    churn: int
    reactivation: int
    ending: int
    customers: int = Field(description="Paying customers at the end of the month.")
    customers_lost: int
    churn_rate: float | None = Field(
        description="Customers lost of those who paid at the start of the month; null when there were none."
    )
    mrr_churn_rate: float | None = Field(description="`churn` + `contraction` of `starting`.")


class MrrRow(_Row):
    """A customer's MRR before and after a month."""

    user_id: uuid.UUID
    movement: Movement
    before: int
    after: int


class LicensesRow(_Row):
    """Licenses in service at the end of a month; `trials` of them are not paid for yet."""

    month: str
    plan: str | None
    licenses: int
    trials: int


class LicenseRow(_Row):
    subscription_id: uuid.UUID
    user_id: uuid.UUID
    plan_code: str
    interval: str
    status: str
    monthly: int
    country: str | None


class RevenueFigure(_Row):
    month: str
    plan: str | None = None
    country: str | None = None
    amount: int


class PostingRow(_Row):
    """One posting of the ledger; `source_id` is the provider's object or our key of the line that was earned."""

    id: uuid.UUID
    kind: str
    source_id: str
    user_id: uuid.UUID | None
    amount: int
    occurred_at: datetime


class RevenueRow(PostingRow):
    invoice: str | None
    plan_code: str | None
    country: str | None


class Receivables(_Row):
    currency: str
    invoices: int
    amount: int
    up_to_30_days: int
    up_to_60_days: int
    older: int


class ReceivableRow(_Row):
    invoice: str = Field(description="Stripe's id of the invoice.", examples=["in_1"])
    user_id: uuid.UUID | None
    amount: int
    since: datetime


class RefundMonth(_Row):
    month: str
    paid: int
    refunded: int
    payments: int
    refunds: int
    refund_rate: float | None = Field(description="`refunded` of `paid`; null when nothing was paid.")


class ForecastMonth(_Row):
    month: str
    renewals: int
    amount: int


class ForecastRow(_Row):
    subscription_id: uuid.UUID
    user_id: uuid.UUID
    plan_code: str
    interval: str
    amount: int
    renews_at: datetime
