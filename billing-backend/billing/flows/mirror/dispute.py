"""Disputes: they suspend nothing by themselves; staff hear of them, and the order shows them."""

from sqlalchemy import case, func, select
from sqlalchemy.dialects.postgresql import insert

from billing.flows.bookkeeping import book_dispute
from billing.flows.mirror.refund import lock_order_of
from billing.kit.db import Session
from billing.payments.facts import DisputeFact
from billing.payments.models import Dispute, Payment
from service_kit.ids import uuid7


async def mirror_dispute(session: Session, fact: DisputeFact) -> Dispute | None:
    """Insert the dispute or bring it up to date, unless what we have was asked for later; None if not ours."""
    if fact.payment_intent_id is None:
        return None
    order = await lock_order_of(session, fact.payment_intent_id)
    found = select(Payment).where(Payment.stripe_payment_intent_id == fact.payment_intent_id)
    payment = (await session.execute(found)).scalars().first()
    if payment is None:
        return None
    statement = insert(Dispute).values(
        id=uuid7(),
        user_id=payment.user_id,
        payment_id=payment.id,
        order_id=order.id if order else None,
        stripe_dispute_id=fact.id,
        stripe_payment_intent_id=fact.payment_intent_id,
        amount=fact.amount,
        currency=fact.currency,
        reason=fact.reason,
        status=fact.status,
        evidence_due_at=fact.evidence_due_at,
        asked_at=fact.asked_at,
        created_at=fact.created_at,
    )
    new = statement.excluded
    is_newer = new.asked_at >= Dispute.asked_at
    names = ("amount", "reason", "status", "evidence_due_at", "asked_at")
    updates = {name: case((is_newer, new[name]), else_=getattr(Dispute, name)) for name in names}
    upsert = statement.on_conflict_do_update(
        index_elements=["stripe_dispute_id"], set_={**updates, "updated_at": func.now()}
    )
    row = (await session.execute(upsert.returning(Dispute).execution_options(populate_existing=True))).scalar_one()
    if order is not None:
        order.dispute_status = row.status
    await session.flush()
    await book_dispute(session, fact, row.user_id)
    return row
