"""One Stripe client per process, and Stripe's errors in our words."""

import functools
from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

import stripe

from billing.payments.ports import DiscountRefused, PaymentProviderRefused, PaymentProviderUnavailable
from billing.settings import Settings

# Another call with this key, or on this object, is under way.
_PASSING = frozenset({409, 429})
P = ParamSpec("P")
R = TypeVar("R")


def create_http(settings: Settings) -> stripe.HTTPXClient:
    """Return the connections to Stripe; end them with `close_async`."""
    # It would leave an id in the home directory of whoever runs us, and tell Stripe of the machine.
    stripe.enable_telemetry = False
    # The SDK reads the root certificates for each client anew; a stand-in without TLS has no use for them.
    uses_tls = not settings.stripe_api_base.startswith("http://")
    return stripe.HTTPXClient(timeout=settings.stripe_timeout.total_seconds(), verify_ssl_certs=uses_tls)


def create_client(settings: Settings, http: stripe.HTTPXClient) -> stripe.StripeClient:
    """Return an async client; which Stripe it talks to is a matter of settings only."""
    return stripe.StripeClient(
        settings.stripe_secret_key.get_secret_value(),
        base_addresses={"api": settings.stripe_api_base},
        http_client=http,
        max_network_retries=2,
    )


def translated(call: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    """Raise the port's errors instead of Stripe's. The SDK picks its class by HTTP status."""

    @functools.wraps(call)
    async def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return await call(*args, **kwargs)
        except (stripe.InvalidRequestError, stripe.CardError, stripe.IdempotencyError) as error:
            if error.http_status in _PASSING:
                raise PaymentProviderUnavailable(error.code or "busy", after=1) from error
            kind = DiscountRefused if "discounts" in (getattr(error, "param", None) or "") else PaymentProviderRefused
            raise kind(error.code or "refused", error.user_message or "refused") from error
        except (stripe.AuthenticationError, stripe.PermissionError) as error:
            # A wrong key is ours to mend and no fault of the order: it waits rather than fails.
            raise PaymentProviderUnavailable("Stripe refuses our key", after=60) from error
        except stripe.StripeError as error:
            raise PaymentProviderUnavailable(type(error).__name__) from error

    return wrapper
