"""The seeded catalog over HTTP, seeding twice, and syncing prices to a provider."""

import asyncio
from dataclasses import dataclass, field

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from billing.catalog import seeds, service
from billing.catalog.actions.sync import SyncedPrice, sync_prices
from billing.catalog.errors import UnknownPlan, UnsupportedTld
from billing.catalog.models import Interval, Plan, TldPrice
from billing.kit.db import Database, Subject
from billing.kit.money import Money


@dataclass
class Shelf:
    """A provider that keeps products and prices as Stripe does: prices never change, lookup keys move."""

    products: dict[str, tuple[str, str]] = field(default_factory=dict)
    prices: dict[str, tuple[str, Money, Interval]] = field(default_factory=dict)
    made: int = 0

    async def ensure_product(self, code: str, *, name: str, description: str) -> str:
        self.products[f"prod_{code}"] = (name, description)
        return f"prod_{code}"

    async def ensure_price(self, lookup_key: str, *, product_id: str, price: Money, interval: Interval) -> str:
        assert product_id in self.products
        known = self.prices.get(lookup_key)
        if known is None or known[1:] != (price, interval):
            self.made += 1
            self.prices[lookup_key] = known = (f"price_{self.made}", price, interval)
        return known[0]


@pytest.fixture
async def seeded(database: Database) -> int:
    async with database.transaction(Subject.system()) as session:
        return await seeds.seed(session)


async def test_the_plans_are_those_of_the_price_list(client: httpx.AsyncClient, seeded: int) -> None:
    answer = await client.get("/api/v1/plans")
    assert answer.status_code == 200
    shown = {
        plan["code"]: (plan["price_monthly"], plan["price_yearly"], plan["currency"], plan["support_level"])
        for plan in answer.json()["items"]
    }
    assert list(shown.items()) == [
        ("starter", (2_900, 29_000, "USD", "email")),
        ("professional", (9_900, 99_000, "USD", "priority")),
        ("enterprise", (29_900, 299_000, "USD", "phone_24_7")),
    ]
    quotas = [list(plan["quotas"].values()) for plan in answer.json()["items"]]
    assert quotas == [[1, 3, 5, 10, 10_240], [5, 25, 50, 100, 102_400], [None, None, None, None, 1_048_576]]


async def test_one_plan_and_none(client: httpx.AsyncClient, database: Database, seeded: int) -> None:
    assert (await client.get("/api/v1/plans/starter")).json()["name"] == "Starter"
    for code in ("premium", "STARTER", "a" * 41, "%00", "x';--"):
        answer = await client.get(f"/api/v1/plans/{code}")
        assert answer.json()["code"] in {"plan_not_found", "validation_failed"}
        assert answer.status_code in {404, 422}
    async with database.transaction(Subject.system()) as session:
        (await session.scalars(select(Plan).where(Plan.code == "starter"))).one().is_active = False
    assert (await client.get("/api/v1/plans/starter")).status_code == 404
    assert len((await client.get("/api/v1/plans")).json()["items"]) == 2


async def test_domains_are_shown_without_what_they_cost_us(client: httpx.AsyncClient, seeded: int) -> None:
    items = (await client.get("/api/v1/tlds")).json()["items"]
    assert [item["tld"] for item in items] == sorted(item["tld"] for item in items)
    assert {"com", "net", "org", "io", "dev", "app", "co.uk", "de", "eu", "fr", "us", "ca"} <= {
        item["tld"] for item in items
    }
    com = next(item for item in items if item["tld"] == "com")
    assert com == {
        "tld": "com",
        "register_amount": 1_399,
        "renew_amount": 1_799,
        "transfer_amount": 1_399,
        "currency": "USD",
        "min_years": 1,
        "max_years": 10,
    }


async def test_what_is_not_on_sale_is_refused(database: Database, seeded: int) -> None:
    async with database.transaction(Subject.system()) as session:
        assert (await service.get_active_plan_or_raise(session, "starter")).code == "starter"
        assert (await service.get_tld_price_or_raise(session, ".COM")).tld == "com"
        with pytest.raises(UnknownPlan):
            await service.get_active_plan_or_raise(session, "premium")
        with pytest.raises(UnsupportedTld):
            await service.get_tld_price_or_raise(session, "example")
        (await service.get_tld_price_or_raise(session, "com")).is_active = False
        await session.flush()
        with pytest.raises(UnsupportedTld):
            await service.get_tld_price_or_raise(session, "com")


async def test_seeding_again_adds_nothing_and_keeps_what_staff_changed(database: Database, seeded: int) -> None:
    assert seeded == len(seeds.PLANS) + len(seeds.TLDS)
    async with database.transaction(Subject.system()) as session:
        (await service.get_active_plan_or_raise(session, "starter")).price_monthly = 3_100

    async def again() -> int:
        async with database.transaction(Subject.system()) as session:
            return await seeds.seed(session)

    assert sum(await asyncio.gather(again(), again())) == 0
    async with database.transaction(Subject.system()) as session:
        assert (await service.get_active_plan_or_raise(session, "starter")).price_monthly == 3_100


async def test_syncing_twice_changes_nothing(database: Database, seeded: int) -> None:
    shelf = Shelf()
    first = await sync_prices(database, shelf)
    again = await sync_prices(database, shelf)
    assert {price.lookup_key for price in first} == {
        f"nextpanel_{code}_{interval}"
        for code in ("starter", "professional", "enterprise")
        for interval in ("month", "year")
    }
    assert all(price.changed for price in first)
    assert not any(price.changed for price in again)
    assert shelf.made == 6
    async with database.transaction(Subject.system()) as session:
        plan = await service.get_active_plan_or_raise(session, "starter")
    assert plan.stripe_product_id == "prod_starter"
    assert plan.stripe_price_id(Interval.MONTH) == shelf.prices["nextpanel_starter_month"][0]
    assert plan.stripe_price_id(Interval.YEAR) == shelf.prices["nextpanel_starter_year"][0]


async def test_a_new_amount_makes_a_new_price(database: Database, seeded: int) -> None:
    shelf = Shelf()
    await sync_prices(database, shelf)
    async with database.transaction(Subject.system()) as session:
        (await service.get_active_plan_or_raise(session, "starter")).price_monthly = 3_100
    changed = [price for price in await sync_prices(database, shelf) if price.changed]
    assert changed == [SyncedPrice("nextpanel_starter_month", Money(3_100, "USD"), "price_7", changed=True)]
    async with database.transaction(Subject.system()) as session:
        plan = await service.get_active_plan_or_raise(session, "starter")
    assert plan.stripe_price_id(Interval.MONTH) == "price_7"


@pytest.mark.parametrize("table", [Plan, TldPrice])
async def test_a_price_of_nothing_is_refused_by_the_database(
    database: Database, seeded: int, table: type[Plan] | type[TldPrice]
) -> None:
    column = "price_monthly" if table is Plan else "register_amount"

    async def give_away() -> None:
        async with database.transaction(Subject.system()) as session:
            row = (await session.scalars(select(table).limit(1))).one()
            setattr(row, column, 0)

    with pytest.raises(IntegrityError):
        await give_away()
