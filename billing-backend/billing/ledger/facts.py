"""What the ledger has to be told of a movement. Amounts in minor units of `currency`, times in UTC."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Customer:
    """Whose money it is; `country` (ISO 3166 alpha-2) is what reports group by, None when it is not known."""

    user_id: uuid.UUID
    country: str | None = None


@dataclass(frozen=True, slots=True)
class LineFact:
    """One line, after its discounts and without tax. A line whose period is over at its start is earned when paid."""

    key: str
    amount: int
    starts_at: datetime
    ends_at: datetime
    plan_code: str | None = None


@dataclass(frozen=True, slots=True)
class InvoiceFact:
    """A finalized invoice. The lines and `tax` add up to `total`.

    `balance_change` is how the customer's balance moved when it was finalized: positive when credit was used up.
    `cancelled_at` is when it became void or uncollectible, `paid_at` when it was paid.
    """

    id: str
    currency: str
    total: int
    tax: int
    finalized_at: datetime
    lines: Sequence[LineFact]
    balance_change: int = 0
    paid_at: datetime | None = None
    cancelled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PaymentFact:
    """A payment that succeeded; `invoice_id` is the provider's."""

    id: str
    invoice_id: str
    amount: int
    currency: str
    paid_at: datetime


@dataclass(frozen=True, slots=True)
class RefundFact:
    """Money on its way back; `failed_at` when the bank sent it back to us."""

    id: str
    amount: int
    currency: str
    refunded_at: datetime
    failed_at: datetime | None = None
    invoice_id: str | None = None


@dataclass(frozen=True, slots=True)
class CreditNoteFact:
    """A correction of an invoice.

    `refunded` (by the provider), `credited` (to the customer's balance) and `out_of_band` (from our bank) are what was
    given back of the paid part, the rest lowers what is still owed.
    """

    id: str
    invoice_id: str
    currency: str
    total: int
    tax: int
    refunded: int
    credited: int
    issued_at: datetime
    voided_at: datetime | None = None
    out_of_band: int = 0


@dataclass(frozen=True, slots=True)
class DisputeFact:
    """A dispute: `withdrawn` is what the bank took, `reinstated` what it gave back. `lost_at` once it is decided."""

    id: str
    currency: str
    withdrawn: int
    reinstated: int
    opened_at: datetime
    closed_at: datetime | None = None
    is_lost: bool = False
    invoice_id: str | None = None


@dataclass(frozen=True, slots=True)
class CreditFact:
    """Credit given to a customer's balance without an invoice (negative when taken away)."""

    id: str
    amount: int
    currency: str
    granted_at: datetime


@dataclass(frozen=True, slots=True)
class ProviderFact:
    """A movement of our balance at the provider. `category` is the provider's word for it, `fee` what it kept."""

    id: str
    category: str
    amount: int
    fee: int
    currency: str
    occurred_at: datetime
    source_id: str | None = None


@dataclass(frozen=True, slots=True)
class SubscriptionFact:
    """How a subscription stands from `changed_at` on; `amount` per `interval` before tax and coupons."""

    subscription_id: uuid.UUID
    user_id: uuid.UUID
    plan_code: str
    interval: str
    status: str
    amount: int
    currency: str
    changed_at: datetime
    country: str | None = None
