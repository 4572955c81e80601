"""Lines of drafts, changed one by one or several at once."""

from typing import Any

import pytest
import stripe

from tests.stripe.story import Story
from tests.stripe.test_coupons import coupon, draft
from tests.stripe.test_taxes import rate


def test_adding_changing_and_removing(story: Story) -> None:
    customer = story.customer().id
    invoice = draft(story, customer, 1000)
    waiting = story.v1.invoice_items.create({"customer": customer, "amount": 300, "currency": "usd"})
    invoices = story.v1.invoices
    added = invoices.add_lines(
        str(invoice.id),
        {"lines": [{"invoice_item": waiting.id}, {"amount": 50, "description": "fee"}], "invoice_metadata": {"a": "1"}},
    )
    assert [line.amount for line in added.lines.data] == [1000, 300, 50]
    assert (added.total, added.metadata and added.metadata["a"]) == (1350, "1")
    first, second, third = (line.id for line in added.lines.data)
    changes: Any = [
        {"id": first, "discounts": [{"coupon": coupon(story, percent_off=10).id}], "tax_rates": [rate(story, 20)]},
        {"id": third, "amount": 150, "description": "higher fee"},
    ]
    changed = invoices.update_lines(str(invoice.id), {"lines": changes})
    assert [line.id for line in changed.lines.data] == [first, second, third], "lines keep their ids and order"
    assert changed.total == 1000 - 100 + 180 + 300 + 150
    one = invoices.line_items.update(str(invoice.id), third, {"amount": 100})
    assert (one.amount, one.description) == (100, "higher fee")
    removed = invoices.remove_lines(
        str(invoice.id),
        {"lines": [{"id": second, "behavior": "unassign"}, {"id": third, "behavior": "delete"}]},
    )
    assert (removed.total, [line.id for line in removed.lines.data]) == (1080, [first])
    assert [item.id for item in story.v1.invoice_items.list({"customer": customer, "pending": True}).data] == [
        waiting.id
    ], "unassigned is not deleted"


def test_lines_of_a_subscription_stay(story: Story) -> None:
    subscription, _ = story.purchase()
    customer = str(subscription.customer)
    bound: Any = {"customer": customer, "currency": "usd", "amount": 700, "subscription": subscription.id}
    story.v1.invoice_items.create(bound)
    invoice = story.v1.invoices.create({"customer": customer, "subscription": subscription.id})
    final = story.v1.invoices.retrieve(str(subscription.latest_invoice))
    with pytest.raises(stripe.InvalidRequestError, match="no longer editable"):
        story.v1.invoices.update_lines(str(final.id), {"lines": [{"id": final.lines.data[0].id, "amount": 1}]})
    with pytest.raises(stripe.InvalidRequestError, match="No such line item"):
        story.v1.invoices.line_items.update(str(invoice.id), final.lines.data[0].id, {"amount": 1})
    foreign = story.v1.invoice_items.create({"customer": story.customer().id, "amount": 5, "currency": "usd"})
    with pytest.raises(stripe.InvalidRequestError, match="belongs to another customer"):
        story.v1.invoices.add_lines(str(invoice.id), {"lines": [{"invoice_item": foreign.id}]})
    assert story.v1.invoices.retrieve(str(invoice.id)).total == 700
