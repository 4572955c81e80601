"""Payments and disputes as staff see them in lists. Amounts in minor units of `currency`."""

import uuid
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from billing.payments.models import PaymentStatus


class ListedPayment(BaseModel):
    """A payment in a list."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    status: PaymentStatus
    user_id: uuid.UUID
    customer_email: str
    customer_name: str
    amount: int
    refunded_amount: int
    currency: str
    payment_method: str | None
    description: str | None
    invoice_id: uuid.UUID | None
    license_id: uuid.UUID | None
    stripe_payment_intent_id: str
    created_at: datetime


class ListedDispute(BaseModel):
    """A dispute in a list; `status` and `reason` are the payment provider's words."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    status: str
    reason: str
    user_id: uuid.UUID
    customer_email: str
    customer_name: str
    payment_id: uuid.UUID | None
    order_id: uuid.UUID | None
    amount: int
    currency: str
    evidence_due_at: datetime | None
    created_at: datetime
