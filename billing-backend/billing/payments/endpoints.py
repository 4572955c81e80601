"""Payments of the customer."""

import uuid

from fastapi import APIRouter

from billing.accounts.dependencies import CurrentPrincipal, CustomerSession
from billing.kit.pagination import Cursor, InvalidCursor, Limit, Page, cut
from billing.payments import repository
from billing.payments.schemas import OwnPayment
from service_kit.errors import Unauthenticated
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1", tags=["payments"])


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
