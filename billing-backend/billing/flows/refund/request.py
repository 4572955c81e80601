"""Refunds by staff: written down first, then asked for; what is left of a payment is decided under its lock."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from billing.audit.service import record
from billing.flows.mirror.refund import lock_order_of, recount
from billing.kit import idempotency
from billing.kit.db import Session
from billing.kit.money import smallest
from billing.payments.errors import (
    AmountTooFine,
    PaymentAlreadyRefunded,
    PaymentNotFound,
    PaymentNotRefundable,
    RefundTooLarge,
)
from billing.payments.models import Payment, PaymentStatus, Refund, RefundStatus
from billing.payments.schemas import RefundIn
from service_kit.clock import Clock
from service_kit.ids import uuid7

OPERATION = "refund.create"
# Whoever wrote the refund down asks for it at once; the sweep does when that died.
FIRST_LOOK = timedelta(minutes=1)
_PAID = frozenset({PaymentStatus.SUCCEEDED, PaymentStatus.REFUNDED})


@dataclass(frozen=True, slots=True)
class Requested:
    refund_id: uuid.UUID
    is_new: bool


async def request_refund(
    session: Session, clock: Clock, *, actor: uuid.UUID, payment_id: uuid.UUID, body: RefundIn, key: str
) -> Requested:
    """Write a refund down, once for `key`.

    Raises `PaymentNotFound`, `PaymentNotRefundable`, `PaymentAlreadyRefunded`, `RefundTooLarge`, `AmountTooFine`,
    `IdempotencyMismatch`.
    """
    body_hash = idempotency.request_hash({"payment_id": payment_id, **body.model_dump(mode="json")})
    claimed, is_new = await idempotency.claim(
        session, scope=f"user:{actor}", operation=OPERATION, key=key, body_hash=body_hash
    )
    if not is_new and claimed.resource_id is not None:
        return Requested(claimed.resource_id, is_new=False)
    found = select(Payment).where(Payment.id == payment_id)
    known = (await session.execute(found)).scalar_one_or_none()
    if known is None:
        raise PaymentNotFound
    order = await lock_order_of(session, known.stripe_payment_intent_id)
    locked = found.with_for_update().execution_options(populate_existing=True)
    payment = (await session.execute(locked)).scalar_one()
    if payment.status not in _PAID:
        raise PaymentNotRefundable(extra={"payment_status": payment.status})
    left = payment.amount - payment.refunded_amount
    if left <= 0:
        raise PaymentAlreadyRefunded
    amount = left if body.amount is None else body.amount
    if amount % smallest(payment.currency):
        raise AmountTooFine(extra={"multiple_of": smallest(payment.currency), "currency": payment.currency})
    if amount > left:
        raise RefundTooLarge(extra={"refundable_amount": left, "currency": payment.currency})
    refund = Refund(
        id=uuid7(),
        user_id=payment.user_id,
        payment_id=payment.id,
        invoice_id=payment.invoice_id,
        requested_by=actor,
        stripe_payment_intent_id=payment.stripe_payment_intent_id,
        amount=amount,
        currency=payment.currency,
        reason=body.reason,
        note=body.note,
        status=RefundStatus.PENDING,
        next_attempt_at=clock.now() + FIRST_LOOK,
        created_at=clock.now(),
    )
    session.add(refund)
    claimed.resource_id = refund.id
    await session.flush()
    await recount(session, payment, order)
    await record(
        session,
        actor_user_id=actor,
        action="payment.refunded",
        object_type="payment",
        object_id=payment.id,
        after={"amount": amount, "currency": payment.currency, "reason": body.reason, "note": body.note},
    )
    return Requested(refund.id, is_new=True)
