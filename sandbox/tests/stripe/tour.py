"""Calls of the less travelled endpoints, for the check that every one of them answers in the SDK's shape."""

from typing import Any

import stripe

from tests.stripe.story import Story


def intents_and_tokens(client: stripe.StripeClient) -> None:
    """Reserved money, attempts to set up, tokens of cards and of confirmations."""
    request: Any = {
        "amount": 1000,
        "currency": "usd",
        "capture_method": "manual",
        "payment_method": "pm_card_visa",
        "confirm": True,
    }
    client.v1.payment_intents.capture(client.v1.payment_intents.create(request).id)
    setup = client.v1.setup_intents.create({"payment_method": "pm_card_visa", "confirm": True})
    client.v1.setup_attempts.list({"setup_intent": setup.id, "expand": ["data.payment_method", "data.setup_intent"]})
    card: Any = {"number": "4242424242424242", "exp_month": "12", "exp_year": "2040", "cvc": "123"}
    client.v1.tokens.retrieve(client.v1.tokens.create({"card": card}).id)
    token = client.v1.test_helpers.confirmation_tokens.create({"payment_method": "pm_card_visa"})
    client.v1.confirmation_tokens.retrieve(token.id)
    data = {"payment_method_data": {"type": "card", "card": card}, "return_url": "https://shop.test/done"}
    client.raw_request("post", "/v1/confirmation_tokens", **data)


def disputes(client: stripe.StripeClient, story: Story) -> None:
    """A dispute that is answered and given up."""
    story.purchase("pm_card_createDispute")
    found = client.v1.disputes.list({"expand": ["data.charge"]}).data[0]
    client.v1.disputes.update(found.id, {"evidence": {"customer_name": "Ann"}, "submit": False})
    client.v1.disputes.retrieve(found.id, {"expand": ["payment_intent"]})
    client.v1.disputes.close(found.id)
