"""Invoices without a subscription: a domain alone, credit, voiding, paper."""

from io import BytesIO

import pytest
import stripe
from pypdf import PdfReader

from tests.process import http
from tests.stripe.story import Story


def domain_invoice(story: Story, customer: str, amount: int = 1200) -> stripe.Invoice:
    """A draft with one domain fee on it."""
    invoice = story.v1.invoices.create({"customer": customer, "metadata": {"order_id": "o-2"}})
    story.v1.invoice_items.create(
        {
            "customer": customer,
            "invoice": invoice.id,
            "price_data": {"currency": "usd", "product": story.domain_product().id, "unit_amount": amount},
            "description": "example.com, 1 year",
        }
    )
    return story.v1.invoices.retrieve(invoice.id)


def test_domain_only_order(story: Story) -> None:
    draft = domain_invoice(story, story.customer().id)
    assert (draft.status, draft.number, draft.total, draft.hosted_invoice_url) == ("draft", None, 1200, None)
    invoice = story.v1.invoices.finalize_invoice(draft.id, {"expand": ["confirmation_secret", "payments"]})
    assert invoice.status == "open"
    assert invoice.confirmation_secret is not None
    intent = story.confirm(invoice.confirmation_secret.client_secret.split("_secret_")[0])
    assert intent.description == f"Payment for Invoice {invoice.number}"
    paid = story.v1.invoices.retrieve(invoice.id)
    assert (paid.status, paid.amount_paid, paid.parent) == ("paid", 1200, None)
    assert {"invoice.paid", "invoice.payment_succeeded", "invoiceitem.created"} <= story.event_types()
    with pytest.raises(stripe.InvalidRequestError, match="already paid"):
        story.v1.invoices.pay(invoice.id)


def test_numbers_run_per_customer(story: Story) -> None:
    ann, bob = story.customer(invoice_prefix="ANN"), story.customer(invoice_prefix="BOB")
    numbers = [story.v1.invoices.finalize_invoice(domain_invoice(story, ann.id).id).number for _ in range(2)]
    numbers.append(story.v1.invoices.finalize_invoice(domain_invoice(story, bob.id).id).number)
    assert numbers == ["ANN-0001", "ANN-0002", "BOB-0001"]


def test_paying_with_the_default_card(story: Story) -> None:
    customer = story.customer(
        payment_method="pm_card_visa", invoice_settings={"default_payment_method": "pm_card_visa"}
    )
    invoice = story.v1.invoices.pay(domain_invoice(story, customer.id).id)
    assert invoice.status == "paid"
    without = domain_invoice(story, story.customer().id)
    with pytest.raises(stripe.InvalidRequestError, match="no attached payment source"):
        story.v1.invoices.pay(without.id)
    assert story.v1.invoices.retrieve(without.id).status == "draft", "a refused request leaves nothing behind"
    with pytest.raises(stripe.CardError):
        story.v1.invoices.pay(without.id, {"payment_method": "pm_card_chargeDeclined"})
    assert story.v1.invoices.retrieve(without.id).status == "open"


def test_out_of_band(story: Story) -> None:
    invoice = story.v1.invoices.finalize_invoice(domain_invoice(story, story.customer().id).id)
    paid = story.v1.invoices.pay(invoice.id, {"paid_out_of_band": True, "expand": ["payments"]})
    assert paid.status == "paid"
    assert paid.payments is not None
    assert [row.status for row in paid.payments.data] == ["canceled"]
    assert "invoice.payment_succeeded" not in story.event_types()


def test_void_and_uncollectible(story: Story) -> None:
    customer = story.customer()
    draft = domain_invoice(story, customer.id)
    with pytest.raises(stripe.InvalidRequestError, match="isn't open"):
        story.v1.invoices.void_invoice(draft.id)
    invoice = story.v1.invoices.finalize_invoice(draft.id)
    lost = story.v1.invoices.mark_uncollectible(invoice.id)
    assert lost.status == "uncollectible"
    gone = story.v1.invoices.void_invoice(invoice.id)
    assert (gone.status, gone.number) == ("void", invoice.number)
    assert gone.status_transitions.voided_at is not None
    other = domain_invoice(story, customer.id)
    assert story.v1.invoices.delete(other.id).deleted is True
    with pytest.raises(stripe.InvalidRequestError):
        story.v1.invoices.delete(invoice.id)
    assert [found.id for found in story.v1.invoices.list({"status": "void"}).data] == [invoice.id]


