"""The pages a customer sees at Stripe: an open invoice is paid there, the bank's question answered, the paper read."""

import re
from html.parser import HTMLParser

import httpx
import pytest
import stripe

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


def test_long_texts_stay_on_the_paper(story: Story) -> None:
    invoice = open_invoice(story, name="Ada (Countess) " * 12)
    for number in range(40):
        request: stripe.params.InvoiceItemCreateParams = {
            "customer": str(invoice.customer),
            "amount": 100000,
            "currency": "usd",
            "description": f"Line {number} " + "very long " * 20,
        }
        story.v1.invoice_items.create(request)
    long = story.v1.invoices.create({"customer": str(invoice.customer), "pending_invoice_items_behavior": "include"})
    long = story.v1.invoices.finalize_invoice(long.id)
    content = http("GET", str(long.invoice_pdf)).content
    places = [(float(x), int(y)) for x, y in re.findall(rb" Tf ([\d.]+) (\d+) Td", content)]
    assert len(places) > 50
    assert all(50 <= x < 545 and 40 <= y < 800 for x, y in places)
    shown = re.findall(rb"\((Line \d+)", content)
    (more,) = re.findall(rb"\(and (\d+) more\)", content)
    assert len(shown) + int(more) == 40
    assert b"$40,000.00" in content
