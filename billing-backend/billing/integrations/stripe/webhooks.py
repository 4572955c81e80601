"""Stripe's webhook signature over the raw body, 300 s tolerance."""

import json
from typing import Any

import stripe

from billing.inbound.ports import SignatureError, VerifiedEvent

TOLERANCE_SECONDS = 300


class StripeVerifier:
    def __init__(self, secret: str) -> None:
        self._secret = secret

    def verify(self, body: bytes, signature: str) -> VerifiedEvent:
        """Return the event; raises `SignatureError` for a wrong signature, a stale one, or a body that is no event."""
        try:
            text = body.decode()
            stripe.WebhookSignature.verify_header(text, signature, self._secret, TOLERANCE_SECONDS)
            payload: Any = json.loads(text)
            return VerifiedEvent(
                external_id=str(payload["id"])[:255],
                type=str(payload["type"])[:100],
                api_version=payload.get("api_version"),
                text=text,
            )
        except (
            stripe.SignatureVerificationError,
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            RecursionError,
        ) as error:
            raise SignatureError(type(error).__name__) from error
