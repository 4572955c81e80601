"""What an invoice or a credit note says, apart from how it is drawn or coded. Amounts in minor units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from babel import Locale

from billing.invoices.models import CreditNote, Invoice, InvoiceLine, InvoiceStatus
from billing.kit.money import Money

REVERSE_CHARGE = "reverse_charge"
# Documents are in English.
_COUNTRIES: Mapping[str, str] = Locale("en").territories


class Kind(StrEnum):
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


@dataclass(frozen=True, slots=True)
class Party:
    name: str
    contact: str | None = None
    lines: Sequence[str] = ()
    postal_code: str | None = None
    city: str | None = None
    region: str | None = None
    country: str | None = None
    vat_number: str | None = None
    registration_number: str | None = None
    email: str | None = None

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> "Party":
        """Return the party as frozen; one of a draft has no more than a dash for a name."""
        known = {name: stored[name] for name in cls.__dataclass_fields__ if name in stored} if stored else {}
        return cls(**{"name": "–", **known})

    @property
    def address(self) -> list[str]:
        """The address line by line, without the name; a country is called by its name, an unknown one by its code."""
        town = " ".join(part for part in (self.postal_code, self.city) if part)
        country = _COUNTRIES.get(self.country, self.country) if self.country else None
        return [line for line in (*self.lines, town, self.region, country) if line]


@dataclass(frozen=True, slots=True)
class Tax:
    amount: int
    taxable_amount: int
    percentage: Decimal | None = None
    name: str | None = None
    inclusive: bool = False
    reason: str | None = None

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Tax":
        percentage = stored.get("percentage")
        return cls(
            amount=int(stored["amount"]),
            taxable_amount=int(stored["taxable_amount"]),
            percentage=None if percentage is None else Decimal(str(percentage)),
            name=stored.get("name"),
            inclusive=bool(stored.get("inclusive")),
            reason=stored.get("reason"),
        )

    @property
    def rate(self) -> Decimal:
        """The rate in percent; of a tax whose rate nobody told, the one that its amounts make."""
        if self.percentage is not None:
            return self.percentage
        if not self.taxable_amount:
            return Decimal(0)
        return (Decimal(self.amount) * 100 / self.taxable_amount).quantize(Decimal("0.01"))

    @property
    def label(self) -> str:
        rate = f"{self.rate.normalize():f}"
        return f"{self.name or 'Tax'} {rate} %"


@dataclass(frozen=True, slots=True)
class Line:
    """`amount` is before `discount_amount`, and with the tax where that is inclusive."""

    description: str
    quantity: int
    unit_price: Decimal
    amount: int
    discount_amount: int = 0
    taxes: Sequence[Tax] = ()
    period: tuple[datetime, datetime] | None = None

    @property
    def net_amount(self) -> int:
        """What the line costs without tax."""
        return self.amount - self.discount_amount - sum(tax.amount for tax in self.taxes if tax.inclusive)


@dataclass(frozen=True, slots=True)
class Paper:
    """`paid_amount` is what was paid of `due_amount`; `credit_applied` was taken from the customer's credit before."""

    kind: Kind
    number: str
    status: str
    issued_at: datetime
    currency: str
    seller: Party
    buyer: Party
    lines: Sequence[Line]
    taxes: Sequence[Tax]
    discounts: Sequence[tuple[str, int]]
    total: int
    credit_applied: int = 0
    paid_amount: int = 0
    due_amount: int = 0
    due_at: datetime | None = None
    paid_at: datetime | None = None
    paid_with: str | None = None
    credited_amount: int = 0
    corrects: str | None = None
    corrects_issued_at: datetime | None = None
    memo: str | None = None
    pay_url: str | None = None
    notes: Sequence[str] = field(default_factory=list)

    def money(self, amount: int) -> str:
        """An amount in words of its currency."""
        return str(Money(amount, self.currency))

    @property
    def subtotal(self) -> int:
        return sum(line.amount for line in self.lines)

    @property
    def remaining(self) -> int:
        """What is still to be paid."""
        return max(0, self.due_amount - self.paid_amount) if self.status == InvoiceStatus.OPEN else 0

    @property
    def tax_amount(self) -> int:
        return sum(tax.amount for tax in self.taxes)


