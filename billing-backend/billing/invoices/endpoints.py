"""Invoices and credit notes of the customer, as issued."""

import uuid
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from billing.accounts.dependencies import CurrentPrincipal, CustomerSession
from billing.invoices import repository, service
from billing.invoices.documents.paper import Paper
from billing.invoices.documents.ubl import paper_ubl
from billing.invoices.errors import CreditNoteNotFound, InvoiceNotFound, InvoiceNotIssued
from billing.invoices.models import InvoiceStatus
from billing.invoices.schemas import CreditNoteOut, InvoiceDetail, InvoiceOut
from billing.kit.container import provided
from billing.kit.pagination import Cursor, InvalidCursor, Limit, Page, cut
from billing.settings import Settings
from service_kit.errors import Unauthenticated
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1", tags=["invoices"])

SettingsDep = Annotated[Settings, Depends(provided(Settings))]
Since = Annotated[datetime | None, Query(description="Made at this time or later.")]
Before = Annotated[datetime | None, Query(description="Made before this time.")]
PDF_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {"content": {service.PDF: {"schema": {"type": "string", "format": "binary"}}}}
}
_XML: dict[int | str, dict[str, Any]] = {200: {"content": {service.XML: {"schema": {"type": "string"}}}}}


async def pdf_of(settings: Settings, paper: Paper) -> Response:
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
    responses={**responses(Unauthenticated, InvoiceNotFound, InvoiceNotIssued), **PDF_ANSWER},
)
async def get_invoice_pdf(
    invoice_id: uuid.UUID, session: CustomerSession, principal: CurrentPrincipal, settings: SettingsDep
) -> Response:
    """Download an invoice as PDF. While it is open a QR code on it leads to the page where it is paid."""
    row = await service.get_invoice_or_raise(session, invoice_id, principal.user_id)
    return await pdf_of(settings, await service.paper_of_invoice(session, settings, row))


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
    responses={**responses(Unauthenticated, CreditNoteNotFound), **PDF_ANSWER},
)
async def get_credit_note_pdf(
    credit_note_id: uuid.UUID, session: CustomerSession, principal: CurrentPrincipal, settings: SettingsDep
) -> Response:
    """Download a credit note as PDF."""
    row = await service.get_credit_note_or_raise(session, credit_note_id, principal.user_id)
    return await pdf_of(settings, await service.paper_of_note(session, settings, row))


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
