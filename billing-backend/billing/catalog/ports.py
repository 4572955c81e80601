"""What the catalog needs from the payment provider: products and prices that can be made twice and exist once."""

from typing import Protocol

from billing.catalog.models import Interval
from billing.kit.money import Money


class PriceBook(Protocol):
    """The provider's side of the catalog. Every call is safe to repeat; failures raise the adapter's own errors."""

    async def ensure_product(self, code: str, *, name: str, description: str) -> str:
        """Return the id of the product of plan `code`, made or brought up to date."""
        ...

    async def ensure_price(self, lookup_key: str, *, product_id: str, price: Money, interval: Interval) -> str:
        """Return the id of the active recurring price that carries `lookup_key`.

        A price can't be changed: when the one that carries the key has another amount or currency, a new one is made
        and takes the key over (`transfer_lookup_key`); subscriptions that run on the old one keep it.
        """
        ...
