import uuid
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from billing.invoices.models import InvoiceStatus


class InvoiceOut(BaseModel):
    """Amounts in minor units of `currency`."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    number: str | None
    status: InvoiceStatus
    currency: str
    total_amount: int
    amount_due: int
    amount_paid: int
    order_id: uuid.UUID | None
    subscription_id: uuid.UUID | None
    invoice_pdf_url: str | None
    hosted_invoice_url: str | None
    created_at: datetime
    due_date: datetime | None
    paid_at: datetime | None
