"""Orders that were never stored."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from billing.orders.models import (
    FulfillmentStep,
    ItemKind,
    ItemStatus,
    Order,
    OrderItem,
    OrderStatus,
    StepStatus,
)
from service_kit.ids import uuid7

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LICENSE_PRICE = 29_000
DOMAIN_PRICE = 1_399


def make_items(order: Order, *, license_bought: bool, domains: int) -> list[OrderItem]:
    kinds = [ItemKind.LICENSE] * license_bought + [ItemKind.DOMAIN] * domains
    return [
        OrderItem(
            id=uuid7(),
            order_id=order.id,
            user_id=order.user_id,
            position=position,
            kind=kind,
            status=ItemStatus.PENDING,
            description=kind,
            amount=LICENSE_PRICE if kind is ItemKind.LICENSE else DOMAIN_PRICE,
            currency="USD",
            refunded_amount=0,
        )
        for position, kind in enumerate(kinds)
    ]


def make_order(*, license_bought: bool = True, domains: int = 0) -> tuple[Order, list[OrderItem]]:
    """Return a paid order and its items."""
    total = LICENSE_PRICE * license_bought + DOMAIN_PRICE * domains
    order = Order(
        id=uuid7(),
        user_id=uuid.uuid4(),
        currency="USD",
        status=OrderStatus.PAID,
        subtotal_amount=total,
        total_amount=total,
        refunded_amount=0,
        created_at=NOW,
        paid_at=NOW,
    )
    return order, make_items(order, license_bought=license_bought, domains=domains)


def as_inserted(steps: Sequence[FulfillmentStep]) -> list[FulfillmentStep]:
    """Give the steps what the database's insert would have given them."""
    for step in steps:
        step.status = StepStatus.PENDING
        step.attempts = step.failures = 0
    return list(steps)
