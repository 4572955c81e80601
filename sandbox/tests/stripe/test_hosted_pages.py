"""The pages a customer sees at Stripe: an open invoice is paid there, the bank's question answered, the paper read."""

import re
from html import unescape
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

import httpx
import pytest
import stripe
from pypdf import PageObject, PdfReader

from tests.process import SandboxProcess, http
from tests.stripe.story import Story
from tests.stripe.test_invoices import domain_invoice


def open_invoice(story: Story, **customer: str) -> stripe.Invoice:
    return story.v1.invoices.finalize_invoice(domain_invoice(story, story.customer(**customer).id).id)


def pay(invoice: stripe.Invoice, card: str) -> httpx.Response:
    return http("POST", f"{invoice.hosted_invoice_url}/pay", data={"card": card})


class _Fields(HTMLParser):
    """The values a form on the page offers."""

    def __init__(self) -> None:
        super().__init__()
        self.options: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "option":
            self.options.append(dict(attrs)["value"] or "")


def test_an_open_invoice_is_paid_on_its_page(story: Story) -> None:
    invoice = open_invoice(story)
    fields = _Fields()
    fields.feed(http("GET", str(invoice.hosted_invoice_url)).text)
    assert "pm_card_visa" in fields.options
    answer = pay(invoice, "pm_card_visa")
    assert (answer.status_code, answer.headers["location"]) == (303, invoice.hosted_invoice_url)
    paid = story.v1.invoices.retrieve(invoice.id)
    assert (paid.status, paid.amount_paid) == ("paid", 1200)
    assert "invoice.paid" in story.event_types()
    page = http("GET", str(invoice.hosted_invoice_url)).text
    assert ">paid<" in page
    assert "<form" not in page
    assert pay(invoice, "pm_card_visa").status_code == 303
    assert len(story.v1.charges.list({"customer": str(invoice.customer)}).data) == 1, "a second click pays nothing"


def test_a_declined_card_is_told_and_another_one_pays(story: Story) -> None:
    invoice = open_invoice(story)
    assert pay(invoice, "pm_card_chargeDeclinedInsufficientFunds").status_code == 303
    page = http("GET", str(invoice.hosted_invoice_url)).text
    assert "Your card has insufficient funds." in page
    assert story.v1.invoices.retrieve(invoice.id).status == "open"
    assert "invoice.payment_failed" in story.event_types()
    pay(invoice, "pm_card_visa")
    assert story.v1.invoices.retrieve(invoice.id).status == "paid"
    assert "insufficient funds" not in http("GET", str(invoice.hosted_invoice_url)).text


@pytest.mark.parametrize(("outcome", "status"), [("complete", "paid"), ("fail", "open")])
def test_the_bank_asks_and_leads_back_to_the_invoice(story: Story, outcome: str, status: str) -> None:
    invoice = open_invoice(story)
    question = pay(invoice, "pm_card_threeDSecure2Required").headers["location"]
    page = http("GET", question).text
    assert "$12.00" in page
    secret = re.findall(r'name="client_secret" value="([^"]+)"', page)[0]
    answer = http("POST", f"{question.split('?')[0]}/{outcome}", data={"client_secret": secret})
    assert answer.headers["location"].startswith(str(invoice.hosted_invoice_url))
    assert story.v1.invoices.retrieve(invoice.id).status == status
    assert "Nothing to confirm" in http("GET", question).text


def test_what_is_not_there(story: Story, sandbox: SandboxProcess) -> None:
    invoice = open_invoice(story)
    assert pay(invoice, "pm_card_unknown").status_code == 404
    assert pay(invoice, "").status_code == 404
    for path in ("invoices/none", "invoices/none/pdf", "3ds/pi_none"):
        missing = http("GET", f"{sandbox.url}/stripe/{path}")
        assert (missing.status_code, "Not found" in missing.text) == (404, True)
    assert http("POST", f"{sandbox.url}/stripe/invoices/none/pay", data={"card": "pm_card_visa"}).status_code == 404


def paper(invoice: stripe.Invoice) -> PdfReader:
    """The invoice's PDF, fetched without any key."""
    answer = http("GET", str(invoice.invoice_pdf))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    return PdfReader(BytesIO(answer.content))


