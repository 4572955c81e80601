"""Stripe's rate limits, off unless asked for: requests per second of the account, fewer for search."""

import time
from dataclasses import dataclass

from sandbox.stripe.errors import StripeError

_SEARCH = 20


@dataclass(slots=True)
class _Bucket:
    """Fills with one second's worth of requests; wall time, as clients wait in wall time."""

    size: float
    level: float
    filled_at: float

    def take(self, now: float) -> bool:
        self.level = min(self.size, self.level + (now - self.filled_at) * self.size)
        self.filled_at = now
        if self.level < 1:
            return False
        self.level -= 1
        return True


class RateLimits:
    """Counts requests; `per_second` of 0 switches the limits off."""

    def __init__(self, per_second: int) -> None:
        self._start = per_second
        self.set(per_second)

    @property
    def per_second(self) -> int:
        """Requests per second the account has now."""
        return self._per_second

    def set(self, per_second: int) -> None:
        """Begin anew with full buckets."""
        self._per_second = per_second
        now = time.monotonic()
        self._account = _Bucket(per_second, per_second, now)
        search = min(per_second, _SEARCH)
        self._search = _Bucket(search, search, now)

    def reset(self) -> None:
        """Back to what the process was started with."""
        self.set(self._start)

    def check(self, path: str) -> None:
        """Count one request. Raises StripeError (429) when there were too many."""
        if not self._per_second:
            return
        now = time.monotonic()
        if not self._account.take(now):
            raise _too_many("global-rate")
        if path.endswith("/search") and not self._search.take(now):
            raise _too_many("endpoint-rate")


def _too_many(reason: str) -> StripeError:
    message = "Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits."
    return StripeError(429, message, code="rate_limit", headers={"Stripe-Rate-Limited-Reason": reason})
