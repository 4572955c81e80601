"""Ask the provider on behalf of an event: its troubles in the words of the inbox."""

from collections.abc import Awaitable
from typing import TypeVar

from billing.inbound.ports import Ignore, TryLater
from billing.payments.ports import PaymentProviderRefused, PaymentProviderUnavailable

T = TypeVar("T")


async def asked(call: Awaitable[T]) -> T:
    """Return the provider's answer; raises `TryLater`, or `Ignore` for something that is gone."""
    try:
        return await call
    except PaymentProviderUnavailable as error:
        raise TryLater(str(error), after=error.after) from error
    except PaymentProviderRefused as error:
        raise Ignore(f"the provider does not know it: {error.code}") from error
