"""Documents as PDF: everything that has to be on them is, in every currency, on as many pages as it takes."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

from billing.invoices.documents.paper import Kind, Paper, Party
from billing.invoices.documents.pdf import paper_pdf
from billing.invoices.documents.sheet import Look
from tests.papers import ISSUED, line, paper, vat

PAY = "https://portal.example/invoices/7/pay"


def pages(document: bytes) -> list[str]:
    """Return the words of each page."""
    opened = pypdfium2.PdfDocument(document)
    try:
        return [page.get_textpage().get_text_range() for page in opened]
    finally:
        opened.close()


def words(document: Paper) -> str:
    return " ".join(" ".join(pages(paper_pdf(document))).split())


def test_an_open_invoice_says_who_owes_what_for_what_and_how_to_pay() -> None:
    taxed = line(99_000, vat(16_929, 89_100), discount=9_900)
    seen = words(
        paper(
            taxed,
            status="open",
            paid_at=None,
            paid_amount=0,
            credit_applied=5_000,
            due_amount=101_029,
            due_at=ISSUED + timedelta(days=14),
            pay_url=PAY,
        )
    )
    for expected in (
        "Invoice A1B2C3D4-0001 PAYMENT DUE",
        "VAT DE123456789",
        "HRB 12345",
        "Hafenstraße 12",
        "Čajovna & synové s.r.o.",
        "VAT CZ12345678",
        "22 November 2026 – 22 November 2027",
        "Subtotal €990.00",
        "Welcome -€99.00",
        "VAT 19 % on €891.00 €169.29",
        "Total €1,060.29",
        "Paid from your credit -€50.00",
        "Amount due €1,010.29",
        "DUE 6 December 2026",
    ):
        assert expected in seen
    assert PAY in seen.replace(" ", "")


def test_a_paid_one_asks_for_nothing() -> None:
    seen = words(paper(line(29_000), paid_with="Visa •••• 4242"))
    assert "PAID 22 November 2026, by Visa •••• 4242" in seen
    assert "Amount due €0.00" in seen
    assert "pay" not in seen.lower().replace("payment reference", "")


@pytest.mark.parametrize(
    ("currency", "total"), [("JPY", "12,345 JPY"), ("USD", "$123.45"), ("KWD", "12.345 KWD"), ("CHF", "123.45 CHF")]
)
def test_amounts_are_written_as_their_currency_is(currency: str, total: str) -> None:
    seen = words(paper(line(12_345), currency=currency))
    assert seen.count(total) >= 4
    assert f"Total {total}" in seen


def test_a_reverse_charge_and_an_inclusive_tax_are_said() -> None:
    reverse = line(5_000, vat(0, 5_000, "0", reason="reverse_charge"))
    assert "VAT, reverse charge €0.00" in words(paper(reverse, notes=["To be accounted for by the recipient"]))
    assert "recipient" in words(paper(reverse, notes=["To be accounted for by the recipient"]))
    assert "Includes VAT 19 % on €100.00 €19.00" in words(paper(line(11_900, vat(1_900, 10_000, inclusive=True))))


def test_a_credit_note_says_what_it_corrects_and_why() -> None:
    seen = words(paper(line(1_000), kind=Kind.CREDIT_NOTE, number="A-1-CN-01", memo="Ordered twice"))
    for expected in ("Credit note A-1-CN-01", "FOR INVOICE A1B2C3D4-0001", "Ordered twice", "Total credited €10.00"):
        assert expected in seen
    assert "Refunded to your payment method €10.00" in seen


def test_many_lines_take_many_pages_with_a_head_and_a_number_on_each() -> None:
    seen = pages(paper_pdf(paper(*(line(100 + number, text=f"Domain {number}.com") for number in range(80)))))
    assert len(seen) > 2
    for number, page in enumerate(seen, 1):
        assert f"Page {number} of {len(seen)}" in page
    assert all("DESCRIPTION" in page for page in seen[:-1])
    assert "Domain 79.com" in " ".join(seen)


def test_what_customers_type_is_no_markup() -> None:
    nasty = Party("<b>Bold</b> & <font size=99>", lines=["</para>", "x" * 300], city="]]>", country="CZ")
    seen = words(paper(line(100, text="<i>5 < 6</i> &amp;"), buyer=nasty))
    assert "<b>Bold</b> & <font size=99>" in seen
    assert "<i>5 < 6</i> &amp;" in seen


def test_the_same_invoice_makes_the_same_bytes() -> None:
    assert paper_pdf(paper(line(100))) == paper_pdf(paper(line(100)))


def test_a_logo_stands_for_the_name(tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    Image.new("RGB", (400, 100), (200, 30, 60)).save(logo)
    nameless = replace(paper(line(100)).seller, name="Zz")
    plain = pages(paper_pdf(paper(line(100), seller=nameless)))
    drawn = pages(paper_pdf(paper(line(100), seller=nameless), Look(logo)))
    assert plain[0].count("Zz") == drawn[0].count("Zz") + 1
