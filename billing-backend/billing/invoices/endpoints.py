"""Invoices and credit notes of the customer, as issued, and all of them for staff."""

import uuid
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from billing.accounts.dependencies import CurrentPrincipal, CustomerSession, StaffSession, require
from billing.accounts.permissions import Permission
from billing.invoices import repository, service
from billing.invoices.documents.paper import Paper
from billing.invoices.documents.ubl import paper_ubl
from billing.invoices.errors import CreditNoteNotFound, InvoiceNotFound, InvoiceNotIssued
from billing.invoices.models import InvoiceStatus
from billing.invoices.schemas import CreditNoteOut, InvoiceDetail, InvoiceOut, StaffInvoiceOut
from billing.kit.container import provided
from billing.kit.pagination import Cursor, InvalidCursor, Limit, Page, cut
from billing.settings import Settings
from service_kit.errors import Forbidden, Unauthenticated
from service_kit.fields import Line
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1", tags=["invoices"])

SettingsDep = Annotated[Settings, Depends(provided(Settings))]
Since = Annotated[datetime | None, Query(description="Made at this time or later.")]
Before = Annotated[datetime | None, Query(description="Made before this time.")]
_PDF: dict[int | str, dict[str, Any]] = {
    200: {"content": {service.PDF: {"schema": {"type": "string", "format": "binary"}}}}
}
_XML: dict[int | str, dict[str, Any]] = {200: {"content": {service.XML: {"schema": {"type": "string"}}}}}
_STAFF = [Depends(require(Permission.INVOICES_READ))]


async def _pdf(settings: Settings, paper: Paper) -> Response:
    name = f'attachment; filename="{paper.kind.replace("_", "-")}-{paper.number}.pdf"'
    return Response(await service.draw(settings, paper), media_type=service.PDF, headers={"Content-Disposition": name})


def _xml(paper: Paper) -> Response:
    name = f'attachment; filename="{paper.kind.replace("_", "-")}-{paper.number}.xml"'
    return Response(paper_ubl(paper), media_type=service.XML, headers={"Content-Disposition": name})


@router.get("/invoices", responses=responses(Unauthenticated, InvalidCursor))
async def list_invoices(
    session: CustomerSession,
    principal: CurrentPrincipal,
    cursor: Cursor = None,
    limit: Limit = 20,
    status: InvoiceStatus | None = None,
    order_id: uuid.UUID | None = None,
    subscription_id: uuid.UUID | None = None,
    since: Since = None,
    before: Before = None,
) -> Page[InvoiceOut]:
    """List your invoices, newest first."""
    wanted = repository.InvoiceFilter(
        user_id=principal.user_id,
        status=status,
        order_id=order_id,
        subscription_id=subscription_id,
        since=since,
        before=before,
    )
    rows, next_cursor = cut(await repository.list_invoices(session, wanted, cursor, limit), limit)
    return Page(items=[InvoiceOut.model_validate(row) for row in rows], next_cursor=next_cursor)


@router.get("/invoices/{invoice_id}", responses=responses(Unauthenticated, InvoiceNotFound))
async def get_invoice(invoice_id: uuid.UUID, session: CustomerSession, principal: CurrentPrincipal) -> InvoiceDetail:
    """Show one invoice with its lines, taxes and credit notes."""
    return await service.show(session, await service.get_invoice_or_raise(session, invoice_id, principal.user_id))


@router.get(
    "/invoices/{invoice_id}/pdf",
    response_class=Response,
    responses={**responses(Unauthenticated, InvoiceNotFound, InvoiceNotIssued), **_PDF},
)
async def get_invoice_pdf(
    invoice_id: uuid.UUID, session: CustomerSession, principal: CurrentPrincipal, settings: SettingsDep
) -> Response:
    """Download an invoice as PDF. While it is open a QR code on it leads to the page where it is paid."""
    row = await service.get_invoice_or_raise(session, invoice_id, principal.user_id)
    return await _pdf(settings, await service.paper_of_invoice(session, settings, row))


