"""Credit notes: what an issued invoice was corrected by."""

from datetime import datetime

from sqlalchemy import case, func, select, update
from sqlalchemy.dialects.postgresql import insert

from billing.flows.bookkeeping import book_credit_note, book_note_turned
from billing.invoices.models import CreditNote, CreditNoteStatus, Invoice
from billing.kit.db import Session
from billing.payments.facts import CreditNoteFact, LineFact
from billing.payments.models import Refund
from service_kit.ids import uuid7


def _line(line: LineFact) -> dict[str, object]:
    return {
        "description": line.description,
        "quantity": line.quantity,
        "unit_price": str(line.unit_price),
        "amount": line.amount,
        "discount_amount": line.discount_amount,
        "tax_amount": line.tax_amount,
        "taxes": [tax.as_json() for tax in line.taxes],
    }


async def mirror_credit_note(session: Session, fact: CreditNoteFact) -> CreditNote | None:
    """Insert the credit note or mark it void, and recount its invoice; None while we have no such invoice."""
    found = select(Invoice).where(Invoice.stripe_invoice_id == fact.invoice_id)
    locked = found.with_for_update().execution_options(populate_existing=True)
    invoice = (await session.execute(locked)).scalar_one_or_none()
    if invoice is None:
        return None
    statement = insert(CreditNote).values(
        id=uuid7(),
        user_id=invoice.user_id,
        invoice_id=invoice.id,
        stripe_credit_note_id=fact.id,
        number=fact.number,
        status=CreditNoteStatus(fact.status),
        reason=fact.reason,
        memo=fact.memo,
        currency=fact.currency,
        subtotal_amount=fact.subtotal,
        discount_amount=fact.discount,
        tax_amount=fact.tax,
        total_amount=fact.total,
        refunded_amount=fact.refunded,
        lines=[_line(line) for line in fact.lines],
        taxes=[tax.as_json() for tax in fact.taxes],
        created_at=fact.created_at,
        voided_at=fact.voided_at,
    )
    new = statement.excluded
    # What the provider voided is void for good; what only we count as void it calls issued.
    is_void = CreditNote.status == CreditNoteStatus.VOID
    updates = {
        "status": case((is_void, CreditNote.status), else_=new.status),
        "voided_at": func.coalesce(CreditNote.voided_at, new.voided_at),
        "memo": new.memo,
    }
    upsert = statement.on_conflict_do_update(index_elements=["stripe_credit_note_id"], set_=updates)
    returned = upsert.returning(CreditNote).execution_options(populate_existing=True)
    note = (await session.execute(returned)).scalar_one()
    await _tie_refunds(session, fact, note)
    await session.flush()
    await book_credit_note(session, fact, note.user_id)
    await weigh(session, invoice, note)
    return note


async def weigh(session: Session, invoice: Invoice, note: CreditNote) -> None:
    """Let a credit note count as long as money left for it, and recount its locked invoice.

    The provider voids none that belongs to a paid invoice. One of which every refund came back is void to us; when the
    money is sent again it is that refund's paper.
    """
    refunds = (await session.execute(select(Refund).where(Refund.credit_note_id == note.id))).scalars().all()
    if refunds and note.refunded_amount == note.total_amount:
        live = [refund for refund in refunds if not refund.is_lost]
        newest = max(live or refunds, key=lambda refund: refund.id)
        at = max(newest.updated_at, note.created_at)
        if live and note.status is CreditNoteStatus.VOID:
            note.restore()
            await _book_turn(session, invoice, note, f"again:{newest.stripe_refund_id}", at)
        elif not live and note.status is CreditNoteStatus.ISSUED:
            note.mark_void(at)
            await _book_turn(session, invoice, note, f"came_back:{newest.stripe_refund_id}", at)
        await session.flush()
    issued = select(func.coalesce(func.sum(CreditNote.total_amount), 0)).where(
        CreditNote.invoice_id == invoice.id, CreditNote.status == CreditNoteStatus.ISSUED
    )
    invoice.credited_amount = int((await session.execute(issued)).scalar_one())
    await session.flush()


async def _book_turn(session: Session, invoice: Invoice, note: CreditNote, cause: str, at: datetime) -> None:
    counts = note.status is CreditNoteStatus.ISSUED
    await book_note_turned(session, note, invoice.stripe_invoice_id, cause=cause, counts=counts, at=at)


async def _tie_refunds(session: Session, fact: CreditNoteFact, note: CreditNote) -> None:
    if fact.refund_ids and fact.status == CreditNoteStatus.ISSUED:
        await session.execute(
            update(Refund)
            .where(Refund.stripe_refund_id.in_(fact.refund_ids))
            .values(credit_note_id=note.id, next_attempt_at=None)
        )
