"""The steps of a purchase with the official SDK, for tests to tell their stories with."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import stripe

from tests.process import NO_TLS
from tests.stripe.conformance import CheckedClient

SECRET_KEY = "sk_test_sandbox"
PUBLISHABLE_KEY = "pk_test_sandbox"


@contextmanager
def client_for(url: str, **options: Any) -> Iterator[stripe.StripeClient]:
    """The SDK against a sandbox, every answer checked; its connections are closed at the end."""
    http_client = CheckedClient()
    options.setdefault("max_network_retries", 0)
    base: Any = {"api": f"{url}/stripe"}
    yield stripe.StripeClient(SECRET_KEY, base_addresses=base, http_client=http_client, **options)
    http_client.close()  # type: ignore[no-untyped-call] # the SDK leaves it untyped
    assert not http_client.complaints, "\n".join(http_client.complaints)


class Story:
    """Customer, catalog and subscription as the product makes them."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self.client = client
        self.v1 = client.v1

    def customer(self, **more: Any) -> stripe.Customer:
        """A customer called Ann."""
        request: Any = {"email": "ann@example.com", "name": "Ann", **more}
        return self.v1.customers.create(request)

    def price(self, amount: int = 2900, interval: str = "month", name: str = "Starter", **more: Any) -> stripe.Price:
        """A recurring price in US cents with a product of its own."""
        product = self.v1.products.create({"name": name})
        request: Any = {
            "product": product.id,
            "currency": "usd",
            "unit_amount": amount,
            "recurring": {"interval": interval},
            **more,
        }
        return self.v1.prices.create(request)

    def domain_product(self) -> stripe.Product:
        """What a domain fee is booked on."""
        return self.v1.products.create({"name": "Domain example.com, 1 year"})

    def subscribe(self, customer: str, price: str, **more: Any) -> stripe.Subscription:
        """A subscription that waits for its first payment."""
        request: Any = {
            "customer": customer,
            "items": [{"price": price}],
            "payment_behavior": "default_incomplete",
            "payment_settings": {"save_default_payment_method": "on_subscription"},
            "expand": ["latest_invoice.confirmation_secret"],
            **more,
        }
        return self.v1.subscriptions.create(request)

    def confirm(self, intent: str, method: str = "pm_card_visa") -> stripe.PaymentIntent:
        """Pay with a test card."""
        return self.v1.payment_intents.confirm(intent, {"payment_method": method})

    def purchase(self, method: str = "pm_card_visa") -> tuple[stripe.Subscription, stripe.PaymentIntent]:
        """Customer, price, subscription and successful payment."""
        subscription = self.subscribe(self.customer().id, self.price().id)
        intent = self.confirm(intent_id(subscription), method)
        return self.v1.subscriptions.retrieve(subscription.id), intent

    def events(self) -> list[stripe.Event]:
        """All events so far, newest first."""
        return list(self.v1.events.list({"limit": 100}).auto_paging_iter())

    def event_types(self) -> set[str]:
        """Kinds of all events so far."""
        return {event.type for event in self.events()}


def intent_id(subscription: stripe.Subscription) -> str:
    """The id of the first invoice's payment intent, out of its client secret."""
    return client_secret(subscription).split("_secret_")[0]


def client_secret(subscription: stripe.Subscription) -> str:
    """The secret the customer's browser confirms with."""
    invoice = subscription.latest_invoice
    assert isinstance(invoice, stripe.Invoice)
    assert invoice.confirmation_secret is not None
    assert invoice.confirmation_secret.type == "payment_intent"
    return invoice.confirmation_secret.client_secret


def browser(url: str) -> httpx.Client:
    """A customer's browser: publishable key, form bodies, no SDK."""
    headers = {"Authorization": f"Bearer {PUBLISHABLE_KEY}", "Origin": "http://127.0.0.1:3001"}
    return httpx.Client(verify=NO_TLS, base_url=f"{url}/stripe/v1", headers=headers, trust_env=False)


def card(number: str, **more: str) -> dict[str, str]:
    """A card's form fields."""
    return {
        "type": "card",
        "card[number]": number,
        "card[exp_month]": "12",
        "card[exp_year]": "2035",
        "card[cvc]": "123",
        **more,
    }