def words(reader: PdfReader) -> str:
    """All text of all pages, blanks evened out."""
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in reader.pages))


def starts(page: PageObject) -> list[float]:
    """How far from the left edge each piece of text begins, in points."""
    places: list[float] = []

    def visit(_text: str, _page: Any, place: list[float], _font: Any, _size: float) -> None:
        places.append(place[4])

    page.extract_text(visitor_text=visit)
    return places


def test_paper_and_page_say_everything_an_invoice_knows(story: Story) -> None:
    address: Any = {"line1": "Hauptplatz 1", "postal_code": "8010", "city": "Graz", "country": "AT"}
    customer = story.customer(name="Müller & Söhne <GmbH>", address=address)
    coupon = story.v1.coupons.create({"percent_off": 20, "duration": "once", "name": "Spring"})
    rate = story.v1.tax_rates.create(
        {"display_name": "VAT", "percentage": 20, "inclusive": False, "jurisdiction": "Austria"}
    )
    story.v1.customers.balance_transactions.create(customer.id, {"amount": -500, "currency": "eur"})
    invoice = story.v1.invoices.create(
        {
            "customer": customer.id,
            "currency": "eur",
            "collection_method": "send_invoice",
            "days_until_due": 14,
            "default_tax_rates": [rate.id],
            "discounts": [{"coupon": coupon.id}],
            "description": "Thank you.",
            "footer": "Sandbox Inc., no real street",
            "custom_fields": [{"name": "Order", "value": "o-17"}],
        }
    )
    item: Any = {
        "customer": customer.id,
        "invoice": invoice.id,
        "description": "Hosting",
        "quantity": 2,
        "unit_amount_decimal": "5000",
        "currency": "eur",
    }
    story.v1.invoice_items.create(item)
    invoice = story.v1.invoices.finalize_invoice(invoice.id)
    assert (invoice.total, invoice.amount_due) == (9600, 9100)
    text = words(paper(invoice))
    page = unescape(re.sub(r"\s+", " ", http("GET", str(invoice.hosted_invoice_url)).text))
    for expected in (
        str(invoice.number),
        "Müller & Söhne <GmbH>",
        "8010 Graz",
        "Order",
        "o-17",
        "Thank you.",
        "Hosting",
        "€50.00",
        "Subtotal",
        "€100.00",
        "Spring (20 % off)",
        "-€20.00",
        "Total excluding tax",
        "€80.00",
        "VAT – Austria (20 %) on €80.00",
        "€16.00",
        "€96.00",
        "Applied balance",
        "-€5.00",
        "€91.00 due",
        "no real street",
    ):
        assert expected in text, f"{expected} is not on the paper: {text}"
        assert expected in page, f"{expected} is not on the page"


def test_the_paper_follows_the_payment(story: Story) -> None:
    invoice = open_invoice(story)
    assert "$12.00 due" in words(paper(invoice))
    pay(invoice, "pm_card_visa")
    text = words(paper(invoice))
    assert "$12.00 paid on" in text
    assert re.search(r"Amount paid \$12\.00 Amount due \$0\.00", text)
    reader = paper(invoice)
    assert reader.metadata is not None
    assert reader.metadata.title == f"Invoice {invoice.number}"


def test_long_invoices_take_as_many_pages_as_they_need(story: Story) -> None:
    customer = story.customer(name="Ada (Countess) " * 12).id
    for number in range(40):
        text = f"Line {number:02d} " + "very long " * 20
        story.v1.invoice_items.create({"customer": customer, "amount": 100000, "currency": "usd", "description": text})
    endless = "x" * 450
    story.v1.invoice_items.create({"customer": customer, "amount": 100, "currency": "usd", "description": endless})
    long = story.v1.invoices.create({"customer": customer, "pending_invoice_items_behavior": "include"})
    long = story.v1.invoices.finalize_invoice(long.id)
    reader = paper(long)
    text = words(reader)
    assert len(reader.pages) > 2
    assert all(f"Line {number:02d}" in text for number in range(40))
    assert "$40,001.00" in text
    for page in reader.pages:
        assert "Description Qty" in re.sub(r"\s+", " ", page.extract_text()), "the table's head is on every page"
        assert max(starts(page)) < float(page.mediabox.width) - 40
