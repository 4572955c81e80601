"""Invoices and credit notes as the API shows them. Amounts in minor units of `currency`."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from billing.invoices.models import CreditNote, CreditNoteStatus, Invoice, InvoiceLine, InvoiceStatus


class TaxOut(BaseModel):
    amount: int
    taxable_amount: int
    percentage: Decimal | None
    name: str | None
    country: str | None
    inclusive: bool
    reason: str | None


class DiscountOut(BaseModel):
    name: str
    amount: int


class InvoiceOut(BaseModel):
    """An invoice without its lines. `amount_remaining` is still to be paid; `credited_amount` was taken back since."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    number: str | None
    status: InvoiceStatus
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
    invoice_pdf_url: str | None
    hosted_invoice_url: str | None
    attempt_count: int
    next_payment_attempt_at: datetime | None
    created_at: datetime
    issued_at: datetime | None
    due_date: datetime | None
    paid_at: datetime | None


class InvoiceLineOut(BaseModel):
    """`amount` is before `discount_amount`."""

    model_config = ConfigDict(from_attributes=True)

    description: str
    quantity: int
    unit_price: Decimal = Field(description="In minor units; may have fractions of them.")
    amount: int
    discount_amount: int
    tax_amount: int
    taxes: list[TaxOut]
    is_proration: bool
    period_start: datetime | None
    period_end: datetime | None


class PartyOut(BaseModel):
    """Seller or buyer as they were when the invoice got its number."""

    name: str
    contact: str | None = None
    lines: list[str] = []
    postal_code: str | None = None
    city: str | None = None
    region: str | None = None
    country: str | None = None
    vat_number: str | None = None
    registration_number: str | None = None
    email: str | None = None


class CreditNoteOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    invoice_id: uuid.UUID
    number: str
    status: CreditNoteStatus
    reason: str | None
    memo: str | None
    currency: str
    tax_amount: int
    total_amount: int
    refunded_amount: int
    created_at: datetime


class InvoiceDetail(InvoiceOut):
    """An invoice with everything that its document says, and the credit notes that correct it."""

    lines: list[InvoiceLineOut]
    taxes: list[TaxOut]
    discounts: list[DiscountOut]
    seller: PartyOut | None
    buyer: PartyOut | None
    paid_with: str | None
    credit_notes: list[CreditNoteOut]

    @classmethod
    def of(cls, row: Invoice, lines: Sequence[InvoiceLine], notes: Sequence[CreditNote]) -> "InvoiceDetail":
        return cls(
            **InvoiceOut.model_validate(row).model_dump(),
            lines=[InvoiceLineOut.model_validate(line) for line in lines],
            taxes=[TaxOut.model_validate(tax) for tax in row.taxes],
            discounts=[DiscountOut.model_validate(discount) for discount in row.discounts],
            seller=None if row.seller is None else PartyOut.model_validate(row.seller),
            buyer=None if row.buyer is None else PartyOut.model_validate(row.buyer),
            paid_with=row.paid_with,
            credit_notes=[CreditNoteOut.model_validate(note) for note in notes],
        )
