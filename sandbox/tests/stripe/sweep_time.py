"""Every endpoint of subscriptions over time once, for the test that holds all answers against the SDK."""

import stripe

from tests.stripe.story import Story


def sweep_time(client: stripe.StripeClient, story: Story) -> None:
    """Test clocks, subscription items, pause and resume, previews."""
    clocks = client.v1.test_helpers.test_clocks
    clock = clocks.create({"frozen_time": 1_900_000_000})
    clocks.retrieve(clock.id)
    clocks.list()
    customer = story.customer(test_clock=clock.id)
    card = client.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    client.v1.customers.update(customer.id, {"invoice_settings": {"default_payment_method": card.id}})
    price, other = story.price(), story.price(900, name="Extra")
    subscription = client.v1.subscriptions.create({"customer": customer.id, "items": [{"price": price.id}]})
    client.v1.invoices.create_preview({"subscription": subscription.id})
    items = client.v1.subscription_items
    item = items.create({"subscription": subscription.id, "price": other.id, "proration_behavior": "always_invoice"})
    items.retrieve(item.id)
    items.update(item.id, {"quantity": 2})
    items.list({"subscription": subscription.id})
    items.delete(item.id)
    client.v1.subscriptions.pause(subscription.id, {"expand": ["status_details"]})
    client.v1.subscriptions.resume(subscription.id)
    clocks.advance(clock.id, {"frozen_time": 1_900_000_500})
    clocks.delete(clock.id)
