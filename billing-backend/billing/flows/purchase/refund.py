"""Give back what an item cost when it can never be delivered."""

from billing.accounts.service import mail_customer
from billing.flows.mirror import mirror_refund
from billing.flows.purchase.context import StepContext
from billing.kit.db import Session
from billing.kit.money import Money
from billing.orders.models import ItemKind, OrderItem
from billing.orders.outcomes import Later, NeedsAttention, Outcome, Refunded
from billing.payments.ports import (
    PaymentProvider,
    PaymentProviderRefused,
    PaymentProviderUnavailable,
    RefundSnapshot,
)
from billing.settings import Settings
from service_kit.clock import Clock


async def refund_item(context: StepContext, code: str, message: str) -> Outcome:
    """Refund the step's item once, and say so to the customer; a provider that is down makes the step wait."""
    item, order = context.item, context.order
    if order.stripe_payment_intent_id is None:
        return NeedsAttention("nothing_to_refund", f"{message}; the order was paid without a payment intent")
    provider = context.container.get(PaymentProvider)
    try:
        refund = await provider.refund(
            order_item_id=item.id,
            payment_intent_id=order.stripe_payment_intent_id,
            amount=item.total.amount,
            reason=code,
        )
    except PaymentProviderUnavailable as error:
        return Later("refund_postponed", f"{message}; the refund waits: {error}")
    except PaymentProviderRefused as error:
        return NeedsAttention(f"refund_{error.code}", f"{message}; the refund was refused: {error}")

    async def write_down(session: Session) -> None:
        await _record(session, context, refund)
        await _tell(session, context, item, refund, code)

    return Refunded(refund.amount, refund.id, code, message, write_down)


async def _record(session: Session, context: StepContext, refund: RefundSnapshot) -> None:
    """Write the refund down as its event would; whichever comes first."""
    now = context.container.get(Clock).now()
    await mirror_refund(session, refund, now=now, order_item_id=context.item.id)


async def _tell(session: Session, context: StepContext, item: OrderItem, refund: RefundSnapshot, code: str) -> None:
    portal = context.container.get(Settings).portal_url
    await mail_customer(
        session,
        context.user,
        key=f"domain-refunded:{item.id}",
        template="domain_refunded",
        context={
            "domain": item.domain_name,
            "amount": Money(refund.amount, refund.currency),
            "reason": code,
            "is_renewal": item.kind is ItemKind.DOMAIN_RENEWAL,
            "order_url": f"{portal}/orders/{context.order.id}",
        },
    )
