"""All SQL of payments, refunds and disputes that only reads."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from billing.kit.db import Session
from billing.kit.pagination import keyset
from billing.payments.models import Dispute, Payment, Refund


async def list_payments(
    session: Session,
    user_id: uuid.UUID,
    cursor: str | None,
    limit: int,
    *,
    invoice_id: uuid.UUID | None = None,
    license_id: uuid.UUID | None = None,
) -> Sequence[Payment]:
    statement = select(Payment).where(Payment.user_id == user_id)
    if invoice_id is not None:
        statement = statement.where(Payment.invoice_id == invoice_id)
    if license_id is not None:
        statement = statement.where(Payment.license_id == license_id)
    return (await session.execute(keyset(statement, Payment.id, cursor, limit))).scalars().all()


async def get_payment(session: Session, payment_id: uuid.UUID) -> Payment | None:
    return (await session.execute(select(Payment).where(Payment.id == payment_id))).scalar_one_or_none()


async def refunds_of(session: Session, payment: Payment) -> Sequence[Refund]:
    statement = select(Refund).where(Refund.stripe_payment_intent_id == payment.stripe_payment_intent_id)
    return (await session.execute(statement.order_by(Refund.id))).scalars().all()


async def disputes_of(session: Session, payment: Payment) -> Sequence[Dispute]:
    statement = select(Dispute).where(Dispute.stripe_payment_intent_id == payment.stripe_payment_intent_id)
    return (await session.execute(statement.order_by(Dispute.id))).scalars().all()


async def get_refund(session: Session, refund_id: uuid.UUID) -> Refund | None:
    return await session.get(Refund, refund_id)


async def get_dispute(session: Session, dispute_id: uuid.UUID) -> Dispute | None:
    return await session.get(Dispute, dispute_id)


async def list_refunds(session: Session, user_id: uuid.UUID, since: datetime, before: datetime) -> Sequence[Refund]:
    """Return the customer's refunds of the period, oldest first."""
    statement = (
        select(Refund)
        .where(Refund.user_id == user_id, Refund.created_at >= since, Refund.created_at < before)
        .order_by(Refund.created_at, Refund.id)
    )
    return (await session.execute(statement)).scalars().all()
