"""Subscriptions that begin on days which not every month or year has."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.subscriber import Subscriber
from tests.world import World
from tests.years import MONTHLY, Years

YEARLY = {**MONTHLY, "interval": "year"}
PROFESSIONAL_PRICE = 9_900


@pytest.fixture
async def years(world: World) -> AsyncIterator[Years]:
    built = Years(world)
    yield built
    await built.aclose()


async def begin_on(years: Years, day: date, item: dict[str, Any]) -> Subscriber:
    """Return a customer who buys at noon of a day that is still to come."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    await years.go(noon - years.now, step=timedelta(days=4_000))
    return await Subscriber.with_plan(years, item)


async def ends_on(ada: Subscriber) -> tuple[date, date]:
    """Return the day up to which is paid, of the subscription and of the license."""
    paid_until, expires = (await ada.subscription())["current_period_end"], (await ada.license())["expiry_date"]
    return datetime.fromisoformat(paid_until).date(), datetime.fromisoformat(expires).date()


async def test_from_31_january_on_every_month_ends_on_its_last_day(years: Years) -> None:
    ada = await begin_on(years, date(2027, 1, 31), MONTHLY)
    for day in (date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30)):
        assert await ends_on(ada) == (day, day)
        await ada.renewal()
    assert await ends_on(ada) == (date(2027, 5, 31), date(2027, 5, 31))
    assert [invoice["total_amount"] for invoice in await ada.invoices()] == [2_900] * 4


async def test_an_upgrade_in_february_keeps_the_anchor(years: Years) -> None:
    ada = await begin_on(years, date(2027, 1, 31), MONTHLY)
    await years.go(timedelta(days=14), step=timedelta(days=14))
    quote = await ada.quote("professional")
    # Half of a month of 28 days is left.
    assert abs(quote["today_amount"] - (PROFESSIONAL_PRICE - 2_900) // 2) <= 20
    await ada.confirm(quote)
    assert await ends_on(ada) == (date(2027, 2, 28), date(2027, 2, 28))
    assert (await ada.invoices())[0]["total_amount"] == quote["today_amount"]
    await ada.renewal()
    assert await ends_on(ada) == (date(2027, 3, 31), date(2027, 3, 31))
    assert (await ada.invoices())[0]["total_amount"] == PROFESSIONAL_PRICE


async def test_a_year_from_29_february_ends_on_the_28th_and_in_the_next_leap_year_on_the_29th(years: Years) -> None:
    ada = await begin_on(years, date(2028, 2, 29), YEARLY)
    for year in (2029, 2030, 2031):
        assert await ends_on(ada) == (date(year, 2, 28), date(year, 2, 28))
        await ada.renewal()
    assert await ends_on(ada) == (date(2032, 2, 29), date(2032, 2, 29))
    assert [invoice["total_amount"] for invoice in await ada.invoices()] == [29_000] * 4
