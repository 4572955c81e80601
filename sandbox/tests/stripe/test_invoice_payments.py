"""How invoices are paid: in parts, too much, out of band, from the customer's balance; and what may be done when."""

from typing import Any

import pytest
import stripe

from tests.process import SandboxProcess
from tests.stripe.story import Story, client_for
from tests.stripe.test_coupons import draft


def open_invoice(story: Story, amount: int = 2000, **customer: Any) -> stripe.Invoice:
    """A finalized invoice nobody has paid yet."""
    made = draft(story, story.customer(**customer).id, amount)
    return story.v1.invoices.finalize_invoice(str(made.id))


def payment(story: Story, invoice: stripe.Invoice, amount: int) -> str:
    """A payment of the customer that does not belong to any invoice yet."""
    intent = story.v1.payment_intents.create(
        {
            "amount": amount,
            "currency": "usd",
            "customer": str(invoice.customer),
            "payment_method": "pm_card_visa",
            "confirm": True,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        }
    )
    return intent.id


def rows(story: Story, invoice: stripe.Invoice) -> list[tuple[str, bool, int | None]]:
    """Status, default or not, and amount of an invoice's payments, newest first."""
    found = story.v1.invoice_payments.list({"invoice": str(invoice.id)}).data
    return [(row.status, row.is_default, row.amount_paid) for row in found]


def test_paying_in_parts(story: Story) -> None:
    invoice = open_invoice(story)
    first = payment(story, invoice, 500)
    part = story.v1.invoices.attach_payment(str(invoice.id), {"payment_intent": first})
    assert (part.status, part.amount_paid, part.amount_remaining) == ("open", 500, 1500)
    found = story.v1.invoice_payments.list({"payment": {"type": "payment_intent", "payment_intent": first}}).data
    assert [(row.invoice, row.status) for row in found] == [(invoice.id, "paid")]
    with pytest.raises(stripe.InvalidRequestError, match="already belongs"):
        story.v1.invoices.attach_payment(str(invoice.id), {"payment_intent": first})
    with pytest.raises(stripe.InvalidRequestError, match="paid in part"):
        story.v1.invoices.void_invoice(str(invoice.id))
    paid = story.v1.invoices.pay(str(invoice.id), {"payment_method": "pm_card_visa"})
    assert (paid.status, paid.amount_paid, paid.amount_remaining, paid.amount_overpaid) == ("paid", 2000, 0, 0)
    assert rows(story, invoice) == [("paid", False, 500), ("paid", True, 1500)]
    charges = story.v1.charges.list({"customer": str(invoice.customer)}).data
    assert sorted(charge.amount for charge in charges) == [500, 1500], "the card pays what was missing"
    assert [event.type for event in story.events()].count("invoice_payment.paid") == 2


def test_paying_too_much_becomes_credit(story: Story) -> None:
    invoice = open_invoice(story)
    paid = story.v1.invoices.attach_payment(str(invoice.id), {"payment_intent": payment(story, invoice, 2600)})
    assert (paid.status, paid.amount_paid, paid.amount_overpaid, paid.amount_remaining) == ("paid", 2000, 600, 0)
    assert story.v1.customers.retrieve(str(invoice.customer)).balance == -600
    (booked,) = story.v1.customers.balance_transactions.list(str(invoice.customer)).data
    assert (booked.type, booked.amount, booked.invoice) == ("invoice_overpaid", -600, invoice.id)
    assert rows(story, invoice) == [("paid", False, 2600), ("canceled", True, None)]
    assert {"invoice.overpaid", "invoice.paid", "payment_intent.canceled"} <= story.event_types()
    following = story.v1.invoices.finalize_invoice(str(draft(story, str(invoice.customer), 1000).id))
    assert (following.amount_due, following.starting_balance, following.ending_balance) == (400, -600, 0)


def test_a_payment_attached_before_it_succeeds(story: Story) -> None:
    invoice = open_invoice(story)
    waiting = story.v1.payment_intents.create({"amount": 2000, "currency": "usd", "customer": str(invoice.customer)})
    attached = story.v1.invoices.attach_payment(str(invoice.id), {"payment_intent": waiting.id})
    assert attached.status == "open"
    story.confirm(waiting.id)
    assert story.v1.invoices.retrieve(str(invoice.id)).status == "paid"
    other = open_invoice(story)
    foreign = payment(story, invoice, 700)
    with pytest.raises(stripe.InvalidRequestError, match="customer and the currency"):
        story.v1.invoices.attach_payment(str(other.id), {"payment_intent": foreign})
    with pytest.raises(stripe.InvalidRequestError, match="only be attached to open invoices"):
        story.v1.invoices.attach_payment(str(invoice.id), {"payment_intent": foreign})