def _line(row: InvoiceLine) -> Line:
    period = (row.period_start, row.period_end) if row.period_start and row.period_end else None
    return Line(
        description=row.description,
        quantity=row.quantity,
        unit_price=row.unit_price,
        amount=row.amount,
        discount_amount=row.discount_amount,
        taxes=_taxes(row.taxes),
        period=period if period and period[0] < period[1] else None,
    )


def _taxes(stored: Sequence[Any]) -> list[Tax]:
    return [Tax.of(entry) for entry in stored]


def invoice_paper(invoice: Invoice, lines: Sequence[InvoiceLine], *, pay_url: str, notes: Sequence[str] = ()) -> Paper:
    """Return what an issued invoice says; `pay_url` is shown while it can be paid."""
    discounts: Sequence[Any] = invoice.discounts
    taxes = _taxes(invoice.taxes)
    is_open = invoice.status is InvoiceStatus.OPEN
    return Paper(
        kind=Kind.INVOICE,
        number=invoice.number or "Draft",
        status=invoice.status,
        issued_at=invoice.issued_at or invoice.created_at,
        currency=invoice.currency,
        seller=Party.of(invoice.seller),
        buyer=Party.of(invoice.buyer),
        lines=[_line(row) for row in lines],
        taxes=taxes,
        discounts=[(str(discount["name"]), int(discount["amount"])) for discount in discounts],
        total=invoice.total_amount,
        credit_applied=invoice.credit_applied_amount,
        paid_amount=invoice.amount_paid,
        due_amount=invoice.amount_due,
        due_at=invoice.due_date,
        paid_at=invoice.paid_at,
        paid_with=invoice.paid_with,
        credited_amount=invoice.credited_amount,
        pay_url=pay_url if is_open else None,
        notes=list(notes) if any(tax.reason == REVERSE_CHARGE for tax in taxes) else [],
    )


def credit_note_paper(note: CreditNote, invoice: Invoice, *, notes: Sequence[str] = ()) -> Paper:
    """Return what a credit note says; its parties are those of the invoice it corrects."""
    stored: Sequence[Any] = note.lines
    reverse = [tax for tax in _taxes(invoice.taxes) if tax.reason == REVERSE_CHARGE]
    # The provider names no tax on a note whose invoice had none to pay.
    taxes = _taxes(note.taxes) or [replace(tax, amount=0, taxable_amount=note.total_amount) for tax in reverse[:1]]
    lines = [
        Line(
            description=str(entry["description"]),
            quantity=int(entry["quantity"]),
            unit_price=Decimal(str(entry["unit_price"])),
            amount=int(entry["amount"]),
            discount_amount=int(entry["discount_amount"]),
            taxes=_taxes(entry["taxes"])
            or [replace(tax, taxable_amount=int(entry["amount"])) for tax in taxes if tax.reason == REVERSE_CHARGE],
        )
        for entry in stored
    ]
    return Paper(
        kind=Kind.CREDIT_NOTE,
        number=note.number,
        status=note.status,
        issued_at=note.created_at,
        currency=note.currency,
        seller=Party.of(invoice.seller),
        buyer=Party.of(invoice.buyer),
        lines=lines,
        taxes=taxes,
        discounts=[("Discount", note.discount_amount)] if note.discount_amount else [],
        total=note.total_amount,
        paid_amount=note.refunded_amount,
        due_amount=note.total_amount,
        corrects=invoice.number,
        corrects_issued_at=invoice.issued_at,
        memo=note.memo,
        notes=list(notes) if any(tax.reason == REVERSE_CHARGE for tax in taxes) else [],
    )
