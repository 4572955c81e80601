"""Orders as staff see them. Amounts in minor units of `currency`."""

import uuid
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from billing.orders.models import OrderStatus


class ListedOrder(BaseModel):
    """An order in a list."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    number: int
    status: OrderStatus
    user_id: uuid.UUID
    customer_email: str
    customer_name: str
    currency: str
    total_amount: int
    refunded_amount: int
    coupon_code: str | None
    dispute_status: str | None
    created_at: datetime
    paid_at: datetime | None
    fulfilled_at: datetime | None
