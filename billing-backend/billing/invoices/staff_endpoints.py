"""All invoices and credit notes, for staff."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from fastapi.responses import StreamingResponse

from billing.accounts.dependencies import StaffSession, require
from billing.accounts.exports import StaffExport
from billing.accounts.permissions import Permission
from billing.accounts.service import get_user_or_raise
from billing.accounts.staff_schemas import CustomerRef
from billing.invoices import service
from billing.invoices.endpoints import PDF_ANSWER, SettingsDep, pdf_of
from billing.invoices.errors import CreditNoteNotFound, InvoiceNotFound, InvoiceNotIssued
from billing.invoices.models import CreditNote, Invoice
from billing.invoices.staff_repository import CreditNoteFilter, StaffInvoiceFilter
from billing.invoices.staff_schemas import ListedCreditNote, StaffInvoiceDetail, StaffInvoiceOut
from billing.kit.csv_export import CSV_ANSWER
from billing.kit.listing import page_of
from billing.kit.pagination import Cursor, InvalidCursor, Limit, Page
from service_kit.errors import Forbidden, Unauthenticated
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1/admin", tags=["staff"], responses=responses(Unauthenticated, Forbidden))

_READ = [Depends(require(Permission.INVOICES_READ))]
Invoices = Annotated[StaffInvoiceFilter, Depends()]
Notes = Annotated[CreditNoteFilter, Depends()]


@router.get("/invoices", dependencies=_READ, responses=responses(InvalidCursor))
async def list_all_invoices(
    session: StaffSession, wanted: Invoices, cursor: Cursor = None, limit: Limit = 50
) -> Page[StaffInvoiceOut]:
    """List everybody's invoices, newest first."""
    return await page_of(session, StaffInvoiceOut, wanted.statement(), Invoice.id, cursor, limit)


@router.get("/invoices.csv", dependencies=_READ, response_class=StreamingResponse, responses=CSV_ANSWER)
async def export_invoices(export: StaffExport, wanted: Invoices) -> StreamingResponse:
    """Download the list of invoices."""
    return await export.csv("invoices", StaffInvoiceOut, wanted.statement(), Invoice.id)


@router.get("/invoices/{invoice_id}", dependencies=_READ, responses=responses(InvoiceNotFound))
async def get_any_invoice(invoice_id: uuid.UUID, session: StaffSession) -> StaffInvoiceDetail:
    """Show any invoice with its customer, lines, taxes and credit notes."""
    row = await service.get_invoice_or_raise(session, invoice_id)
    shown = await service.show(session, row)
    customer = CustomerRef.model_validate(await get_user_or_raise(session, row.user_id))
    return StaffInvoiceDetail(**shown.model_dump(), customer=customer, stripe_invoice_id=row.stripe_invoice_id)


@router.get(
    "/invoices/{invoice_id}/pdf",
    dependencies=_READ,
    response_class=Response,
    responses={**responses(InvoiceNotFound, InvoiceNotIssued), **PDF_ANSWER},
)
async def get_any_invoice_pdf(invoice_id: uuid.UUID, session: StaffSession, settings: SettingsDep) -> Response:
    """Download any invoice as PDF, as its customer gets it."""
    row = await service.get_invoice_or_raise(session, invoice_id)
    return await pdf_of(settings, await service.paper_of_invoice(session, settings, row))


@router.get("/credit-notes", dependencies=_READ, responses=responses(InvalidCursor))
async def list_all_credit_notes(
    session: StaffSession, wanted: Notes, cursor: Cursor = None, limit: Limit = 50
) -> Page[ListedCreditNote]:
    """List everybody's credit notes, newest first."""
    return await page_of(session, ListedCreditNote, wanted.statement(), CreditNote.id, cursor, limit)


@router.get("/credit-notes.csv", dependencies=_READ, response_class=StreamingResponse, responses=CSV_ANSWER)
async def export_credit_notes(export: StaffExport, wanted: Notes) -> StreamingResponse:
    """Download the list of credit notes."""
    return await export.csv("credit-notes", ListedCreditNote, wanted.statement(), CreditNote.id)


@router.get(
    "/credit-notes/{credit_note_id}/pdf",
    dependencies=_READ,
    response_class=Response,
    responses={**responses(CreditNoteNotFound), **PDF_ANSWER},
)
async def get_any_credit_note_pdf(credit_note_id: uuid.UUID, session: StaffSession, settings: SettingsDep) -> Response:
    """Download any credit note as PDF, as its customer gets it."""
    row = await service.get_credit_note_or_raise(session, credit_note_id)
    return await pdf_of(settings, await service.paper_of_note(session, settings, row))
