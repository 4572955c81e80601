"""Give back what an item cost when it can never be delivered."""

from sqlalchemy import select

from billing.flows.purchase.context import StepContext
from billing.kit.db import Session
from billing.kit.money import Money
from billing.notifications.service import queue_mail
from billing.orders.models import OrderItem
from billing.orders.outcomes import Later, NeedsAttention, Outcome, Refunded
from billing.payments.models import Payment, PaymentStatus, Refund, RefundStatus
from billing.payments.ports import (
    PaymentProvider,
    PaymentProviderRefused,
    PaymentProviderUnavailable,
    RefundSnapshot,
)
from billing.settings import Settings
from service_kit.ids import uuid7


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
            amount=item.amount,
            reason=code,
        )
    except PaymentProviderUnavailable as error:
        return Later("refund_postponed", f"{message}; the refund waits: {error}")
    except PaymentProviderRefused as error:
        return NeedsAttention(f"refund_{error.code}", f"{message}; the refund was refused: {error}")

    async def write_down(session: Session) -> None:
        await _record(session, context, refund, code)
        await _tell(session, context, item, refund, code)

    return Refunded(refund.amount, refund.id, code, message, write_down)


async def _record(session: Session, context: StepContext, refund: RefundSnapshot, code: str) -> None:
    intent = context.order.stripe_payment_intent_id
    assert intent is not None
    session.add(
        Refund(
            id=uuid7(),
            user_id=context.user.id,
            order_item_id=context.item.id,
            stripe_refund_id=refund.id,
            stripe_payment_intent_id=intent,
            amount=refund.amount,
            currency=refund.currency,
            reason=code,
            status=RefundStatus(refund.status),
        )
    )
    found = select(Payment).where(Payment.stripe_payment_intent_id == intent).with_for_update()
    payment = (await session.execute(found)).scalars().first()
    if payment is not None:
        payment.refunded_amount += refund.amount
        if payment.refunded_amount >= payment.amount:
            payment.status = PaymentStatus.REFUNDED


async def _tell(session: Session, context: StepContext, item: OrderItem, refund: RefundSnapshot, code: str) -> None:
    portal = context.container.get(Settings).portal_url
    await queue_mail(
        session,
        key=f"domain-refunded:{item.id}",
        template="domain_refunded",
        user_id=context.user.id,
        to=context.user.email,
        locale=context.user.locale,
        context={
            "name": context.user.full_name,
            "domain": item.domain_name,
            "amount": Money(refund.amount, refund.currency),
            "reason": code,
            "order_url": f"{portal}/orders/{context.order.id}",
        },
    )
