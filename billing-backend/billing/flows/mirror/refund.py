"""Refunds: whoever asked for them, our staff, a step that could not deliver, or somebody in Stripe's dashboard."""

import uuid
from datetime import datetime

from sqlalchemy import func, select

from billing.accounts.models import User
from billing.flows.bookkeeping import book_refund
from billing.flows.mirror.payment import store_payment
from billing.kit.db import Session
from billing.orders.models import Order
from billing.payments.models import LOST, Payment, Refund, RefundStatus
from billing.payments.ports import RefundSnapshot
from service_kit.ids import uuid7

FINISH_TASK = "refund.finish"


async def mirror_refund(
    session: Session, snapshot: RefundSnapshot, *, now: datetime, order_item_id: uuid.UUID | None = None
) -> Refund | None:
    """Insert the refund or bring it up to date, and recount what its payment and order gave back; None if not ours.

    Locks the order, then the payment: whoever changes a refund does it in this order.
    """
    intent = snapshot.payment_intent_id
    if intent is None:
        return None
    order = await lock_order_of(session, intent)
    payment = await _lock_payment(session, snapshot, intent)
    if payment is None:
        return None
    row = await _find(session, snapshot)
    item_id = order_item_id or _uuid(snapshot, "order_item_id")
    if row is None:
        row = Refund(
            id=uuid7(),
            user_id=payment.user_id,
            order_item_id=item_id,
            stripe_payment_intent_id=intent,
            amount=snapshot.amount,
            currency=snapshot.currency,
            reason=(snapshot.metadata.get("reason") or snapshot.reason or "requested_by_customer")[:80],
            status=RefundStatus(snapshot.status),
            created_at=snapshot.created_at or now,
        )
        session.add(row)
    row.payment_id, row.invoice_id = payment.id, row.invoice_id or payment.invoice_id
    row.follow(snapshot.id, RefundStatus(snapshot.status), snapshot.failure_reason)
    lacks_paper = row.status is RefundStatus.SUCCEEDED and row.credit_note_id is None and row.invoice_id is not None
    # Of money that came back the credit note does not count any more.
    if lacks_paper or (row.is_lost and row.credit_note_id is not None):
        row.next_attempt_at = row.next_attempt_at or now
        session.enqueue(FINISH_TASK, str(row.id))
    elif row.is_lost or row.credit_note_id is not None:
        row.next_attempt_at = None
    await session.flush()
    await recount(session, payment, order)
    await book_refund(session, snapshot, row.user_id, now=now)
    return row


async def lock_order_of(session: Session, payment_intent_id: str) -> Order | None:
    """Return the order that this payment paid first, locked; renewals have none."""
    found = select(Order).where(Order.stripe_payment_intent_id == payment_intent_id)
    locked = found.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(locked)).scalar_one_or_none()


async def recount(session: Session, payment: Payment, order: Order | None) -> None:
    """Bring the sums in line with the refunds there are. Payment and order are locked."""
    sums = select(func.coalesce(func.sum(Refund.amount), 0)).where(
        Refund.stripe_payment_intent_id == payment.stripe_payment_intent_id, Refund.status.not_in(LOST)
    )
    refunded = int((await session.execute(sums)).scalar_one())
    payment.count_refunds(refunded)
    if order is not None:
        order.count_refunds(refunded)
    await session.flush()


async def _lock_payment(session: Session, snapshot: RefundSnapshot, intent: str) -> Payment | None:
    found = (
        select(Payment)
        .where(Payment.stripe_payment_intent_id == intent)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    payment = (await session.execute(found)).scalars().first()
    if payment is not None or snapshot.payment is None:
        return payment
    # The event of the payment itself is still under way.
    owner = select(User.id).where(User.stripe_customer_id == snapshot.customer_id)
    user_id = (await session.execute(owner)).scalar_one_or_none()
    if user_id is None:
        return None
    await store_payment(session, snapshot.payment, user_id=user_id, description="Payment")
    return (await session.execute(found)).scalars().first()


async def _find(session: Session, snapshot: RefundSnapshot) -> Refund | None:
    """Return our row of it: known by the provider's id, or by ours that the provider carries."""
    by_id = select(Refund).where(Refund.stripe_refund_id == snapshot.id).with_for_update()
    row = (await session.execute(by_id)).scalar_one_or_none()
    own_id = _uuid(snapshot, "refund_id")
    if row is None and own_id is not None:
        own = select(Refund).where(Refund.id == own_id, Refund.stripe_refund_id.is_(None)).with_for_update()
        row = (await session.execute(own)).scalar_one_or_none()
    return row


def _uuid(snapshot: RefundSnapshot, name: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(snapshot.metadata[name])
    except (KeyError, ValueError):
        return None
