"""Payments, refunds, disputes and balances as the API shows them. Amounts in minor units of `currency`."""

import uuid
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from billing.payments.models import PaymentStatus, RefundStatus
from service_kit.fields import Line

MOST = 10**11


class RefundOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    payment_id: uuid.UUID | None
    invoice_id: uuid.UUID | None
    credit_note_id: uuid.UUID | None
    amount: int
    currency: str
    reason: str
    note: str | None
    status: RefundStatus
    failure_reason: str | None
    created_at: datetime


class OwnPayment(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    invoice_id: uuid.UUID | None
    license_id: uuid.UUID | None
    amount: int
    refunded_amount: int
    currency: str
    status: PaymentStatus
    payment_method: str | None
    description: str | None
    created_at: datetime


class DisputeOut(BaseModel):
    """`status` and `reason` are the payment provider's words."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    user_id: uuid.UUID
    payment_id: uuid.UUID | None
    order_id: uuid.UUID | None
    amount: int
    currency: str
    reason: str
    status: str
    evidence_due_at: datetime | None
    created_at: datetime


class PaymentDetail(OwnPayment):
    """A payment as staff see it."""

    user_id: uuid.UUID
    stripe_payment_intent_id: str
    refunds: list[RefundOut] = []
    disputes: list[DisputeOut] = []


class RefundIn(BaseModel):
    """Without `amount` all that is left of the payment is given back."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"amount": 1000, "reason": "requested_by_customer", "note": "Two weeks of the month unused"}]
        },
    )

    amount: int | None = Field(default=None, gt=0, le=MOST)
    reason: Literal["duplicate", "fraudulent", "requested_by_customer"]
    note: Line = Field(description="The reason in words: the customer reads it in the mail and on the credit note.")


class BalanceEntryOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: str
    amount: int
    ending_balance: int
    currency: str
    kind: str
    description: str | None
    created_at: datetime


class BalanceOut(BaseModel):
    """Credit that the next invoices use up (negative: a debt they add), with its newest movements."""

    model_config = ConfigDict(from_attributes=True)

    amount: int
    currency: str
    entries: list[BalanceEntryOut]


class AdjustmentIn(BaseModel):
    """`amount` is added to the customer's credit; a negative one takes credit away."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"amount": 500, "currency": "USD", "reason": "Apology for the outage"}]},
    )

    amount: int = Field(ge=-MOST, le=MOST)
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    reason: Line
