"""All payments and disputes as lists, for staff."""

import uuid
from dataclasses import dataclass

from billing.accounts.staff_repository import CUSTOMER_COLUMNS, of_mailbox, of_user
from billing.kit.listing import AnySelect, Made, columns_for, narrowed
from billing.payments.models import Dispute, Payment, PaymentStatus
from billing.payments.staff_schemas import ListedDispute, ListedPayment
from service_kit.fields import Line


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFilter(Made):
    """What the list is narrowed to; `q` is the beginning of the customer's e-mail address."""

    status: PaymentStatus | None = None
    user_id: uuid.UUID | None = None
    invoice_id: uuid.UUID | None = None
    license_id: uuid.UUID | None = None
    q: Line | None = None

    def statement(self) -> AnySelect:
        statement = of_user(columns_for(ListedPayment, Payment, *CUSTOMER_COLUMNS), Payment.user_id, self.user_id)
        if self.q is not None:
            statement = statement.where(of_mailbox(Payment.user_id, self.q))
        statement = narrowed(
            statement,
            (Payment.status, self.status),
            (Payment.invoice_id, self.invoice_id),
            (Payment.license_id, self.license_id),
        )
        return self.within(statement, Payment.created_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeFilter(Made):
    """What the list is narrowed to; `status` is the payment provider's word."""

    status: Line | None = None
    user_id: uuid.UUID | None = None

    def statement(self) -> AnySelect:
        statement = of_user(columns_for(ListedDispute, Dispute, *CUSTOMER_COLUMNS), Dispute.user_id, self.user_id)
        return self.within(narrowed(statement, (Dispute.status, self.status)), Dispute.created_at)
