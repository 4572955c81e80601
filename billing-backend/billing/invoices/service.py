"""Reading invoices and credit notes, and making their documents."""

import asyncio
import uuid
from collections.abc import Sequence

from billing.invoices import repository
from billing.invoices.documents.paper import Paper, credit_note_paper, invoice_paper
from billing.invoices.documents.pdf import paper_pdf
from billing.invoices.documents.sheet import Look
from billing.invoices.errors import CreditNoteNotFound, InvoiceNotFound, InvoiceNotIssued
from billing.invoices.models import CreditNote, Invoice
from billing.invoices.schemas import InvoiceDetail
from billing.kit.db import Session
from billing.notifications.ports import AttachedFile, AttachmentGone
from billing.settings import Settings

PDF = "application/pdf"
XML = "application/xml"


def pay_url(settings: Settings, invoice_id: uuid.UUID) -> str:
    """Return the portal's page on which an open invoice is paid."""
    return f"{settings.portal_url}/invoices/{invoice_id}/pay"


async def get_invoice_or_raise(session: Session, invoice_id: uuid.UUID, user_id: uuid.UUID | None = None) -> Invoice:
    """Return the invoice; with `user_id` only that customer's. Raises `InvoiceNotFound`."""
    row = await repository.get_invoice(session, invoice_id, user_id)
    if row is None:
        raise InvoiceNotFound
    return row


async def get_credit_note_or_raise(
    session: Session, credit_note_id: uuid.UUID, user_id: uuid.UUID | None = None
) -> CreditNote:
    """Return the credit note; with `user_id` only that customer's. Raises `CreditNoteNotFound`."""
    row = await repository.get_credit_note(session, credit_note_id, user_id)
    if row is None:
        raise CreditNoteNotFound
    return row


async def show(session: Session, invoice: Invoice) -> InvoiceDetail:
    lines = await repository.lines_of(session, invoice.id)
    return InvoiceDetail.of(invoice, lines, await repository.credit_notes_of(session, invoice.id))


async def paper_of_invoice(session: Session, settings: Settings, invoice: Invoice) -> Paper:
    """Return what the invoice says; raises `InvoiceNotIssued` for a draft."""
    if not invoice.is_issued:
        raise InvoiceNotIssued
    lines = await repository.lines_of(session, invoice.id)
    return invoice_paper(invoice, lines, pay_url=pay_url(settings, invoice.id), notes=_notes(settings))


async def paper_of_note(session: Session, settings: Settings, note: CreditNote) -> Paper:
    invoice = await get_invoice_or_raise(session, note.invoice_id)
    return credit_note_paper(note, invoice, notes=_notes(settings))


def _notes(settings: Settings) -> Sequence[str]:
    return [settings.tax_reverse_charge_text]


async def draw(settings: Settings, paper: Paper) -> bytes:
    """Return the PDF; drawn in a thread, for it takes a tenth of a second."""
    return await asyncio.to_thread(paper_pdf, paper, Look(settings.seller_logo))


class DocumentMaker:
    """Makes the PDFs that go with mails, when they leave."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def invoice(self, session: Session, invoice_id: uuid.UUID) -> AttachedFile:
        """Raises `AttachmentGone`."""
        row = await repository.get_invoice(session, invoice_id)
        if row is None or not row.is_issued:
            raise AttachmentGone("there is no such invoice")
        paper = await paper_of_invoice(session, self._settings, row)
        return AttachedFile(f"invoice-{paper.number}.pdf", PDF, await draw(self._settings, paper))

    async def credit_note(self, session: Session, credit_note_id: uuid.UUID) -> AttachedFile:
        """Raises `AttachmentGone`."""
        row = await repository.get_credit_note(session, credit_note_id)
        if row is None:
            raise AttachmentGone("there is no such credit note")
        paper = await paper_of_note(session, self._settings, row)
        return AttachedFile(f"credit-note-{paper.number}.pdf", PDF, await draw(self._settings, paper))
