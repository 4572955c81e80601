"""What billing needs from a payment provider; `integrations/stripe` implements it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from billing.kit.db import Session
from billing.kit.money import Money
from billing.payments.facts import (
    Balance,
    BalanceEntry,
    BuyerFact,
    CreditNoteFact,
    DiscountFact,
    DisputeFact,
    LineFact,
    TaxFact,
)


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


class DiscountRefused(PaymentProviderRefused):
    """A discount can't be had any more."""


@dataclass(frozen=True, slots=True)
class Charge:
    """A one-off line beside a subscription, or of an invoice without one."""

    description: str
    price: Money
    reference: str


@dataclass(frozen=True, slots=True)
class Taxes:
    """What an invoice is taxed by: one of the provider's rates, the provider's own reckoning, or nothing."""

    rate_id: str | None = None
    automatic: bool = False


UNTAXED = Taxes()


@dataclass(frozen=True, slots=True)
class PaymentHandle:
    """What the customer's browser needs to pay, and what we need to find it again.

    `setup_client_secret` is there when nothing is to pay now but a card should be kept for later. `tax_amounts` are
    the taxes of its lines by the reference of their charge, with None for the plan's line; `tax_inclusive` when the
    lines' amounts contain them.
    """

    invoice_id: str
    payment_intent_id: str | None
    client_secret: str | None
    amount_due: int
    status: str
    subscription_id: str | None = None
    setup_client_secret: str | None = None
    total: int = 0
    tax_amounts: Mapping[str | None, int] = field(default_factory=dict)
    tax_inclusive: bool = False


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
    product_id: str | None = None
    price_id: str | None = None
    interval: str | None = None
    trial_end: datetime | None = None
    has_pending_update: bool = False
    # By the machine's clock, as of `InvoiceSnapshot`.
    asked_at: datetime | None = None
    # The agreed price of a period, before tax and coupons.
    amount: int | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class PaidPeriod:
    """Time on a product that an invoice bills, up to `end`. The latest of an invoice is what it grants."""

    product_id: str
    price_id: str
    start: datetime
    end: datetime


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
    granted: PaidPeriod | None = None
    subtotal: int = 0
    tax: int = 0
    credit_applied: int = 0
    # How the customer's balance moved at finalization: above zero credit was used up, below it grew.
    balance_change: int = 0
    # When it became void or uncollectible.
    cancelled_at: datetime | None = None
    attempt_count: int = 0
    issued_at: datetime | None = None
    # By the machine's clock, before the provider was asked: of two answers the one asked for later is the newer.
    asked_at: datetime | None = None
    lines: Sequence[LineFact] = ()
    taxes: Sequence[TaxFact] = ()
    discounts: Sequence[DiscountFact] = ()
    buyer: BuyerFact | None = None


@dataclass(frozen=True, slots=True)
class RefundSnapshot:
    """A refund as it stands now, with the payment it gives back when the provider was asked for both."""

    id: str
    amount: int
    currency: str
    status: str
    payment_intent_id: str | None = None
    customer_id: str | None = None
    reason: str | None = None
    failure_reason: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    created_at: datetime | None = None
    payment: PaymentSnapshot | None = None


class CardCharge(StrEnum):
    """What came of charging a card while its owner is not there."""

    PAID = "paid"
    DECLINED = "declined"
    NEEDS_CUSTOMER = "needs_customer"


class PaymentProvider(Protocol):
    """Every call is repeatable: it carries a key derived from our own ids.

    All raise `PaymentProviderUnavailable` and `PaymentProviderRefused`.
    """

    async def create_customer(self, *, user_id: uuid.UUID, email: str, name: str) -> str: ...

    async def open_subscription(
        self,
        *,
        order_id: uuid.UUID,
        customer_id: str,
        price_id: str,
        charges: Sequence[Charge],
        promotion_code_id: str | None = None,
        trial_days: int = 0,
        taxes: Taxes = UNTAXED,
    ) -> PaymentHandle:
        """Create a subscription that becomes active when its first invoice, with `charges` on it, is paid.

        The promotion code lowers the plan's price only, not the charges; a trial makes the plan free at first. Raises
        `DiscountRefused` for a code that was used up meanwhile.
        """
        ...

    async def open_invoice(
        self,
        *,
        order_id: uuid.UUID,
        customer_id: str,
        currency: str,
        charges: Sequence[Charge],
        taxes: Taxes = UNTAXED,
    ) -> PaymentHandle:
        """Create and finalize an invoice of one-off lines."""
        ...

    async def charge_card(self, *, invoice_id: str, card_id: str) -> CardCharge:
        """Pay an open invoice with a kept card, off session; one that is paid already is `PAID`."""
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


class RefundDesk(Protocol):
    """Money back and its papers. Every call is repeatable; raises as `PaymentProvider` does."""

    async def get_refund(self, refund_id: str) -> RefundSnapshot: ...

    async def list_refunds(self, payment_intent_id: str) -> Sequence[RefundSnapshot]:
        """Return every refund of a payment, the failed ones too."""
        ...

    async def refund_payment(
        self, *, refund_id: uuid.UUID, payment_intent_id: str, amount: int, reason: str
    ) -> RefundSnapshot:
        """Give `amount` back once for our refund of this id. `reason`: duplicate, fraudulent, requested_by_customer."""
        ...

    async def get_credit_note(self, credit_note_id: str) -> CreditNoteFact: ...

    async def credit_refund(
        self, *, refund_id: uuid.UUID, stripe_refund_id: str, invoice_id: str, amount: int, description: str
    ) -> CreditNoteFact | None:
        """Issue the credit note of a refund once; None when the invoice has nothing left to be credited."""
        ...

    async def get_dispute(self, dispute_id: str) -> DisputeFact: ...


class BalanceDesk(Protocol):
    """A customer's credit with us, which the next invoices use up. Raises as `PaymentProvider` does."""

    async def get_balance(self, customer_id: str, currency: str) -> Balance: ...

    async def adjust_balance(
        self, *, key: str, customer_id: str, amount: int, currency: str, description: str
    ) -> BalanceEntry:
        """Add `amount` (negative takes away) to the credit, once for `key`."""
        ...


class CreditBooks(Protocol):
    async def book(self, session: Session, entry: BalanceEntry, user_id: uuid.UUID) -> None:
        """Write credit that was given to a customer into the books, once for each entry."""
        ...
