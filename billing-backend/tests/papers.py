"""Invoices and credit notes as a document says them, made up for tests, and the words of a PDF."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pypdfium2

from billing.invoices.documents.paper import Kind, Line, Paper, Party, Tax

ISSUED = datetime(2026, 11, 22, tzinfo=UTC)
YEAR = (ISSUED, datetime(2027, 11, 22, tzinfo=UTC))
SELLER = Party(
    "NextPanel",
    lines=["Hafenstraße 12"],
    postal_code="20457",
    city="Hamburg",
    country="DE",
    vat_number="DE123456789",
    registration_number="HRB 12345",
    email="billing@nextpanel.example",
)
BUYER = Party(
    "Čajovna & synové s.r.o.",
    contact="Ada Lovelace",
    lines=["1 Analytical Way", "Third floor"],
    postal_code="110 00",
    city="Praha",
    country="CZ",
    vat_number="CZ12345678",
)


def vat(amount: int, taxable: int, rate: str = "19", *, inclusive: bool = False, reason: str = "standard_rated") -> Tax:
    return Tax(amount, taxable, Decimal(rate), "VAT", inclusive, reason)


def line(amount: int, *taxes: Tax, discount: int = 0, text: str = "NextPanel Starter", quantity: int = 1) -> Line:
    return Line(text, quantity, Decimal(amount) / quantity, amount, discount, list(taxes), YEAR)


def paper(*lines: Line, kind: Kind = Kind.INVOICE, currency: str = "EUR", **more: Any) -> Paper:
    """A document of these lines; its sums follow from them, unless said otherwise."""
    taxes = [tax for entry in lines for tax in entry.taxes]
    total = sum(entry.net_amount for entry in lines) + sum(tax.amount for tax in taxes)
    discount = sum(entry.discount_amount for entry in lines)
    values: dict[str, Any] = {
        "kind": kind,
        "number": "A1B2C3D4-0001",
        "status": "paid" if kind is Kind.INVOICE else "issued",
        "issued_at": ISSUED,
        "currency": currency,
        "seller": SELLER,
        "buyer": BUYER,
        "lines": lines,
        "taxes": taxes,
        "discounts": [("Welcome", discount)] if discount else [],
        "total": total,
        "due_amount": total,
        "paid_amount": total,
        "paid_at": ISSUED,
        "corrects": None if kind is Kind.INVOICE else "A1B2C3D4-0001",
    }
    return Paper(**{**values, **more})


def words_of(pdf: bytes) -> str:
    """Return all the text of a PDF, a blank between words."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())
    finally:
        document.close()
