"""Every endpoint once, through the official SDK: the checked client compares each answer with the SDK's annotations."""

from decimal import Decimal
from typing import Any

import pytest
import stripe

from sandbox.stripe.catalog import OPERATIONS
from tests.process import SandboxProcess
from tests.stripe import tour
from tests.stripe.conformance import CheckedClient, violations
from tests.stripe.story import Story, intent_id
from tests.stripe.sweep_money import sweep_balances, sweep_credit_notes, sweep_discounts, sweep_lines, sweep_taxes
from tests.stripe.sweep_time import sweep_time


def test_every_endpoint_answers_in_the_sdk_shape(
    client: stripe.StripeClient, story: Story, sandbox: SandboxProcess
) -> None:
    _catalog(client)
    _customers(client, story)
    _intents(client)
    _invoices(client, story)
    _subscriptions(client, story)
    sweep_time(client, story)
    _money(client, story)
    sweep_discounts(client, story)
    sweep_taxes(client, story)
    sweep_balances(client, story, _discounted(client, story, sandbox))
    sweep_lines(client, story)
    sweep_credit_notes(client, story)
    _webhooks(client)
    tour.intents_and_tokens(client)
    tour.disputes(client, story)
    http_client = client._requestor._client
    assert isinstance(http_client, CheckedClient)
    assert {operation.name for operation in OPERATIONS} - http_client.seen == set()


def _catalog(client: stripe.StripeClient) -> None:
    products, prices = client.v1.products, client.v1.prices
    product = products.create(
        {"name": "P", "default_price_data": {"currency": "usd", "unit_amount_decimal": Decimal("0.5")}}
    )
    products.retrieve(product.id, {"expand": ["default_price"]})
    products.update(product.id, {"metadata": {"a": "1"}})
    products.list({"expand": ["data.default_price"]})
    products.search({"query": 'name:"P"'})
    products.delete(products.create({"name": "Q"}).id)
    price = prices.create({"product_data": {"name": "R"}, "currency": "jpy", "unit_amount": 500})
    prices.retrieve(price.id, {"expand": ["product"]})
    prices.update(price.id, {"nickname": "n"})
    prices.list({"type": "one_time", "expand": ["data.product"]})
    prices.search({"query": 'currency:"jpy"'})


def _customers(client: stripe.StripeClient, story: Story) -> None:
    customers, methods = client.v1.customers, client.v1.payment_methods
    customer = story.customer(shipping={"name": "Ann", "address": {"city": "Graz"}})
    customers.retrieve(customer.id, {"expand": ["sources", "subscriptions", "tax_ids"]})
    customers.update(customer.id, {"description": "d"})
    customers.list()
    customers.search({"query": 'name:"Ann"'})
    method = methods.create({"type": "card", "card": {"token": "tok_visa"}})
    methods.attach(method.id, {"customer": customer.id})
    methods.update(method.id, {"billing_details": {"name": "Ann", "address": {"city": "Graz"}}})
    methods.retrieve(method.id, {"expand": ["customer"]})
    methods.list({"customer": customer.id})
    customers.payment_methods.list(customer.id)
    methods.detach(method.id)
    customers.delete(customer.id)
    customers.retrieve(customer.id)


def _intents(client: stripe.StripeClient) -> None:
    payments, setups = client.v1.payment_intents, client.v1.setup_intents
    shipping: Any = {"name": "A", "address": {"city": "Graz"}}
    payment = payments.create({"amount": 1000, "currency": "usd", "shipping": shipping})
    payments.update(payment.id, {"description": "d"})
    with pytest.raises(stripe.CardError):
        payments.confirm(payment.id, {"payment_method": "pm_card_chargeCustomerFail"})
    payments.retrieve(payment.id, {"expand": ["latest_charge"]})
    payments.confirm(payment.id, {"payment_method": "pm_card_threeDSecure2Required"})
    payments.cancel(payment.id)
    payments.list({"expand": ["data.latest_charge.payment_intent"]})
    payments.search({"query": "amount:1000"})
    setup = setups.create({})
    setups.update(setup.id, {"description": "d"})
    with pytest.raises(stripe.CardError):
        setups.confirm(setup.id, {"payment_method": "pm_card_chargeDeclined"})
    setups.retrieve(setup.id)
    setups.confirm(setup.id, {"payment_method": "pm_card_authenticationRequired"})
    setups.cancel(setup.id)
    setups.list()