def test_only_drafts_can_be_changed(story: Story) -> None:
    draft = domain_invoice(story, story.customer().id)
    item = story.v1.invoice_items.list({"invoice": draft.id}).data[0]
    story.v1.invoice_items.update(item.id, {"quantity": 3})
    assert story.v1.invoices.retrieve(draft.id).total == 3600
    story.v1.invoice_items.delete(item.id)
    assert story.v1.invoices.retrieve(draft.id).total == 0
    story.v1.invoices.update(draft.id, {"description": "two", "footer": "thanks"})
    story.v1.invoice_items.create(
        {"customer": str(draft.customer), "invoice": draft.id, "amount": 700, "currency": "usd"}
    )
    final = story.v1.invoices.finalize_invoice(draft.id)
    assert (final.total, final.description, final.footer) == (700, "two", "thanks")
    with pytest.raises(stripe.InvalidRequestError, match="Finalized invoices"):
        story.v1.invoices.update(draft.id, {"footer": "no"})
    with pytest.raises(stripe.InvalidRequestError, match="no longer editable"):
        story.v1.invoice_items.create(
            {"customer": str(draft.customer), "invoice": draft.id, "amount": 1, "currency": "usd"}
        )


def test_pending_items_are_pulled_in(story: Story) -> None:
    customer = story.customer()
    for amount in (100, 250):
        story.v1.invoice_items.create({"customer": customer.id, "amount": amount, "currency": "usd"})
    assert len(story.v1.invoice_items.list({"customer": customer.id, "pending": True}).data) == 2
    without = story.v1.invoices.create({"customer": customer.id, "currency": "usd"})
    assert without.total == 0
    invoice = story.v1.invoices.create(
        {"customer": customer.id, "currency": "usd", "pending_invoice_items_behavior": "include"}
    )
    assert [line.amount for line in invoice.lines.data] == [100, 250]
    assert story.v1.invoice_items.list({"customer": customer.id, "pending": True}).data == []


def test_customer_credit_is_used_first(story: Story) -> None:
    customer = story.customer(balance=-1500)
    invoice = story.v1.invoices.finalize_invoice(domain_invoice(story, customer.id, 2000).id)
    assert (invoice.total, invoice.amount_due) == (2000, 500)
    assert (invoice.starting_balance, invoice.ending_balance) == (-1500, 0)
    free = story.customer(balance=-5000)
    settled = story.v1.invoices.finalize_invoice(domain_invoice(story, free.id, 2000).id)
    assert (settled.status, settled.amount_due, settled.ending_balance) == ("paid", 0, -3000)
    assert story.v1.customers.retrieve(free.id).balance == -3000


def test_sent_invoice_is_due_later(story: Story) -> None:
    customer = story.customer()
    with pytest.raises(stripe.InvalidRequestError, match="days_until_due"):
        story.v1.invoices.create({"customer": customer.id, "collection_method": "send_invoice"})
    invoice = story.v1.invoices.create(
        {"customer": customer.id, "collection_method": "send_invoice", "days_until_due": 30}
    )
    assert invoice.due_date == invoice.created + 30 * 86400
    story.v1.invoice_items.create({"customer": customer.id, "invoice": invoice.id, "amount": 900, "currency": "usd"})
    assert story.v1.invoices.send_invoice(invoice.id).status == "open"
    assert "invoice.sent" in story.event_types()


def test_page_and_pdf_need_no_key(story: Story) -> None:
    customer = story.customer(name="Zoë <b>(Ltd)</b>")
    invoice = story.v1.invoices.finalize_invoice(domain_invoice(story, customer.id).id)
    page = http("GET", str(invoice.hosted_invoice_url))
    assert page.status_code == 200
    assert str(invoice.number) in page.text
    assert "$12.00" in page.text
    assert "<b>" not in page.text, "names are data, not markup"
    document = http("GET", str(invoice.invoice_pdf))
    assert document.headers["content-type"] == "application/pdf"
    printed = PdfReader(BytesIO(document.content)).pages[0].extract_text()
    assert str(invoice.number) in printed
    assert "Zoë" in printed
    assert http("GET", f"{str(invoice.hosted_invoice_url)[:-5]}xxxxx").status_code == 404
