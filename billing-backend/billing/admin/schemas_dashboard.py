"""The figures that staff see first. Amounts in minor units of `currency`."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field


class DashboardMoney(BaseModel):
    """Recurring revenue of the last month, day by day, and what the calendar month has earned so far."""

    currency: str
    mrr_amount: int
    mrr_month_ago_amount: int
    customers: int = Field(description="Who pays now.")
    customers_lost: int = Field(description="Who paid a month ago and doesn't now.")
    churn_rate: float | None = Field(description="`customers_lost` of those who paid a month ago; null when none did.")
    mrr_churn_rate: float | None
    revenue_amount: int = Field(description="Earned since the calendar month began.")
    revenue_last_month_amount: int


class AttentionCounts(BaseModel):
    """How much waits for a person, by the list it is in."""

    model_config = ConfigDict(from_attributes=True)

    steps: int = Field(description="Fulfillment steps: `/admin/attention`.")
    panel_commands: int
    webhook_events: int = Field(description="Received events that failed: `/admin/webhook-events?status=failed`.")
    dunning_brakes: int = Field(description="Runs of dunning that wait for a decision.")
    disputes: int = Field(description="Disputes that are not closed.")
    registrar_operations: int = Field(description="Of unknown outcome: `/admin/registrar-operations?state=unknown`.")
    mails: int = Field(description="Mails of the last week that failed for good.")


class Dashboard(BaseModel):
    """Everything on the first page. `money` is null for who may not read reports."""

    at: datetime
    month_begins_at: datetime
    money: DashboardMoney | None
    new_customers: int = Field(description="Since the calendar month began.")
    new_customers_last_month: int
    failed_payments: int = Field(
        description="Since the calendar month began: `/admin/payments?status=failed&since=month_begins_at`."
    )
    past_due_subscriptions: int
    attention: AttentionCounts


class HealthFinding(BaseModel):
    """One check, and what it found in words."""

    name: str
    ok: bool
    detail: str


class SystemHealthOut(BaseModel):
    """Whether everything that billing needs is there."""

    ok: bool
    checked_at: datetime
    checks: list[HealthFinding]
