"""Electronic invoices keep the rules of EN 16931, whatever is on them."""

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.invoices.documents.paper import Kind, Line, Paper, Tax
from billing.invoices.documents.ubl import paper_ubl
from tests.en16931 import Checked
from tests.papers import SELLER, line, paper, vat

TAXED = line(99_000, vat(16_929, 89_100), discount=9_900)


@pytest.mark.parametrize(
    "sample",
    [
        paper(TAXED, line(1_399, vat(266, 1_399), text="Domain <a> & b.com")),
        paper(TAXED, line(1_000)),
        paper(line(11_900, vat(1_900, 10_000, inclusive=True))),
        paper(line(5_000, vat(0, 5_000, "0", reason="reverse_charge")), notes=["Reverse charge"]),
        paper(line(5_000, vat(0, 5_000, "0", reason="customer_exempt"))),
        paper(line(5_000, vat(0, 5_000, "0", reason="zero_rated"))),
        paper(line(5_000)),
        paper(line(5_000), seller=replace(SELLER, vat_number=None)),
        paper(line(5_000), seller=replace(SELLER, registration_number=None)),
        paper(TAXED, line(-20_000, vat(-3_800, -20_000), text="Unused time")),
        paper(line(5_000, vat(950, 5_000)), credit_applied=1_000, paid_amount=4_950),
        paper(line(5_000), status="open", paid_at=None, paid_amount=0),
        paper(line(999, vat(190, 999), quantity=7)),
        paper(line(29_000), currency="JPY"),
        paper(line(29_001, vat(5_510, 29_001)), currency="KWD"),
        paper(TAXED, kind=Kind.CREDIT_NOTE, memo="Refund: duplicate"),
        paper(line(1_000), kind=Kind.CREDIT_NOTE),
    ],
)
def test_every_kind_of_document_keeps_the_rules(sample: Paper) -> None:
    assert Checked(paper_ubl(sample)).problems == []


def test_what_it_says() -> None:
    seen = Checked(paper_ubl(paper(TAXED, line(1_399, vat(266, 1_399), text="Domain <a> & b.com"))))
    total = "@LegalMonetaryTotal"
    assert seen.text("CustomizationID") == "urn:cen.eu:en16931:2017"
    assert (seen.text("ID"), seen.text("IssueDate")) == ("A1B2C3D4-0001", "2026-11-22")
    assert (seen.text("InvoiceTypeCode"), seen.text("DocumentCurrencyCode")) == ("380", "EUR")
    assert seen.text("@AccountingSupplierParty", "@Party", "@PartyTaxScheme", "CompanyID") == "DE123456789"
    assert seen.text("@AccountingCustomerParty", "@Party", "@PartyLegalEntity", "RegistrationName") == (
        "Čajovna & synové s.r.o."
    )
    assert seen.text(total, "TaxExclusiveAmount") == "904.99"
    assert seen.text(total, "TaxInclusiveAmount") == "1076.94"
    assert (seen.text(total, "PrepaidAmount"), seen.text(total, "PayableAmount")) == ("1076.94", "0.00")
    assert seen.text("@Item", "Name", of=seen.lines[1]) == "Domain <a> & b.com"
    assert seen.text("@Item", "@ClassifiedTaxCategory", "Percent", of=seen.lines[0]) == "19"


@pytest.mark.parametrize(("currency", "shown"), [("JPY", "12345"), ("USD", "123.45"), ("KWD", "12.345")])
def test_amounts_have_the_places_of_their_currency(currency: str, shown: str) -> None:
    seen = Checked(paper_ubl(paper(line(12_345), currency=currency)))
    assert seen.text("@LegalMonetaryTotal", "TaxInclusiveAmount") == shown


def test_a_credit_note_names_the_invoice_it_corrects() -> None:
    seen = Checked(paper_ubl(paper(TAXED, kind=Kind.CREDIT_NOTE, number="A1B2C3D4-0001-CN-01")))
    assert seen.text("CreditNoteTypeCode") == "381"
    assert seen.text("@BillingReference", "@InvoiceDocumentReference", "ID") == "A1B2C3D4-0001"


def test_the_rules_catch_a_wrong_document() -> None:
    """What finds no fault in anything would prove nothing."""
    good = paper_ubl(paper(TAXED)).decode()
    for old, new, rule in (
        ("1060.29</cbc:TaxInclusiveAmount", "1060.30</cbc:TaxInclusiveAmount", "BR-CO-15"),
        (">891.00</cbc:TaxExclusiveAmount", ">890.00</cbc:TaxExclusiveAmount", "BR-CO-13"),
        ("<cbc:IssueDate>2026-11-22</cbc:IssueDate>", "", "BR-03"),
        ("DE123456789", "", "BR-S-02"),
    ):
        assert old in good, old
        assert rule in Checked(good.replace(old, new).encode()).problems


# Those of zero places are left out: rounded line by line they may be off by more than the standard's unit.
RATES = st.sampled_from(["0", "5.5", "7", "19", "25"])


@st.composite
def lines(draw: st.DrawFn) -> Line:
    """A line as the provider makes them: discounted, its tax rounded half up, on top or inside."""
    amount = draw(st.integers(1, 10_000_000))
    discount = draw(st.integers(0, amount))
    rate, inclusive = Decimal(draw(RATES)), draw(st.booleans())
    base = amount - discount
    if rate == 0:
        return line(amount, discount=discount, quantity=draw(st.integers(1, 9)))
    share = base * rate / (100 + rate) if inclusive else base * rate / 100
    tax = int(share.quantize(Decimal(1), ROUND_HALF_UP))
    taxable = base - tax if inclusive else base
    taxed = Tax(tax, taxable, rate, "VAT", inclusive, "standard_rated")
    return line(amount, taxed, discount=discount, quantity=draw(st.integers(1, 9)))


@given(st.lists(lines(), min_size=1, max_size=12), st.sampled_from(["EUR", "USD", "KWD"]))
def test_any_lines_add_up(made: list[Line], currency: str) -> None:
    assert Checked(paper_ubl(paper(*made, currency=currency))).problems == []