@router.get(
    "/invoices/{invoice_id}/ubl",
    response_class=Response,
    responses={**responses(Unauthenticated, InvoiceNotFound, InvoiceNotIssued), **_XML},
)
async def get_invoice_ubl(
    invoice_id: uuid.UUID, session: CustomerSession, principal: CurrentPrincipal, settings: SettingsDep
) -> Response:
    """Download an invoice as an electronic invoice: UBL 2.1 after EN 16931."""
    row = await service.get_invoice_or_raise(session, invoice_id, principal.user_id)
    return _xml(await service.paper_of_invoice(session, settings, row))


@router.get("/credit-notes", responses=responses(Unauthenticated, InvalidCursor))
async def list_credit_notes(
    session: CustomerSession, principal: CurrentPrincipal, cursor: Cursor = None, limit: Limit = 20
) -> Page[CreditNoteOut]:
    """List your credit notes, newest first."""
    found = await repository.list_credit_notes(session, principal.user_id, cursor, limit)
    rows, next_cursor = cut(found, limit)
    return Page(items=[CreditNoteOut.model_validate(row) for row in rows], next_cursor=next_cursor)


@router.get(
    "/credit-notes/{credit_note_id}/pdf",
    response_class=Response,
    responses={**responses(Unauthenticated, CreditNoteNotFound), **_PDF},
)
async def get_credit_note_pdf(
    credit_note_id: uuid.UUID, session: CustomerSession, principal: CurrentPrincipal, settings: SettingsDep
) -> Response:
    """Download a credit note as PDF."""
    row = await service.get_credit_note_or_raise(session, credit_note_id, principal.user_id)
    return await _pdf(settings, await service.paper_of_note(session, settings, row))


@router.get(
    "/credit-notes/{credit_note_id}/ubl",
    response_class=Response,
    responses={**responses(Unauthenticated, CreditNoteNotFound), **_XML},
)
async def get_credit_note_ubl(
    credit_note_id: uuid.UUID, session: CustomerSession, principal: CurrentPrincipal, settings: SettingsDep
) -> Response:
    """Download a credit note as UBL 2.1 after EN 16931."""
    row = await service.get_credit_note_or_raise(session, credit_note_id, principal.user_id)
    return _xml(await service.paper_of_note(session, settings, row))


@router.get(
    "/admin/invoices",
    tags=["staff"],
    dependencies=_STAFF,
    responses=responses(Unauthenticated, Forbidden, InvalidCursor),
)
async def list_all_invoices(
    session: StaffSession,
    cursor: Cursor = None,
    limit: Limit = 50,
    status: InvoiceStatus | None = None,
    user_id: uuid.UUID | None = None,
    number: Line | None = None,
    since: Since = None,
    before: Before = None,
) -> Page[StaffInvoiceOut]:
    """List everybody's invoices, newest first."""
    wanted = repository.InvoiceFilter(user_id=user_id, status=status, number=number, since=since, before=before)
    rows, next_cursor = cut(await repository.list_invoices(session, wanted, cursor, limit), limit)
    return Page(items=[StaffInvoiceOut.model_validate(row) for row in rows], next_cursor=next_cursor)


@router.get(
    "/admin/invoices/{invoice_id}",
    tags=["staff"],
    dependencies=_STAFF,
    responses=responses(Unauthenticated, Forbidden, InvoiceNotFound),
)
async def get_any_invoice(invoice_id: uuid.UUID, session: StaffSession) -> InvoiceDetail:
    """Show any invoice with its lines, taxes and credit notes."""
    return await service.show(session, await service.get_invoice_or_raise(session, invoice_id))


@router.get(
    "/admin/invoices/{invoice_id}/pdf",
    tags=["staff"],
    dependencies=_STAFF,
    response_class=Response,
    responses={**responses(Unauthenticated, Forbidden, InvoiceNotFound, InvoiceNotIssued), **_PDF},
)
async def get_any_invoice_pdf(invoice_id: uuid.UUID, session: StaffSession, settings: SettingsDep) -> Response:
    """Download any invoice as PDF, as its customer gets it."""
    row = await service.get_invoice_or_raise(session, invoice_id)
    return await _pdf(settings, await service.paper_of_invoice(session, settings, row))
