"""Our webhook endpoint at Stripe: it is sent what we handle and nothing else, in the API version of our SDK."""

from collections.abc import Sequence
from typing import Any, cast

import stripe

from billing.integrations.stripe.client import translated


class StripeEndpoint:
    def __init__(self, client: stripe.StripeClient) -> None:
        self._stripe = client.v1

    @translated
    async def ensure(self, url: str, events: Sequence[str]) -> str | None:
        """Subscribe `url` to `events`; return the signing secret if the endpoint is new: Stripe shows it only then."""
        wanted = cast("Any", sorted(events))
        found = await self._stripe.webhook_endpoints.list_async({"limit": 100})
        for endpoint in found.data:
            if endpoint.url == url:
                if sorted(endpoint.enabled_events) != wanted:
                    await self._stripe.webhook_endpoints.update_async(endpoint.id, {"enabled_events": wanted})
                return None
        created = await self._stripe.webhook_endpoints.create_async(
            {"url": url, "enabled_events": wanted, "api_version": cast("Any", stripe.api_version)}
        )
        return created.secret