def _invoices(client: stripe.StripeClient, story: Story) -> None:
    invoices, items = client.v1.invoices, client.v1.invoice_items
    customer = story.customer().id
    drafts = [invoices.create({"customer": customer, "currency": "usd"}) for _ in range(4)]
    for draft in drafts:
        items.create({"customer": customer, "invoice": draft.id, "amount": 700, "currency": "usd"})
    first, second, third, fourth = (draft.id for draft in drafts)
    item = items.list({"invoice": first, "expand": ["data.customer"]}).data[0]
    items.update(item.id, {"description": "d"})
    items.retrieve(item.id, {"expand": ["invoice"]})
    items.delete(item.id)
    invoices.update(second, {"custom_fields": [{"name": "a", "value": "b"}]})
    invoices.finalize_invoice(second, {"expand": ["payments.data.payment.payment_intent", "confirmation_secret"]})
    invoices.pay(second, {"payment_method": "pm_card_visa"})
    invoices.retrieve(second, {"expand": ["customer", "payments"]})
    invoices.line_items.list(second)
    invoices.send_invoice(third)
    invoices.mark_uncollectible(third)
    invoices.void_invoice(third)
    invoices.delete(fourth)
    invoices.list({"expand": ["data.payments"]})
    invoices.search({"query": 'status:"paid"'})
    payments = client.v1.invoice_payments
    payments.retrieve(payments.list({"invoice": second}).data[0].id, {"expand": ["invoice", "payment.payment_intent"]})


def _subscriptions(client: stripe.StripeClient, story: Story) -> None:
    subscriptions = client.v1.subscriptions
    settings: Any = {
        "payment_method_types": ["card"],
        "payment_method_options": {"card": {"request_three_d_secure": "any"}},
    }
    subscription = story.subscribe(story.customer().id, story.price().id, payment_settings=settings)
    story.confirm(intent_id(subscription))
    subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    subscriptions.retrieve(subscription.id, {"expand": ["customer", "latest_invoice", "default_payment_method"]})
    subscriptions.list({"expand": ["data.latest_invoice.payments"]})
    subscriptions.search({"query": 'status:"active"'})
    client.v1.subscription_items.list({"subscription": subscription.id})
    subscriptions.cancel(subscription.id)


def _money(client: stripe.StripeClient, story: Story) -> None:
    _, intent = story.purchase()
    charge = str(intent.latest_charge)
    client.v1.charges.update(charge, {"metadata": {"a": "1"}})
    refunds = client.v1.refunds
    refund = refunds.create({"charge": charge, "expand": ["balance_transaction", "charge", "payment_intent"]})
    refunds.update(refund.id, {"metadata": {"a": "1"}})
    refunds.retrieve(refund.id)
    refunds.list({"expand": ["data.charge"]})
    with pytest.raises(stripe.InvalidRequestError):
        refunds.cancel(refund.id)
    client.v1.charges.retrieve(charge, {"expand": ["refunds", "balance_transaction", "customer"]})
    client.v1.charges.list({"expand": ["data.refunds"]})
    client.v1.charges.search({"query": 'refunded:"true"'})
    transactions = client.v1.balance_transactions
    transactions.retrieve(transactions.list().data[0].id, {"expand": ["source"]})
    client.v1.balance.retrieve()
    client.v1.accounts.retrieve_current()


def _discounted(client: stripe.StripeClient, story: Story, sandbox: SandboxProcess) -> str:
    customer, coupon = story.customer().id, client.v1.coupons.create({"percent_off": 10, "duration": "forever"})
    answer = sandbox.admin.post(f"/stripe/customers/{customer}/discount", json={"coupon": coupon.id})
    assert answer.status_code == 201
    return customer


def _webhooks(client: stripe.StripeClient) -> None:
    endpoints = client.v1.webhook_endpoints
    endpoint = endpoints.create({"url": "http://127.0.0.1:9/hook", "enabled_events": ["*"], "metadata": {"a": "1"}})
    endpoints.update(endpoint.id, {"description": "d", "disabled": True})
    endpoints.retrieve(endpoint.id)
    endpoints.list()
    endpoints.delete(endpoint.id)
    events = client.v1.events
    for event in events.list({"limit": 100}).auto_paging_iter():
        assert event.object == "event"
    events.retrieve(events.list().data[0].id)


def test_the_walker_finds_what_is_wrong(story: Story) -> None:
    good = story.customer().to_dict()
    assert violations(good, "Customer") == []
    for name, value, complaint in (
        ("id", 7, "Customer.id: 7 does not fit"),
        ("created", None, "Customer.created: null"),
        ("tax_exempt", "perhaps", "Customer.tax_exempt: 'perhaps' does not fit"),
        ("plan", "x", "Customer.plan: unknown to the SDK"),
        ("invoice_settings", {}, "Customer.invoice_settings.custom_fields: missing"),
    ):
        found = violations({**good, name: value}, "Customer")
        assert any(text.startswith(complaint) for text in found), found
    del good["email"]
    assert violations(good, "Customer") == ["Customer.email: missing"]
