"""Bring the payment provider's products and prices in line with the plans on sale."""

from collections.abc import Mapping
from dataclasses import dataclass

from billing.catalog import repository
from billing.catalog.models import Interval, Plan
from billing.catalog.ports import PriceBook
from billing.kit.db import Database, Subject
from billing.kit.money import Money


@dataclass(frozen=True, slots=True)
class SyncedPrice:
    """What one price is at the provider now; `changed` when its id differs from the one we had."""

    lookup_key: str
    price: Money
    provider_price_id: str
    changed: bool


@dataclass(frozen=True, slots=True)
class MadePrices:
    """What a plan is at the provider."""

    product_id: str
    price_ids: Mapping[Interval, str]

    def remember(self, plan: Plan) -> None:
        """Let new orders of the plan be charged these."""
        plan.stripe_product_id = self.product_id
        for interval, price_id in self.price_ids.items():
            plan.remember_stripe_price(interval, price_id)


async def make_prices(book: PriceBook, plan: Plan) -> MadePrices:
    """Make what is missing of this plan at the provider, in no transaction; raises the adapter's errors."""
    product_id = await book.ensure_product(plan.code, name=plan.name, description=plan.description)
    price_ids = {
        interval: await book.ensure_price(
            lookup_key(plan.code, interval), product_id=product_id, price=plan.price(interval), interval=interval
        )
        for interval in Interval
    }
    return MadePrices(product_id, price_ids)


def lookup_key(code: str, interval: Interval) -> str:
    return f"nextpanel_{code}_{interval.value}"


async def sync_prices(database: Database, book: PriceBook) -> list[SyncedPrice]:
    """Make what is missing at the provider, remember the ids, and return every price of the plans on sale.

    Safe to repeat at any point. Opens its own transactions: nothing is held open during the provider's calls.
    """
    async with database.transaction(Subject.system()) as session:
        plans = await repository.list_active_plans(session)
    synced: list[SyncedPrice] = []
    for plan in plans:
        synced += await _sync_plan(database, book, plan)
    return synced


async def _sync_plan(database: Database, book: PriceBook, plan: Plan) -> list[SyncedPrice]:
    made = await make_prices(book, plan)
    async with database.transaction(Subject.system()) as session:
        made.remember(await repository.lock_plan(session, plan.id))
    return [
        SyncedPrice(
            lookup_key=lookup_key(plan.code, interval),
            price=plan.price(interval),
            provider_price_id=price_id,
            changed=price_id != plan.stripe_price_id(interval),
        )
        for interval, price_id in made.price_ids.items()
    ]