def test_out_of_band_is_told_apart(story: Story) -> None:
    invoice = open_invoice(story)
    paid = story.v1.invoices.pay(
        str(invoice.id), {"paid_out_of_band": True, "expand": ["amount_paid_off_stripe", "payments"]}
    )
    assert (paid.status, paid.amount_paid, paid.amount_paid_off_stripe) == ("paid", 2000, 2000)
    assert story.v1.charges.list({"customer": str(invoice.customer)}).data == []


def test_the_balance_is_used_and_given_back(story: Story) -> None:
    invoice = open_invoice(story, 2000, balance=-1500)
    assert (invoice.amount_due, invoice.starting_balance, invoice.ending_balance) == (500, -1500, 0)
    customer = str(invoice.customer)
    story.v1.invoices.void_invoice(str(invoice.id))
    assert story.v1.customers.retrieve(customer).balance == -1500
    listed = story.v1.customers.balance_transactions.list(customer).data
    assert [(entry.type, entry.amount, entry.ending_balance) for entry in listed] == [
        ("unapplied_from_invoice", -1500, -1500),
        ("applied_to_invoice", 1500, 0),
        ("initial", -1500, -1500),
    ]
    only = story.v1.customers.balance_transactions.list(customer, {"invoice": str(invoice.id)}).data
    assert len(only) == 2
    owed = open_invoice(story, 2000, balance=300)
    assert (owed.amount_due, owed.ending_balance) == (2300, 0)


def test_too_little_to_charge_waits(story: Story) -> None:
    invoice = open_invoice(story, 30)
    assert (invoice.status, invoice.amount_due, invoice.total, invoice.ending_balance) == ("paid", 0, 30, 30)
    (booked,) = story.v1.customers.balance_transactions.list(str(invoice.customer)).data
    assert (booked.type, booked.amount) == ("invoice_too_small", 30)
    following = story.v1.invoices.finalize_invoice(str(draft(story, str(invoice.customer), 1000).id))
    assert following.amount_due == 1030


def test_a_negative_invoice_is_credit(story: Story) -> None:
    invoice = open_invoice(story, -700)
    assert (invoice.status, invoice.amount_due, invoice.total) == ("paid", 0, -700)
    assert story.v1.customers.retrieve(str(invoice.customer)).balance == -700


def test_balance_adjustments(story: Story) -> None:
    customer = story.customer()
    entries = story.v1.customers.balance_transactions
    made = entries.create(customer.id, {"amount": -900, "currency": "usd", "description": "sorry"})
    assert (made.type, made.ending_balance, made.description) == ("adjustment", -900, "sorry")
    entries.update(customer.id, made.id, {"description": "thanks", "metadata": {"a": "1"}})
    assert entries.retrieve(customer.id, made.id, {"expand": ["customer"]}).description == "thanks"
    story.v1.customers.update(customer.id, {"balance": -400})
    assert [entry.amount for entry in entries.list(customer.id).data] == [500, -900]
    other = entries.create(customer.id, {"amount": -70, "currency": "eur"})
    assert other.ending_balance == -70
    both = story.v1.customers.retrieve(customer.id, {"expand": ["invoice_credit_balance"]})
    assert (both.balance, both.currency) == (-400, "usd")
    assert both.invoice_credit_balance is not None
    assert both.invoice_credit_balance.to_dict() == {"usd": -400, "eur": -70}
    euro = draft(story, customer.id, currency="eur")
    story.v1.invoice_items.create({"customer": customer.id, "invoice": euro.id, "amount": 900, "currency": "eur"})
    assert story.v1.invoices.finalize_invoice(str(euro.id)).amount_due == 830, "dollars don't pay euros"
    with pytest.raises(stripe.InvalidRequestError):
        entries.retrieve(story.customer().id, made.id)
    changed = [event for event in story.events() if event.type == "customer.updated"]
    assert {event.data.previous_attributes["balance"] for event in changed if event.data.previous_attributes} == {
        0,
        -900,
    }


def test_states_allow_only_what_they_should(story: Story) -> None:
    """draft → open → paid, void or uncollectible; uncollectible → paid or void."""
    finished = {"paid": open_invoice(story), "void": open_invoice(story), "uncollectible": open_invoice(story)}
    story.v1.invoices.pay(str(finished["paid"].id), {"payment_method": "pm_card_visa"})
    story.v1.invoices.void_invoice(str(finished["void"].id))
    story.v1.invoices.mark_uncollectible(str(finished["uncollectible"].id))
    unfinished = draft(story, story.customer().id, 1000)
    for state, refused in {
        "paid": ("void_invoice", "mark_uncollectible", "finalize_invoice", "delete", "pay"),
        "void": ("void_invoice", "mark_uncollectible", "finalize_invoice", "delete", "pay"),
        "uncollectible": ("mark_uncollectible", "finalize_invoice", "delete"),
    }.items():
        for action in refused:
            with pytest.raises(stripe.InvalidRequestError):
                getattr(story.v1.invoices, action)(str(finished[state].id))
        assert story.v1.invoices.retrieve(str(finished[state].id)).status == state
    for action in ("void_invoice", "mark_uncollectible"):
        with pytest.raises(stripe.InvalidRequestError):
            getattr(story.v1.invoices, action)(str(unfinished.id))
    lost = story.v1.invoices.retrieve(str(finished["uncollectible"].id), {"expand": ["status_details"]})
    assert lost.status_details is not None
    assert lost.status_details.uncollectible is not None
    assert lost.status_details.uncollectible.reason == "user_forgiven"
    late = story.v1.invoices.pay(str(lost.id), {"payment_method": "pm_card_visa"})
    assert late.status == "paid", "what was written off can still be paid"


