"""The price book at Stripe: products by a fixed id, prices by lookup key, so that syncing twice changes nothing."""

import stripe

from billing.catalog.models import Interval
from billing.flows.purchase.products import DOMAIN_PRODUCT_CODE
from billing.integrations.stripe.client import translated
from billing.kit.money import Money

_PREFIX = "nextpanel_"
DOMAIN_PRODUCT = f"{_PREFIX}{DOMAIN_PRODUCT_CODE}"


def product_code(product_id: str) -> str:
    """Return our code of a product that `StripePriceBook` made."""
    return product_id.removeprefix(_PREFIX)


class StripePriceBook:
    def __init__(self, client: stripe.StripeClient) -> None:
        self._stripe = client.v1

    @translated
    async def ensure_product(self, code: str, *, name: str, description: str) -> str:
        """Return the id of the product for `code`, made or brought up to date."""
        product_id = f"{_PREFIX}{code}"
        try:
            product = await self._stripe.products.retrieve_async(product_id)
        except stripe.InvalidRequestError as error:
            if error.code != "resource_missing":
                raise
            product = await self._stripe.products.create_async(
                {"id": product_id, "name": name, "description": description, "metadata": {"code": code}}
            )
        if (product.name, product.description) != (name, description):
            await self._stripe.products.update_async(product_id, {"name": name, "description": description})
        return product_id

    @translated
    async def ensure_price(self, lookup_key: str, *, product_id: str, price: Money, interval: Interval) -> str:
        """Return the id of the active price under `lookup_key`; another amount makes a new price that takes it over."""
        found = await self._stripe.prices.list_async({"lookup_keys": [lookup_key], "active": True, "limit": 1})
        for existing in found.data:
            same = (existing.unit_amount, existing.currency.upper()) == (price.amount, price.currency)
            if same and existing.recurring is not None and existing.recurring.interval == interval:
                return existing.id
        created = await self._stripe.prices.create_async(
            {
                "product": product_id,
                "currency": price.currency.lower(),
                "unit_amount": price.amount,
                "recurring": {"interval": interval.value},
                "lookup_key": lookup_key,
                "transfer_lookup_key": True,
                "metadata": {"lookup_key": lookup_key},
            }
        )
        for existing in found.data:
            await self._stripe.prices.update_async(existing.id, {"active": False})
        return created.id
