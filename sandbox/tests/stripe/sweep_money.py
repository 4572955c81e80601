"""Every endpoint of discounts, taxes, balances and credit notes once, for the test that walks answers by the SDK."""

from typing import Any

import stripe

from tests.stripe.story import Story


def sweep_discounts(client: stripe.StripeClient, story: Story) -> None:
    """Coupons, promotion codes, and discounts taken away."""
    coupons, codes = client.v1.coupons, client.v1.promotion_codes
    options: Any = {"eur": {"amount_off": 5}}
    priced = coupons.create({"amount_off": 5, "currency": "usd", "currency_options": options, "name": "n"})
    coupons.retrieve(priced.id, {"expand": ["applies_to", "currency_options"]})
    coupons.update(priced.id, {"name": "m"})
    coupons.list()
    coupons.delete(priced.id)
    percent = coupons.create({"percent_off": 10, "duration": "repeating", "duration_in_months": 3})
    promotion: Any = {"type": "coupon", "coupon": percent.id}
    code = codes.create({"promotion": promotion, "code": "HELLO", "restrictions": {"first_time_transaction": True}})
    codes.retrieve(code.id, {"expand": ["promotion.coupon"]})
    codes.update(code.id, {"metadata": {"a": "1"}})
    codes.list({"expand": ["data.promotion.coupon"]})
    price = story.price().id
    subscription = story.subscribe(
        story.customer().id,
        price,
        items=[{"price": price, "discounts": [{"coupon": percent.id}]}],
        discounts=[{"promotion_code": code.id}],
        expand=["discounts.source.coupon", "latest_invoice.total_discount_amounts.discount"],
    )
    client.v1.subscriptions.delete_discount(subscription.id)


def sweep_taxes(client: stripe.StripeClient, story: Story) -> None:
    """Tax rates and tax ids."""
    rates = client.v1.tax_rates
    rate = rates.create({"display_name": "VAT", "percentage": 20, "inclusive": True, "country": "AT"})
    rates.retrieve(rate.id)
    rates.update(rate.id, {"description": "d"})
    rates.list()
    customer = story.customer(address={"country": "AT"})
    ids = client.v1.customers.tax_ids
    tax_id = ids.create(customer.id, {"type": "eu_vat", "value": "ATU12345678"})
    ids.retrieve(customer.id, tax_id.id, {"expand": ["customer", "owner.customer"]})
    ids.list(customer.id)
    price = story.price().id
    story.subscribe(
        customer.id, price, items=[{"price": price, "tax_rates": [rate.id]}], default_tax_rates=[rate.id], expand=[]
    )
    automatic = client.v1.invoices.create({"customer": customer.id, "automatic_tax": {"enabled": True}})
    client.v1.invoice_items.create(
        {"customer": customer.id, "invoice": automatic.id, "amount": 900, "currency": "usd", "tax_rates": [rate.id]}
    )
    client.v1.invoices.retrieve(str(automatic.id))
    client.v1.customers.retrieve(customer.id, {"expand": ["tax", "tax_ids"]})
    ids.delete(customer.id, tax_id.id)


def sweep_balances(client: stripe.StripeClient, story: Story, customer_with_discount: str) -> None:
    """The customer's balance, and a customer's discount."""
    client.v1.customers.retrieve(customer_with_discount)
    client.v1.customers.delete_discount(customer_with_discount)
    customer, entries = story.customer().id, client.v1.customers.balance_transactions
    made = entries.create(customer, {"amount": -500, "currency": "usd"})
    entries.retrieve(customer, made.id, {"expand": ["customer"]})
    entries.update(customer, made.id, {"description": "d"})
    entries.list(customer)


def sweep_lines(client: stripe.StripeClient, story: Story) -> None:
    """Lines of a draft."""
    invoices, customer = client.v1.invoices, story.customer().id
    draft = str(invoices.create({"customer": customer, "currency": "usd"}).id)
    (first,) = invoices.add_lines(draft, {"lines": [{"amount": 700, "description": "d"}]}).lines.data
    invoices.line_items.update(draft, first.id, {"amount": 800})
    invoices.update_lines(draft, {"lines": [{"id": first.id, "description": "e"}]})
    invoices.remove_lines(draft, {"lines": [{"id": first.id, "behavior": "delete"}]})


def sweep_credit_notes(client: stripe.StripeClient, story: Story) -> None:
    """Attached payments and credit notes."""
    notes, invoices = client.v1.credit_notes, client.v1.invoices
    customer = story.customer().id
    invoice = str(invoices.create({"customer": customer, "currency": "usd"}).id)
    client.v1.invoice_items.create({"customer": customer, "invoice": invoice, "amount": 2000, "currency": "usd"})
    invoices.finalize_invoice(invoice)
    first = notes.create({"invoice": invoice, "amount": 300})
    notes.void_credit_note(first.id)
    intent = client.v1.payment_intents.create({"amount": 2500, "currency": "usd", "customer": customer})
    story.confirm(intent.id)
    invoices.attach_payment(invoice, {"payment_intent": intent.id})
    request: Any = {"invoice": invoice, "amount": 500, "refund_amount": 200, "credit_amount": 300}
    notes.preview(request)
    notes.preview_lines.list(request)
    request["expand"] = ["customer_balance_transaction", "refunds.refund"]
    note = notes.create(request)
    notes.retrieve(note.id, {"expand": ["invoice", "customer"]})
    notes.update(note.id, {"memo": "m"})
    notes.list({"expand": ["data.invoice"]})
    notes.line_items.list(note.id)
