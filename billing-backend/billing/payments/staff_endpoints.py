"""All payments and disputes, for staff."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from billing.accounts.dependencies import StaffSession, require
from billing.accounts.exports import StaffExport
from billing.accounts.permissions import Permission
from billing.kit.csv_export import CSV_ANSWER
from billing.kit.listing import page_of
from billing.kit.pagination import Cursor, InvalidCursor, Limit, Page
from billing.payments import repository
from billing.payments.errors import DisputeNotFound, PaymentNotFound
from billing.payments.models import Dispute, Payment
from billing.payments.schemas import DisputeOut, PaymentDetail, RefundOut
from billing.payments.staff_repository import DisputeFilter, PaymentFilter
from billing.payments.staff_schemas import ListedDispute, ListedPayment
from service_kit.errors import Forbidden, Unauthenticated
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1/admin", tags=["staff"], responses=responses(Unauthenticated, Forbidden))

_READ = [Depends(require(Permission.INVOICES_READ))]
Payments = Annotated[PaymentFilter, Depends()]
Disputes = Annotated[DisputeFilter, Depends()]


@router.get("/payments", dependencies=_READ, responses=responses(InvalidCursor))
async def list_payments(
    session: StaffSession, wanted: Payments, cursor: Cursor = None, limit: Limit = 50
) -> Page[ListedPayment]:
    """List everybody's payments, newest first."""
    return await page_of(session, ListedPayment, wanted.statement(), Payment.id, cursor, limit)


@router.get("/payments.csv", dependencies=_READ, response_class=StreamingResponse, responses=CSV_ANSWER)
async def export_payments(export: StaffExport, wanted: Payments) -> StreamingResponse:
    """Download the list of payments."""
    return await export.csv("payments", ListedPayment, wanted.statement(), Payment.id)


@router.get(
    "/payments/{payment_id}",
    dependencies=_READ,
    responses=responses(PaymentNotFound),
)
async def get_payment_detail(payment_id: uuid.UUID, session: StaffSession) -> PaymentDetail:
    """Show a payment with its refunds and disputes."""
    row = await repository.get_payment(session, payment_id)
    if row is None:
        raise PaymentNotFound
    shown = PaymentDetail.model_validate(row)
    shown.refunds = [RefundOut.model_validate(refund) for refund in await repository.refunds_of(session, row)]
    shown.disputes = [DisputeOut.model_validate(dispute) for dispute in await repository.disputes_of(session, row)]
    return shown


@router.get("/disputes", dependencies=_READ, responses=responses(InvalidCursor))
async def list_disputes(
    session: StaffSession, wanted: Disputes, cursor: Cursor = None, limit: Limit = 50
) -> Page[ListedDispute]:
    """List disputes, newest first."""
    return await page_of(session, ListedDispute, wanted.statement(), Dispute.id, cursor, limit)


@router.get("/disputes.csv", dependencies=_READ, response_class=StreamingResponse, responses=CSV_ANSWER)
async def export_disputes(export: StaffExport, wanted: Disputes) -> StreamingResponse:
    """Download the list of disputes."""
    return await export.csv("disputes", ListedDispute, wanted.statement(), Dispute.id)


@router.get(
    "/disputes/{dispute_id}",
    dependencies=_READ,
    responses=responses(DisputeNotFound),
)
async def get_dispute(dispute_id: uuid.UUID, session: StaffSession) -> DisputeOut:
    """Show a dispute."""
    row = await repository.get_dispute(session, dispute_id)
    if row is None:
        raise DisputeNotFound
    return DisputeOut.model_validate(row)
