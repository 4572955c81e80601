"""Tell staff that a step waits for them: every failure has an owner."""

from billing.accounts.permissions import Permission
from billing.accounts.service import mail_staff
from billing.kit.db import Session
from billing.orders.models import FulfillmentStep, Order
from billing.settings import Settings


async def alert_staff(session: Session, settings: Settings, order: Order, step: FulfillmentStep) -> None:
    """Mail all who may resolve steps that this one needs attention: once per person and time it got stuck."""
    await mail_staff(
        session,
        Permission.ORDERS_RESOLVE,
        key=f"attention:{step.id}:{step.attempts}",
        template="order_needs_attention",
        context={
            "order_number": order.number,
            "step": step.kind.value.replace("_", " "),
            "error": f"{step.last_error_code}: {step.last_error}",
            "admin_url": f"{settings.portal_url}/admin/orders/{order.id}",
        },
    )