def test_nothing_to_invoice(story: Story) -> None:
    subscription, _ = story.purchase()
    customer = str(subscription.customer)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        story.v1.invoices.create({"customer": customer, "pending_invoice_items_behavior": "include"})
    assert caught.value.code == "invoice_no_customer_line_items"
    with pytest.raises(stripe.InvalidRequestError) as of_subscription:
        story.v1.invoices.create({"customer": customer, "subscription": subscription.id})
    assert of_subscription.value.code == "invoice_no_subscription_line_items"
    item: Any = {"customer": customer, "currency": "usd", "amount": 700}
    story.v1.invoice_items.create(item)
    item["subscription"] = subscription.id
    bound = story.v1.invoice_items.create(item)
    assert bound.parent is not None
    made = story.v1.invoices.create({"customer": customer, "subscription": subscription.id})
    assert made.total == 700, "only what waits for this subscription"
    assert made.parent is not None
    assert made.parent.type == "subscription_details"
    with pytest.raises(stripe.InvalidRequestError, match="created by subscriptions"):
        story.v1.invoices.delete(str(made.id))


def test_numbers_of_ones_own_and_of_the_account(story: Story) -> None:
    customer = story.customer(invoice_prefix="OWN")
    first = draft(story, customer.id, 1000, number="2026/17")
    assert story.v1.invoices.finalize_invoice(str(first.id)).number == "2026/17"
    with pytest.raises(stripe.InvalidRequestError, match="already in use"):
        draft(story, customer.id, 1000, number="2026/17")
    voided = story.v1.invoices.finalize_invoice(str(draft(story, customer.id, 1000).id))
    story.v1.invoices.void_invoice(str(voided.id))
    following = story.v1.invoices.finalize_invoice(str(draft(story, customer.id, 1000).id))
    assert (voided.number, following.number) == ("OWN-0001", "OWN-0002"), "a void number is not used again"


def test_one_row_of_numbers_for_the_account() -> None:
    process = SandboxProcess(SANDBOX_STRIPE_INVOICE_NUMBERING="account", SANDBOX_STRIPE_TAX_RATES="AT=10").start()
    try:
        with client_for(process.url) as client:
            story = Story(client)
            made = [draft(story, story.customer(address={"country": "AT"}).id, 1000) for _ in range(2)]
            numbers = [story.v1.invoices.finalize_invoice(str(invoice.id)).number for invoice in made]
            taxed = draft(story, str(made[0].customer), 1000, automatic_tax={"enabled": True})
        assert numbers == ["SANDBOX-0001", "SANDBOX-0002"]
        assert taxed.total == 1100
    finally:
        process.stop()


def test_deleting_a_customer_takes_everything_along(story: Story, sandbox: SandboxProcess) -> None:
    subscription, _ = story.purchase()
    customer = str(subscription.customer)
    story.v1.customers.tax_ids.create(customer, {"type": "eu_vat", "value": "ATU12345678"})
    story.v1.invoice_items.create({"customer": customer, "amount": 100, "currency": "usd"})
    off = story.v1.coupons.create({"percent_off": 10, "duration": "forever"})
    assert sandbox.admin.post(f"/stripe/customers/{customer}/discount", json={"coupon": off.id}).status_code == 201
    assert story.v1.customers.delete(customer).deleted is True
    assert story.v1.customers.retrieve(customer).to_dict() == {"id": customer, "object": "customer", "deleted": True}
    assert story.v1.subscriptions.retrieve(subscription.id).status == "canceled"
    assert story.v1.invoice_items.list({"pending": True}).data == []
    assert {
        "customer.deleted",
        "customer.subscription.deleted",
        "customer.discount.deleted",
        "customer.tax_id.deleted",
        "invoiceitem.deleted",
    } <= story.event_types()
    invoice = story.v1.invoices.retrieve(str(subscription.latest_invoice))
    assert (invoice.status, invoice.customer) == ("paid", customer), "what was invoiced stays"
    for refused in (
        lambda: story.v1.invoices.create({"customer": customer}),
        lambda: story.v1.customers.tax_ids.create(customer, {"type": "eu_vat", "value": "ATU12345678"}),
        lambda: story.v1.customers.balance_transactions.create(customer, {"amount": 1, "currency": "usd"}),
        lambda: story.v1.customers.update(customer, {"name": "x"}),
    ):
        with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
            refused()
