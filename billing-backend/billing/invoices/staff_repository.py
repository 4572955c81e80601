"""All invoices and credit notes as lists, for staff."""

import uuid
from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, func, select

from billing.accounts.staff_repository import CUSTOMER_COLUMNS, of_mailbox, of_user
from billing.invoices.models import CreditNote, CreditNoteStatus, Invoice, InvoiceStatus
from billing.invoices.staff_schemas import ListedCreditNote, StaffInvoiceOut
from billing.kit.listing import AnySelect, Made, among, columns_for, narrowed, starts_with
from service_kit.fields import Line


def numbered(q: str) -> ColumnElement[bool]:
    """Find invoices by the beginning of their number; all are in upper case."""
    return starts_with(Invoice.number, q.upper(), is_lower=False)


# What `Invoice.amount_remaining` is, for the database to reckon.
_REMAINING = case(
    (Invoice.status == InvoiceStatus.OPEN, func.greatest(0, Invoice.amount_due - Invoice.amount_paid)), else_=0
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffInvoiceFilter(Made):
    """What the list is narrowed to; `q` is the beginning of a number or of the customer's e-mail address."""

    status: InvoiceStatus | None = None
    user_id: uuid.UUID | None = None
    order_id: uuid.UUID | None = None
    subscription_id: uuid.UUID | None = None
    number: Line | None = None
    q: Line | None = None

    def statement(self) -> AnySelect:
        columns = columns_for(StaffInvoiceOut, Invoice, *CUSTOMER_COLUMNS, _REMAINING.label("amount_remaining"))
        statement = of_user(columns, Invoice.user_id, self.user_id)
        if self.q is not None:
            halves = (numbered(self.q), of_mailbox(Invoice.user_id, self.q))
            statement = statement.where(among(Invoice.id, *(select(Invoice.id).where(half) for half in halves)))
        statement = narrowed(
            statement,
            (Invoice.status, self.status),
            (Invoice.order_id, self.order_id),
            (Invoice.subscription_id, self.subscription_id),
            (Invoice.number, self.number),
        )
        return self.within(statement, Invoice.created_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditNoteFilter(Made):
    """What the list is narrowed to; `number` is the whole number."""

    status: CreditNoteStatus | None = None
    user_id: uuid.UUID | None = None
    invoice_id: uuid.UUID | None = None
    number: Line | None = None

    def statement(self) -> AnySelect:
        columns = columns_for(ListedCreditNote, CreditNote, *CUSTOMER_COLUMNS, Invoice.number.label("invoice_number"))
        statement = narrowed(
            of_user(columns, CreditNote.user_id, self.user_id).outerjoin(Invoice, Invoice.id == CreditNote.invoice_id),
            (CreditNote.status, self.status),
            (CreditNote.invoice_id, self.invoice_id),
            (CreditNote.number, self.number),
        )
        return self.within(statement, CreditNote.created_at)
