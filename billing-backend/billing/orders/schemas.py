"""Orders as the API shows them."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from billing.orders.models import (
    FulfillmentAttempt,
    FulfillmentStep,
    ItemKind,
    ItemStatus,
    Order,
    OrderItem,
    OrderStatus,
    StepKind,
    StepStatus,
)
from service_kit.fields import Line


class ItemOut(BaseModel):
    """Amounts in minor units of the currency; `tax_amount` comes on top of `amount` unless prices contain it."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    kind: ItemKind
    status: ItemStatus
    description: str
    amount: int
    tax_amount: int
    currency: str
    interval: str | None
    trial_days: int
    domain_name: str | None
    years: int | None
    refunded_amount: int
    license_id: uuid.UUID | None = Field(default=None, description="Of a license, once it is issued.")
    domain_id: uuid.UUID | None = Field(default=None, description="Of a domain, once it is registered or renewed.")

    @classmethod
    def of(cls, item: OrderItem, steps: Sequence[FulfillmentStep]) -> "ItemOut":
        """Return the item with what its steps have made of it."""
        made = {name: value for step in steps if step.order_item_id == item.id for name, value in _made(step)}
        return cls.model_validate(item).model_copy(update=made)


def _made(step: FulfillmentStep) -> Iterator[tuple[str, uuid.UUID]]:
    for name in ("license_id", "domain_id"):
        if step.status is StepStatus.DONE and step.result is not None and name in step.result:
            yield name, uuid.UUID(str(step.result[name]))


class StepOut(BaseModel):
    """What the customer sees of a step: the outcome, not the vendor's words."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    kind: StepKind
    status: StepStatus
    attempts: int
    next_attempt_at: datetime | None
    error_code: str | None = Field(validation_alias="last_error_code")
    started_at: datetime | None
    finished_at: datetime | None


class OrderOut(BaseModel):
    """An order with its items and, once paid, its fulfillment steps."""

    id: uuid.UUID
    number: int
    status: OrderStatus
    currency: str
    subtotal_amount: int
    discount_amount: int
    coupon_code: str | None
    tax_amount: int
    tax_treatment: str
    tax_note: str | None = Field(description="What the invoice has to say about the tax.")
    total_amount: int
    refunded_amount: int
    dispute_status: str | None = Field(
        default=None, description="How a dispute of the customer's bank about the payment stands; null without one."
    )
    items: list[ItemOut]
    steps: list[StepOut]
    created_at: datetime
    expires_at: datetime
    paid_at: datetime | None
    fulfilled_at: datetime | None

    @classmethod
    def of(cls, order: Order, items: Sequence[OrderItem], steps: Sequence[FulfillmentStep]) -> "OrderOut":
        return cls(
            id=order.id,
            number=order.number,
            status=order.status,
            currency=order.currency,
            subtotal_amount=order.subtotal_amount,
            discount_amount=order.discount_amount,
            coupon_code=order.coupon_code,
            tax_amount=order.tax_amount,
            tax_treatment=order.tax_treatment,
            tax_note=order.tax_note,
            total_amount=order.total_amount,
            refunded_amount=order.refunded_amount,
            dispute_status=order.dispute_status,
            items=[ItemOut.of(item, steps) for item in items],
            steps=[StepOut.model_validate(step) for step in steps],
            created_at=order.created_at,
            expires_at=order.expires_at,
            paid_at=order.paid_at,
            fulfilled_at=order.fulfilled_at,
        )


class AttemptOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    number: int
    started_at: datetime
    finished_at: datetime | None
    outcome: str | None
    error_code: str | None
    error: str | None
    actor_user_id: uuid.UUID | None

    @classmethod
    def of(cls, attempt: FulfillmentAttempt) -> "AttemptOut":
        return cls.model_validate(attempt)


class AttentionStepOut(StepOut):
    """What staff see: everything, with the history."""

    order_id: uuid.UUID
    user_id: uuid.UUID
    failures: int
    error: str | None = Field(validation_alias="last_error")
    result: dict[str, object] | None
    history: list[AttemptOut] = []


class ResolveIn(BaseModel):
    """`delivered`: the step's effect was brought about by other means."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"note": "registered by hand, order 987654", "delivered": True}]},
    )

    note: Line
    delivered: bool
