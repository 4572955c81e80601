"""What a payment provider tells of invoices, credit notes, refunds, disputes, balances. Amounts in minor units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class TaxFact:
    """One tax on a line or of a whole document. `percentage` is null when the provider names no rate."""

    amount: int
    taxable_amount: int
    percentage: Decimal | None = None
    name: str | None = None
    country: str | None = None
    inclusive: bool = False
    # The provider's word: standard_rated, reverse_charge, zero_rated, customer_exempt, not_collecting, …
    reason: str | None = None
    rate_id: str | None = None

    def as_json(self) -> dict[str, object]:
        return {
            "amount": self.amount,
            "taxable_amount": self.taxable_amount,
            "percentage": None if self.percentage is None else str(self.percentage),
            "name": self.name,
            "country": self.country,
            "inclusive": self.inclusive,
            "reason": self.reason,
            "rate_id": self.rate_id,
        }


@dataclass(frozen=True, slots=True)
class DiscountFact:
    name: str
    amount: int

    def as_json(self) -> dict[str, object]:
        return {"name": self.name, "amount": self.amount}


@dataclass(frozen=True, slots=True)
class LineFact:
    """`amount` is before discounts, and with the tax when that is inclusive."""

    id: str
    description: str
    quantity: int
    unit_price: Decimal
    amount: int
    discount_amount: int = 0
    taxes: Sequence[TaxFact] = ()
    price_id: str | None = None
    is_proration: bool = False
    period_start: datetime | None = None
    period_end: datetime | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    # What is sold: a plan's code, or that of what is sold beside plans.
    product_code: str | None = None

    @property
    def tax_amount(self) -> int:
        return sum(tax.amount for tax in self.taxes)


@dataclass(frozen=True, slots=True)
class BuyerFact:
    """The customer as the provider froze it on the document. `tax_ids` as (type, value): ("eu_vat", "DE123456789")."""

    name: str | None = None
    email: str | None = None
    line1: str | None = None
    line2: str | None = None
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country: str | None = None
    tax_ids: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class CreditNoteFact:
    id: str
    number: str
    status: str
    invoice_id: str
    currency: str
    reason: str | None
    memo: str | None
    subtotal: int
    discount: int
    total: int
    refunded: int
    lines: Sequence[LineFact]
    taxes: Sequence[TaxFact]
    refund_ids: Sequence[str]
    created_at: datetime
    voided_at: datetime | None
    # The part of the total that had been paid already, and what of it went back past the provider.
    paid_part: int = 0
    out_of_band: int = 0

    @property
    def tax(self) -> int:
        return sum(tax.amount for tax in self.taxes)


@dataclass(frozen=True, slots=True)
class DisputeMovement:
    """What a dispute moved on our balance: taken if negative, else given back. `fee` is what the provider kept."""

    id: str
    category: str
    amount: int
    fee: int
    currency: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class DisputeFact:
    id: str
    payment_intent_id: str | None
    amount: int
    currency: str
    reason: str
    status: str
    evidence_due_at: datetime | None
    created_at: datetime
    asked_at: datetime
    customer_id: str | None = None
    movements: Sequence[DisputeMovement] = ()

    @property
    def withdrawn(self) -> int:
        return -sum(movement.amount for movement in self.movements if movement.amount < 0)

    @property
    def reinstated(self) -> int:
        return sum(movement.amount for movement in self.movements if movement.amount > 0)


@dataclass(frozen=True, slots=True)
class BalanceEntry:
    """A movement of a customer's balance; a positive `amount` is credit that the next invoices use up."""

    id: str
    amount: int
    ending_balance: int
    currency: str
    kind: str
    description: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Balance:
    """What the customer has to their credit, and the newest movements."""

    amount: int
    currency: str
    entries: Sequence[BalanceEntry]
