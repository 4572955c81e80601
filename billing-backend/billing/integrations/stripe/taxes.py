"""Tax at Stripe: rates, what a customer's invoices say about them, and what a subscription is taxed by."""

from typing import Any

import stripe
from stdnum.ch import vat as swiss

from billing.integrations.stripe.client import translated
from billing.integrations.stripe.once import make_once
from billing.integrations.stripe.values import metadata_of
from billing.tax.numbers import VatNumber
from billing.tax.places import is_eu
from billing.tax.ports import CustomerProfile, RateTerms
from service_kit.logs import get_logger

log = get_logger(__name__)

_OUR_TYPES = frozenset({"eu_vat", "gb_vat", "ch_vat", "no_vat"})
_OUTSIDE_TYPES = {"GB": "gb_vat", "CH": "ch_vat", "NO": "no_vat"}
# An empty text is how a field is emptied at Stripe.
_EMPTY = ""


def tax_id_of(number: VatNumber) -> tuple[str, str]:
    """Return Stripe's type and spelling of a number."""
    if is_eu(number.country):
        return "eu_vat", number.text
    spelled = swiss.format(number.text) if number.country == "CH" else number.text.removeprefix("NO")
    return _OUTSIDE_TYPES[number.country], spelled


class StripeTaxDesk:
    """Rates can't be changed at Stripe: each of ours is made once and found again by its metadata."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self._stripe = client.v1

    @translated
    async def ensure_rate(self, terms: RateTerms) -> str:
        params: Any = {
            "display_name": terms.name,
            "percentage": float(terms.percentage),
            "inclusive": terms.inclusive,
            "country": terms.country,
            "jurisdiction": terms.region or terms.country,
            "tax_type": "vat",
            "metadata": {"tax_rate_id": str(terms.id)},
        }

        async def find() -> stripe.TaxRate | None:
            found = await self._stripe.tax_rates.list_async({"active": True, "limit": 100})
            async for rate in found.auto_paging_iter():
                if metadata_of(rate.metadata).get("tax_rate_id") == str(terms.id):
                    return rate
            return None

        # Stripe forgets keys after a day; the metadata stays.
        known = await find()
        if known is None:
            known = await make_once(
                f"tax-rate:{terms.id}", lambda key: self._stripe.tax_rates.create_async(params, key), find
            )
        return known.id

    @translated
    async def sync_customer(self, customer_id: str, profile: CustomerProfile) -> None:
        address = {
            "line1": profile.address_line1,
            "line2": profile.address_line2,
            "city": profile.city,
            "state": profile.region,
            "postal_code": profile.postal_code,
            "country": profile.country,
        }
        params: Any = {
            "name": profile.name,
            "address": {name: value or _EMPTY for name, value in address.items()} if profile.country else _EMPTY,
            "tax_exempt": "reverse" if profile.reverse_charge else "none",
        }
        await self._stripe.customers.update_async(customer_id, params)
        await self._sync_tax_id(customer_id, profile.vat)

    async def _sync_tax_id(self, customer_id: str, number: VatNumber | None) -> None:
        wanted = None if number is None else tax_id_of(number)
        known = await self._stripe.customers.tax_ids.list_async(customer_id, {"limit": 100})
        there = False
        for tax_id in known.data:
            if (tax_id.type, tax_id.value) == wanted:
                there = True
            elif tax_id.type in _OUR_TYPES:
                await self._stripe.customers.tax_ids.delete_async(customer_id, tax_id.id)
        if wanted is None or there:
            return
        params: Any = {"type": wanted[0], "value": wanted[1]}
        try:
            await self._stripe.customers.tax_ids.create_async(customer_id, params)
        except stripe.InvalidRequestError as error:
            # It is only printed from there; no sale has to wait for Stripe's opinion of a number.
            if error.code not in {"tax_id_invalid", "resource_already_exists"}:
                raise
            log.warning("tax id not taken by Stripe", customer_id=customer_id, code=error.code)

    @translated
    async def set_subscription_tax(self, subscription_id: str, *, rate_id: str | None, automatic: bool) -> None:
        params: Any = {
            "default_tax_rates": [rate_id] if rate_id else _EMPTY,
            "automatic_tax": {"enabled": automatic},
            "proration_behavior": "none",
        }
        await self._stripe.subscriptions.update_async(subscription_id, params)
