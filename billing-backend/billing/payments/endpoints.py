"""Payments of the customer; all payments and disputes for staff."""

import uuid

from fastapi import APIRouter, Depends

from billing.accounts.dependencies import CurrentPrincipal, CustomerSession, StaffSession, require
from billing.accounts.permissions import Permission
from billing.kit.pagination import Cursor, InvalidCursor, Limit, Page, cut
from billing.payments import repository
from billing.payments.errors import DisputeNotFound, PaymentNotFound
from billing.payments.schemas import DisputeOut, OwnPayment, PaymentDetail, RefundOut
from service_kit.errors import Forbidden, Unauthenticated
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1", tags=["payments"])

_STAFF = [Depends(require(Permission.INVOICES_READ))]


@router.get("/payments", responses=responses(Unauthenticated, InvalidCursor))
async def list_own_payments(
    session: CustomerSession,
    principal: CurrentPrincipal,
    cursor: Cursor = None,
    limit: Limit = 20,
    invoice_id: uuid.UUID | None = None,
    license_id: uuid.UUID | None = None,
) -> Page[OwnPayment]:
    """List your payments, newest first."""
    found = await repository.list_payments(
        session, principal.user_id, cursor, limit, invoice_id=invoice_id, license_id=license_id
    )
    rows, next_cursor = cut(found, limit)
    return Page(items=[OwnPayment.model_validate(row) for row in rows], next_cursor=next_cursor)


@router.get(
    "/admin/payments",
    tags=["staff"],
    dependencies=_STAFF,
    responses=responses(Unauthenticated, Forbidden, InvalidCursor),
)
async def list_payments(
    session: StaffSession,
    cursor: Cursor = None,
    limit: Limit = 50,
    user_id: uuid.UUID | None = None,
    invoice_id: uuid.UUID | None = None,
    license_id: uuid.UUID | None = None,
) -> Page[PaymentDetail]:
    """List payments, newest first; without their refunds and disputes."""
    found = await repository.list_payments(
        session, user_id, cursor, limit, invoice_id=invoice_id, license_id=license_id
    )
    rows, next_cursor = cut(found, limit)
    return Page(items=[PaymentDetail.model_validate(row) for row in rows], next_cursor=next_cursor)


@router.get(
    "/admin/payments/{payment_id}",
    tags=["staff"],
    dependencies=_STAFF,
    responses=responses(Unauthenticated, Forbidden, PaymentNotFound),
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


@router.get(
    "/admin/disputes",
    tags=["staff"],
    dependencies=_STAFF,
    responses=responses(Unauthenticated, Forbidden, InvalidCursor),
)
async def list_disputes(session: StaffSession, cursor: Cursor = None, limit: Limit = 50) -> Page[DisputeOut]:
    """List disputes, newest first."""
    rows, next_cursor = cut(await repository.list_disputes(session, cursor, limit), limit)
    return Page(items=[DisputeOut.model_validate(row) for row in rows], next_cursor=next_cursor)


@router.get(
    "/admin/disputes/{dispute_id}",
    tags=["staff"],
    dependencies=_STAFF,
    responses=responses(Unauthenticated, Forbidden, DisputeNotFound),
)
async def get_dispute(dispute_id: uuid.UUID, session: StaffSession) -> DisputeOut:
    """Show a dispute."""
    row = await repository.get_dispute(session, dispute_id)
    if row is None:
        raise DisputeNotFound
    return DisputeOut.model_validate(row)
