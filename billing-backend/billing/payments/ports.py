"""What billing needs from a payment provider; `integrations/stripe` implements it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from billing.kit.money import Money


class PaymentProviderUnavailable(Exception):
    """The provider did not answer or asked to come back; `after` in seconds. The same call may be repeated."""

    def __init__(self, message: str, *, after: float = 5.0) -> None:
        super().__init__(message)
        self.after = after


class PaymentProviderRefused(Exception):
    """The provider answered no; `code` is the provider's own."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Charge:
    """A one-off line beside a subscription, or of an invoice without one."""

    description: str
    price: Money
    reference: str


@dataclass(frozen=True, slots=True)
class PaymentHandle:
    """What the customer's browser needs to pay, and what we need to find it again."""

    invoice_id: str
    payment_intent_id: str | None
    client_secret: str | None
    amount_due: int
    status: str
    subscription_id: str | None = None


@dataclass(frozen=True, slots=True)
class PaymentSnapshot:
    """A PaymentIntent as it stands now. `amount` in minor units."""

    id: str
    amount: int
    currency: str
    status: str
    created_at: datetime
    payment_method: str | None


@dataclass(frozen=True, slots=True)
class SubscriptionSnapshot:
    """A subscription as it stands now. `status` is one of `SubscriptionStatus`' values."""

    id: str
    status: str
    period_start: datetime | None
    period_end: datetime | None
    cancel_at_period_end: bool
    cancelled_at: datetime | None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InvoiceSnapshot:
    """An invoice as it stands now, with the payment that paid it. Amounts in minor units."""

    id: str
    status: str
    currency: str
    total: int
    amount_due: int
    amount_paid: int
    number: str | None
    billing_reason: str | None
    customer_id: str
    subscription_id: str | None
    metadata: Mapping[str, str]
    created_at: datetime
    paid_at: datetime | None
    due_at: datetime | None
    pdf_url: str | None
    hosted_url: str | None
    payment: PaymentSnapshot | None = None
    next_payment_attempt_at: datetime | None = None
    subscription: SubscriptionSnapshot | None = None


@dataclass(frozen=True, slots=True)
class RefundSnapshot:
    id: str
    amount: int
    currency: str
    status: str


class PaymentProvider(Protocol):
    """Every call is repeatable: it carries a key derived from our own ids.

    All raise `PaymentProviderUnavailable` and `PaymentProviderRefused`.
    """

    async def create_customer(self, *, user_id: uuid.UUID, email: str, name: str) -> str: ...

    async def open_subscription(
        self, *, order_id: uuid.UUID, customer_id: str, price_id: str, charges: Sequence[Charge]
    ) -> PaymentHandle:
        """Create a subscription that becomes active when its first invoice, with `charges` on it, is paid."""
        ...

    async def open_invoice(
        self, *, order_id: uuid.UUID, customer_id: str, currency: str, charges: Sequence[Charge]
    ) -> PaymentHandle:
        """Create and finalize an invoice of one-off lines."""
        ...

    async def get_handle(self, invoice_id: str) -> PaymentHandle: ...

    async def get_invoice(self, invoice_id: str) -> InvoiceSnapshot: ...

    async def get_subscription(self, subscription_id: str) -> SubscriptionSnapshot: ...

    async def abandon(self, *, invoice_id: str, subscription_id: str | None) -> None:
        """Make sure an unpaid order can't be paid any more; a no-op when that is already so."""
        ...

    async def refund(
        self, *, order_item_id: uuid.UUID, payment_intent_id: str, amount: int, reason: str
    ) -> RefundSnapshot:
        """Give `amount` back once for this item: a refund that exists already is returned, not repeated."""
        ...
