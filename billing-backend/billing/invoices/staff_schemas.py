"""Invoices and credit notes as staff see them in lists. Amounts in minor units of `currency`."""

import uuid
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from billing.accounts.staff_schemas import CustomerRef
from billing.invoices.models import CreditNoteStatus
from billing.invoices.schemas import InvoiceDetail, InvoiceOut


class StaffInvoiceOut(InvoiceOut):
    """An invoice in a list, with its customer."""

    user_id: uuid.UUID
    customer_email: str
    customer_name: str
    stripe_invoice_id: str


class ListedCreditNote(BaseModel):
    """A credit note in a list."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    number: str
    status: CreditNoteStatus
    user_id: uuid.UUID
    customer_email: str
    customer_name: str
    invoice_id: uuid.UUID
    invoice_number: str | None
    reason: str | None
    memo: str | None
    currency: str
    tax_amount: int
    total_amount: int
    refunded_amount: int
    created_at: datetime
    voided_at: datetime | None


class StaffInvoiceDetail(InvoiceDetail):
    """An invoice with everything that its document says, and whose it is."""

    customer: CustomerRef
    stripe_invoice_id: str
