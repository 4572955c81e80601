"""Dunning as staff see it, and what a customer needs to pay an open invoice."""

import uuid
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from billing.flows.dunning.models import BrakeStatus, CaseKind, CaseStage


class DunningCaseOut(BaseModel):
    """A subscription that is not paid for, or ended, with what comes when."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "id": "01939a3c-5f00-7d2a-9c55-0d1f2f3a4b5c",
                    "user_id": "01939a3c-5eff-7d2a-9c55-0d1f2f3a4b5c",
                    "subscription_id": "01939a3c-5efe-7d2a-9c55-0d1f2f3a4b5c",
                    "license_id": "01939a3c-5efd-7d2a-9c55-0d1f2f3a4b5c",
                    "kind": "unpaid",
                    "stage": "grace",
                    "needs_confirmation": False,
                    "payment_attempts": 2,
                    "next_payment_attempt_at": "2026-11-25T12:00:00Z",
                    "opened_at": "2026-11-20T12:00:00Z",
                    "suspend_at": "2026-12-04T12:00:00Z",
                    "cancel_at": "2026-12-20T12:00:00Z",
                    "terminate_at": "2027-01-19T12:00:00Z",
                    "brake_id": None,
                    "closed_at": None,
                    "failures": 0,
                    "last_error": None,
                }
            ]
        },
    )

    id: uuid.UUID
    user_id: uuid.UUID
    subscription_id: uuid.UUID
    license_id: uuid.UUID
    kind: CaseKind
    stage: CaseStage
    needs_confirmation: bool = Field(description="the customer's bank asks them to confirm the payment")
    payment_attempts: int
    next_payment_attempt_at: datetime | None
    opened_at: datetime
    suspend_at: datetime
    cancel_at: datetime
    terminate_at: datetime
    brake_id: uuid.UUID | None = Field(description="the stopped run that holds the case, or that let it pass")
    closed_at: datetime | None
    failures: int
    last_error: str | None


class DunningBrakeOut(BaseModel):
    """A run that was stopped before it did anything."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "id": "01939a3c-5f00-7d2a-9c55-0d1f2f3a4b5c",
                    "status": "pending",
                    "limit": 5,
                    "account_count": 41,
                    "created_at": "2026-11-20T12:00:00Z",
                    "decided_at": None,
                    "decided_by": None,
                }
            ]
        },
    )

    id: uuid.UUID
    status: BrakeStatus
    limit: int = Field(description="how many accounts could have been hit without asking")
    account_count: int = Field(description="how many it holds")
    created_at: datetime
    decided_at: datetime | None
    decided_by: uuid.UUID | None


class InvoicePaymentOut(BaseModel):
    """What Stripe.js needs to pay or to confirm an open invoice; `amount_due` in minor units of `currency`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "client_secret": "pi_3Q…_secret_…",
                    "publishable_key": "pk_test_…",
                    "amount_due": 29000,
                    "currency": "USD",
                }
            ]
        }
    )

    client_secret: str
    publishable_key: str
    amount_due: int
    currency: str
