"""Make an object at Stripe once, whatever became of earlier tries.

Stripe answers a key for a day with what it answered first, its own failures included, and refuses a key that comes with
other parameters. Then the object is looked for, and only when it isn't there another key is tried.
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import stripe

from billing.payments.ports import PaymentProviderUnavailable

R = TypeVar("R")
Create = Callable[[Any], Awaitable[R]]
Find = Callable[[], Awaitable[R | None]]

MOST_KEYS = 8


async def make_once(key: str, create: Create[R], find: Find[R]) -> R:
    """Return what `create` made, now or earlier; `create` gets the request options that carry the key.

    Raises `stripe.StripeError`, and `PaymentProviderUnavailable` when every key is spent.
    """
    for version in range(1, MOST_KEYS + 1):
        try:
            return await create({"idempotency_key": f"{key}:v{version}"})
        except stripe.StripeError as error:
            if not _is_spent(error):
                raise
        found = await find()
        if found is not None:
            return found
    raise PaymentProviderUnavailable("Stripe failed under every key", after=3600)


def _is_spent(error: stripe.StripeError) -> bool:
    """Whether the key leads nowhere any more."""
    status = error.http_status or 0
    if isinstance(error, stripe.IdempotencyError):
        return status == 400
    headers = error.headers or {}
    return status >= 500 and headers.get("idempotent-replayed") == "true"
