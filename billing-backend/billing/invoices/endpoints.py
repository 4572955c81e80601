"""Invoices of the customer, as issued."""

import uuid

from fastapi import APIRouter

from billing.accounts.dependencies import CurrentPrincipal, CustomerSession
from billing.invoices import repository
from billing.invoices.errors import InvoiceNotFound
from billing.invoices.schemas import InvoiceOut
from billing.kit.pagination import Cursor, InvalidCursor, Limit, Page, cut
from service_kit.errors import Unauthenticated
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1/invoices", tags=["invoices"])


@router.get("", responses=responses(Unauthenticated, InvalidCursor))
async def list_invoices(
    session: CustomerSession, principal: CurrentPrincipal, cursor: Cursor = None, limit: Limit = 20
) -> Page[InvoiceOut]:
    """List your invoices, newest first."""
    found = await repository.list_own(session, principal.user_id, cursor, limit)
    rows, next_cursor = cut(found, limit)
    return Page(items=[InvoiceOut.model_validate(row) for row in rows], next_cursor=next_cursor)


@router.get("/{invoice_id}", responses=responses(Unauthenticated, InvoiceNotFound))
async def get_invoice(invoice_id: uuid.UUID, session: CustomerSession, principal: CurrentPrincipal) -> InvoiceOut:
    """Show one invoice."""
    row = await repository.get_own(session, invoice_id, principal.user_id)
    if row is None:
        raise InvoiceNotFound
    return InvoiceOut.model_validate(row)
