"""Credit notes before and after payment: previews, amounts, money back, voiding, paper."""

from io import BytesIO
from typing import Any

import pytest
import stripe
from pypdf import PdfReader

from tests.process import http
from tests.stripe.story import Story
from tests.stripe.test_coupons import coupon, draft
from tests.stripe.test_taxes import rate


def open_invoice(story: Story, *amounts: int, **more: Any) -> stripe.Invoice:
    """A finalized invoice; 2000 unless told otherwise."""
    customer = story.customer(
        payment_method="pm_card_visa", invoice_settings={"default_payment_method": "pm_card_visa"}
    )
    made = draft(story, customer.id, *(amounts or (2000,)), **more)
    return story.v1.invoices.finalize_invoice(str(made.id))


def paid_invoice(story: Story, *amounts: int, **more: Any) -> stripe.Invoice:
    """One that was paid by card."""
    return story.v1.invoices.pay(str(open_invoice(story, *amounts, **more).id))


def note(story: Story, invoice: stripe.Invoice, **values: Any) -> stripe.CreditNote:
    """A credit note for an invoice."""
    request: Any = {"invoice": invoice.id, **values}
    return story.v1.credit_notes.create(request)


def again(story: Story, invoice: stripe.Invoice) -> stripe.Invoice:
    """The invoice as it is now."""
    return story.v1.invoices.retrieve(str(invoice.id), {"expand": ["payments.data.payment.payment_intent"]})


def line_of(invoice: stripe.Invoice, position: int = 0, **values: Any) -> dict[str, Any]:
    """A credit note's line for one of the invoice's."""
    line_id = invoice.lines.data[position].id
    return {"type": "invoice_line_item", "invoice_line_item": line_id, **values}


def test_before_payment_less_is_due(story: Story) -> None:
    invoice = open_invoice(story)
    made = note(story, invoice, amount=500, reason="product_unsatisfactory", memo="sorry")
    assert (made.number, made.type, made.status) == (f"{invoice.number}-CN-01", "pre_payment", "issued")
    assert (made.total, made.pre_payment_amount, made.post_payment_amount) == (500, 500, 0)
    reduced = again(story, invoice)
    assert (reduced.amount_due, reduced.amount_remaining, reduced.total) == (1500, 1500, 2000)
    assert reduced.pre_payment_credit_notes_amount == 500
    paid = story.v1.invoices.pay(str(invoice.id))
    assert (paid.status, paid.amount_paid) == ("paid", 1500)
    (charge,) = story.v1.charges.list({"customer": str(invoice.customer)}).data
    assert charge.amount == 1500, "the card is charged what was left"
    assert {"credit_note.created", "invoice.updated"} <= story.event_types()
    with pytest.raises(stripe.InvalidRequestError, match="reduces an open invoice"):
        story.v1.credit_notes.void_credit_note(made.id)


def test_crediting_all_of_an_open_invoice_pays_it(story: Story) -> None:
    invoice = open_invoice(story)
    with pytest.raises(stripe.InvalidRequestError, match="greater than what can still be credited"):
        note(story, invoice, amount=2001)
    note(story, invoice, lines=[line_of(invoice, amount=2000)])
    settled = again(story, invoice)
    assert (settled.status, settled.amount_paid, settled.amount_remaining) == ("paid", 0, 0)
    assert settled.payments is not None
    assert [row.status for row in settled.payments.data] == ["canceled"]
    types = story.event_types()
    assert "invoice.paid" in types
    assert "invoice.payment_succeeded" not in types


def test_voiding(story: Story) -> None:
    invoice = open_invoice(story)
    made = note(story, invoice, amount=500)
    void = story.v1.credit_notes.void_credit_note(made.id)
    assert (void.status, void.voided_at is not None) == ("void", True)
    restored = again(story, invoice)
    assert (restored.amount_due, restored.pre_payment_credit_notes_amount) == (2000, 0)
    with pytest.raises(stripe.InvalidRequestError, match="already void"):
        story.v1.credit_notes.void_credit_note(made.id)
    assert note(story, invoice, amount=100).number == f"{invoice.number}-CN-02", "numbers are not used again"
    assert "credit_note.voided" in story.event_types()


def test_after_payment_the_ways_back_add_up(story: Story) -> None:
    invoice = paid_invoice(story)
    for values in ({}, {"refund_amount": 400}, {"refund_amount": 400, "credit_amount": 101}):
        with pytest.raises(stripe.InvalidRequestError, match="must equal the credit note's amount"):
            note(story, invoice, amount=500, **values)
    assert story.v1.credit_notes.list({"invoice": str(invoice.id)}).data == []
    made = note(
        story, invoice, amount=500, refund_amount=300, credit_amount=150, out_of_band_amount=50, reason="duplicate"
    )
    assert (made.type, made.post_payment_amount, made.out_of_band_amount) == ("post_payment", 500, 50)
    (entry,) = made.refunds
    refund = story.v1.refunds.retrieve(str(entry.refund))
    assert (entry.amount_refunded, refund.amount, refund.reason) == (300, 300, "duplicate")
    transaction = story.v1.customers.balance_transactions.retrieve(
        str(invoice.customer), str(made.customer_balance_transaction), {"expand": ["credit_note"]}
    )
    assert (transaction.amount, transaction.type, transaction.ending_balance) == (-150, "credit_note", -150)
    credited = again(story, invoice)
    assert (credited.status, credited.amount_paid, credited.post_payment_credit_notes_amount) == ("paid", 2000, 500)
    assert {"refund.created", "charge.refunded", "customer.updated"} <= story.event_types()
    story.v1.refunds.create({"charge": str(refund.charge), "amount": 300})
    with pytest.raises(stripe.InvalidRequestError, match="greater than what can be refunded"):
        note(story, invoice, amount=1500, refund_amount=1500)


