"""Subscriptions as staff see them in lists."""

import uuid
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from billing.subscriptions.models import CancelReason, SubscriptionStatus


class ListedSubscription(BaseModel):
    """A subscription in a list; `plan` is the code of the plan that was paid for last."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    status: SubscriptionStatus
    user_id: uuid.UUID
    customer_email: str
    customer_name: str
    plan: str
    interval: str
    currency: str
    order_id: uuid.UUID
    license_id: uuid.UUID | None
    current_period_end: datetime | None
    trial_end_at: datetime | None
    cancel_at_period_end: bool
    cancelled_at: datetime | None
    cancel_reason: CancelReason | None
    coupon_code: str | None
    suspends_at: datetime | None
    stripe_subscription_id: str
    created_at: datetime
