"""Refunds by staff."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response, status

from billing.accounts.dependencies import CurrentPrincipal, require
from billing.accounts.permissions import Permission
from billing.flows.refund.finish import finish_refund
from billing.flows.refund.request import request_refund
from billing.kit.container import Container, provided
from billing.kit.db import Database, Subject
from billing.kit.idempotency import (
    REPLAYED_HEADER,
    IdempotencyKeyMissing,
    IdempotencyMismatch,
    KeyHeader,
    require_key,
)
from billing.payments import repository as payments
from billing.payments.errors import (
    AmountTooFine,
    PaymentAlreadyRefunded,
    PaymentNotFound,
    PaymentNotRefundable,
    RefundTooLarge,
)
from billing.payments.schemas import RefundIn, RefundOut
from service_kit.clock import Clock
from service_kit.errors import Forbidden, Unauthenticated
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1/admin", tags=["staff"])


@router.post(
    "/payments/{payment_id}/refunds",
    status_code=status.HTTP_201_CREATED,
    dependencies=[Depends(require(Permission.REFUNDS_WRITE))],
    responses=responses(
        Unauthenticated,
        Forbidden,
        IdempotencyKeyMissing,
        IdempotencyMismatch,
        PaymentNotFound,
        PaymentNotRefundable,
        PaymentAlreadyRefunded,
        RefundTooLarge,
        AmountTooFine,
    ),
)
async def create_refund(
    payment_id: uuid.UUID,
    body: RefundIn,
    request: Request,
    response: Response,
    principal: CurrentPrincipal,
    database: Annotated[Database, Depends(provided(Database))],
    clock: Annotated[Clock, Depends(provided(Clock))],
    idempotency_key: KeyHeader = None,
) -> RefundOut:
    """Give a payment back, all or part of it.

    The refund stands in our books before the bank is asked, so the same money never leaves twice; `status` says how far
    it got. A credit note is written and mailed to the customer once the money is on its way. The license stays as it
    is. The same `Idempotency-Key` with the same body always means the same refund.
    """
    async with database.transaction(Subject.staff(principal.user_id)) as session:
        requested = await request_refund(
            session,
            clock,
            actor=principal.user_id,
            payment_id=payment_id,
            body=body,
            key=require_key(idempotency_key),
        )
    container: Container = request.app.state.container
    await finish_refund(container, requested.refund_id)
    if not requested.is_new:
        response.headers[REPLAYED_HEADER] = "true"
    async with database.transaction(Subject.staff(principal.user_id)) as session:
        row = await payments.get_refund(session, requested.refund_id)
        return RefundOut.model_validate(row)