def test_an_existing_refund_can_be_told_once(story: Story) -> None:
    invoice = paid_invoice(story)
    assert again(story, invoice).payments is not None
    (charge,) = story.v1.charges.list({"customer": str(invoice.customer)}).data
    refund = story.v1.refunds.create({"charge": charge.id, "amount": 700})
    made = note(story, invoice, amount=700, refunds=[{"refund": refund.id, "amount_refunded": 700}])
    assert [entry.refund for entry in made.refunds] == [refund.id]
    assert story.v1.charges.retrieve(charge.id).amount_refunded == 700, "nothing is refunded a second time"
    with pytest.raises(stripe.InvalidRequestError, match="not on a credit note yet"):
        note(story, invoice, amount=700, refunds=[{"refund": refund.id}])
    _, foreign = story.purchase()
    elsewhere = story.v1.refunds.create({"payment_intent": foreign.id, "amount": 100})
    with pytest.raises(stripe.InvalidRequestError, match="not of a payment of this invoice"):
        note(story, invoice, amount=100, refunds=[{"refund": elsewhere.id}])


def test_lines_bring_discounts_and_taxes_along(story: Story) -> None:
    off = coupon(story, percent_off=10).id
    invoice = paid_invoice(story, 1000, 3000, discounts=[{"coupon": off}], default_tax_rates=[rate(story, 20)])
    assert invoice.total == 4320
    request: Any = {"invoice": invoice.id, "lines": [line_of(invoice, 1, amount=1000)]}
    preview = story.v1.credit_notes.preview(request)
    assert (preview.subtotal, preview.discount_amount, preview.total_excluding_tax) == (1000, 100, 900)
    assert [tax.amount for tax in preview.total_taxes or []] == [180]
    assert preview.total == 1080
    (line,) = story.v1.credit_notes.preview_lines.list(request).data
    assert (line.amount, line.discount_amount, [found.percentage for found in line.tax_rates]) == (1000, 100, [20])
    assert story.v1.credit_notes.list().data == [], "a preview leaves nothing behind"
    made = note(story, invoice, lines=[line_of(invoice, 1, amount=1000)], refund_amount=1080)
    assert (made.total, made.lines.data[0].invoice_line_item) == (1080, invoice.lines.data[1].id)
    with pytest.raises(stripe.InvalidRequestError, match="greater than what is left of the invoice line"):
        note(story, invoice, lines=[line_of(invoice, 1, amount=2001)], out_of_band_amount=1)
    rest = note(story, invoice, lines=[line_of(invoice, 1), line_of(invoice, 0, quantity=1)], refund_amount=3240)
    assert rest.total == 3240
    assert [line.amount for line in story.v1.credit_notes.line_items.list(rest.id).data] == [2000, 1000]
    assert again(story, invoice).post_payment_credit_notes_amount == 4320


def test_lines_of_its_own(story: Story) -> None:
    invoice = paid_invoice(story)
    custom: Any = {"type": "custom_line_item", "description": "Goodwill", "quantity": 2, "unit_amount": 100}
    made = note(story, invoice, lines=[{**custom, "tax_rates": [rate(story, 10)]}], credit_amount=220)
    assert (made.subtotal, made.total, made.lines.data[0].unit_amount) == (200, 220, 100)
    tax: Any = {"amount": 7, "tax_rate": rate(story, 5), "taxable_amount": 100}
    exact = note(story, invoice, lines=[{**custom, "quantity": 1, "tax_amounts": [tax]}], credit_amount=107)
    assert exact.total == 107
    for wrong in ({"amount": 5, "lines": [custom]}, {}, {"lines": [{"type": "custom_line_item", "description": "x"}]}):
        with pytest.raises(stripe.InvalidRequestError):
            note(story, invoice, out_of_band_amount=5, **wrong)


def test_what_cannot_be_credited(story: Story) -> None:
    customer = story.customer().id
    unfinished = draft(story, customer, 1000)
    with pytest.raises(stripe.InvalidRequestError, match="this one is draft"):
        note(story, unfinished, amount=100)
    void = open_invoice(story)
    story.v1.invoices.void_invoice(str(void.id))
    with pytest.raises(stripe.InvalidRequestError, match="this one is void"):
        note(story, void, amount=100)
    with pytest.raises(stripe.InvalidRequestError, match="No such invoice"):
        story.v1.credit_notes.create({"invoice": "in_x", "amount": 1})
    lost = open_invoice(story)
    story.v1.invoices.mark_uncollectible(str(lost.id))
    assert note(story, lost, amount=100).type == "pre_payment"


def test_update_list_and_paper(story: Story) -> None:
    invoice, other = open_invoice(story), open_invoice(story)
    first, second = note(story, invoice, amount=100), note(story, other, amount=100)
    changed = story.v1.credit_notes.update(first.id, {"memo": "new", "metadata": {"a": "1"}})
    assert changed.memo == "new"
    assert [found.id for found in story.v1.credit_notes.list({"invoice": str(invoice.id)}).data] == [first.id]
    assert [found.id for found in story.v1.credit_notes.list().data] == [second.id, first.id]
    assert story.v1.credit_notes.retrieve(first.id, {"expand": ["invoice", "customer"]}).memo == "new"
    paper = http("GET", first.pdf)
    assert paper.headers["content-type"] == "application/pdf"
    printed = PdfReader(BytesIO(paper.content)).pages[0].extract_text()
    for text in (first.number, str(invoice.number), "Credit note", "$1.00 credited", "Taken off the amount due"):
        assert text in printed
    assert http("GET", f"{first.pdf[:-9]}xxxxx/pdf").status_code == 404
