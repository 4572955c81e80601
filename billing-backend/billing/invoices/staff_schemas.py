"""Invoices and credit notes as staff see them in lists. Amounts in minor units of `currency`."""

import uuid
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from billing.accounts.staff_schemas import CustomerRef
from billing.invoices.models import CreditNoteStatus, InvoiceStatus
from billing.invoices.schemas import InvoiceDetail


class StaffInvoiceOut(BaseModel):
    """An invoice in a list. `amount_remaining` is still to be paid; `credited_amount` was taken back since."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    number: str | None
    status: InvoiceStatus
    user_id: uuid.UUID
    customer_email: str
    customer_name: str
    billing_reason: str | None
    currency: str
    subtotal_amount: int
    discount_amount: int
    tax_amount: int
    total_amount: int
    credit_applied_amount: int
    amount_due: int
    amount_paid: int
    amount_remaining: int
    credited_amount: int
    order_id: uuid.UUID | None
    subscription_id: uuid.UUID | None
    stripe_invoice_id: str
    invoice_pdf_url: str | None
    hosted_invoice_url: str | None
    attempt_count: int
    next_payment_attempt_at: datetime | None
    created_at: datetime
    issued_at: datetime | None
    due_date: datetime | None
    paid_at: datetime | None


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
