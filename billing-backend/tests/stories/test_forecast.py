"""What is to come: the charges of a year, as subscriptions, changes, coupons and domains stand."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import date
from typing import Any

import pytest

from tests.portal import Portal
from tests.storefront import REGISTRANT
from tests.world import World
from tests.years import MONTHLY, Years

DOMAIN = {"type": "domain", "name": "forecast.com"}


@pytest.fixture
async def years(world: World) -> AsyncIterator[Years]:
    async with aclosing(Years(world)) as made:
        yield made


async def coupon(years: Years, code: str, duration: str) -> None:
    made = await years.stripe_post("coupons", percent_off="50", duration=duration)
    await years.stripe_post(
        "promotion_codes", **{"promotion[type]": "coupon", "promotion[coupon]": made["id"], "code": code}
    )


async def forecast(portal: Portal[Years]) -> tuple[list[int], dict[str, Any]]:
    """Return the subscription's charges in order, and the whole answer."""
    answer = await portal.call("GET", "forecast")
    return [charge["amount"] for charge in answer["charges"] if charge["kind"] == "subscription"], answer


async def test_a_year_of_charges_follows_what_the_customer_does(years: Years) -> None:
    for code, duration in (("ONCE50", "once"), ("EVER50", "forever")):
        await coupon(years, code, duration)
    portal = await Portal.with_plan(years, MONTHLY)
    await portal.buy(DOMAIN, registrant=REGISTRANT)
    plain, answer = await forecast(portal)
    assert plain == [2_900] * len(plain)
    assert len(plain) in {11, 12}
    assert answer["total_amount"] == sum(plain) + 1_799
    assert sum(month["amount"] for month in answer["months"]) == answer["total_amount"]
    days = [date.fromisoformat(charge["charged_on"]) for charge in answer["charges"]]
    assert days == sorted(days)

    path = await portal.path()
    for code, expected in (("ONCE50", [1_450, 2_900]), ("EVER50", [1_450, 1_450])):
        await portal.call("PUT", f"{path}/coupon", {"code": code})
        assert (await forecast(portal))[0][:2] == expected
    await portal.call("DELETE", f"{path}/coupon")

    change = await portal.confirm(await portal.quote("professional", timing="period_end"))
    assert set((await forecast(portal))[0]) == {9_900}
    (domain,) = (await portal.call("GET", "domains"))["items"]
    await portal.call("PATCH", f"domains/{domain['id']}", {"auto_renew": False})
    assert {charge["kind"] for charge in (await forecast(portal))[1]["charges"]} == {"subscription"}

    await portal.act(f"changes/{change['id']}", method="DELETE")
    await portal.act("cancel", {"reason": "other"})
    ended, answer = await forecast(portal)
    assert (ended, answer["total_amount"], answer["months"]) == ([], 0, [])


async def test_an_order_names_what_came_of_it(years: Years) -> None:
    portal = await Portal.with_plan(years, MONTHLY)
    domain = await portal.buy({**DOMAIN, "name": "named-by-its-order.com"}, registrant=REGISTRANT)
    (bought,) = portal.order["items"]
    assert (bought["license_id"], bought["domain_id"]) == ((await portal.license())["id"], None)
    (owned,) = (await portal.call("GET", "domains"))["items"]
    assert domain["items"][0]["domain_id"] == owned["id"]
    told = (await portal.call("GET", "notifications"))["items"]
    assert [item["kind"] for item in told].count("order_fulfilled") == 2
    assert "domain_registered" in {item["kind"] for item in told}
