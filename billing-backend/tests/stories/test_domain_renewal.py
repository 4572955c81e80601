"""Domains that live on: renewed by order, or by themselves."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from billing.domains.models import Domain
from billing.flows.domain_renewal import tasks
from billing.kit.db import Subject
from tests.portal import Portal
from tests.storefront import REGISTRANT
from tests.years import Years

DAY = timedelta(days=1)
NAME = "lasting.com"
RENEWAL = {"type": "domain_renewal", "name": NAME, "years": 1}
DECLINING = "4000000000000341"


@pytest.fixture
async def years(world: Any) -> AsyncIterator[Years]:
    async with aclosing(Years(world)) as made:
        yield made


async def owner(years: Years) -> Portal[Years]:
    return await Portal.with_plan(years, {"type": "domain", "name": NAME}, registrant=REGISTRANT)


async def domain_of(portal: Portal[Years]) -> dict[str, Any]:
    (found,) = (await portal.call("GET", "domains"))["items"]
    domain: dict[str, Any] = found
    return domain


async def expiry_at_registrar(years: Years) -> date:
    (found,) = await years.world.domains_at_registrar()
    return datetime.fromisoformat(str(found["expires_at"])).date()


def a_year_after(day: str, count: int = 1) -> date:
    before = date.fromisoformat(day)
    return before.replace(year=before.year + count)


async def night(years: Years) -> None:
    """The hourly look at domains, twice: the second finds nothing to do."""
    for _ in range(2):
        await tasks.tidy(years.world.worker)
        await years.listen()
        await years.world.drain()
        await years.listen()


async def to_days_before(years: Years, portal: Portal[Years], days: int) -> None:
    expiry = date.fromisoformat((await domain_of(portal))["expiry_date"])
    left = expiry - years.now.date() - days * DAY
    if left > timedelta():
        await years.go(left, step=400 * DAY)
    await night(years)


async def test_a_renewal_is_ordered_paid_and_delivered_once(years: Years) -> None:
    portal = await owner(years)
    before = (await domain_of(portal))["expiry_date"]
    quoted = await portal.call("POST", "quotes", {"currency": "USD", "items": [RENEWAL]})
    assert (quoted["subtotal_amount"], quoted["lines"][0]["description"]) == (1_799, f"Renewal of {NAME}, 1 year")
    order = await portal.buy(RENEWAL)
    assert (order["status"], order["total_amount"]) == ("fulfilled", 1_799)
    assert [(step["kind"], step["status"]) for step in order["steps"]] == [("renew_domain", "done")]
    assert (order["items"][0]["kind"], order["items"][0]["status"]) == ("domain_renewal", "delivered")
    after = await domain_of(portal)
    assert date.fromisoformat(after["expiry_date"]) == await expiry_at_registrar(years) == a_year_after(before)
    assert await years.count(portal.customer, f"{NAME} is renewed until") == 1


async def test_paid_twice_in_two_tabs_is_renewed_once_and_refunded_once(years: Years) -> None:
    portal = await owner(years)
    before = (await domain_of(portal))["expiry_date"]
    body = {"currency": "USD", "items": [RENEWAL]}
    placed = [await portal.call("POST", "orders", body) for _ in range(2)]
    orders = []
    for one in placed:
        paid = await years.world.confirm(one["client_secret"], one["payment"]["publishable_key"])
        assert paid.status_code == 200, paid.text
        orders.append(await years.world.fulfilled(portal.customer, one["order"]["id"]))
    assert sorted(order["status"] for order in orders) == ["fulfilled", "refunded"]
    assert sorted(order["refunded_amount"] for order in orders) == [0, 1_799]
    assert await expiry_at_registrar(years) == a_year_after(before)
    mail = await years.world.until(
        "refund mail", lambda: years.world.mail(portal.customer.email, "could not be renewed")
    )
    assert "It was renewed already" in " ".join(mail["text"].split())


async def test_what_cannot_be_renewed_is_refused(years: Years) -> None:
    portal = await owner(years)
    stranger = Portal(years, await years.world.customer())
    body = {"currency": "USD", "items": [RENEWAL]}
    for verb in ("orders", "quotes"):
        status, problem = await stranger.refused("POST", verb, body)
        assert (status, problem["code"]) == (404, "domain_not_found")
    status, problem = await portal.refused("POST", "orders", {**body, "items": [{**RENEWAL, "years": 10}]})
    assert (status, problem["code"], problem["max_years"]) == (422, "years_out_of_range", 9)
    for days, code in ((31, "domain_past_renewal"), (20, None)):
        gone = years.now.date() - days * DAY
        async with years.world.database.transaction(Subject.system()) as session:
            await session.execute(update(Domain).values(expiry_date=gone, status="expired"))
        answer = await portal.ask("POST", "quotes", body)
        assert answer.status_code == (200 if code is None else 409)
        assert answer.json().get("code") == code


async def test_a_domain_renews_by_itself_once_for_each_period(years: Years) -> None:
    portal = await owner(years)
    await portal.add_card()
    await years.listen()
    before = (await domain_of(portal))["expiry_date"]
    await to_days_before(years, portal, 31)
    assert await years.count(portal.customer, f"{NAME} renews on") == 0
    await to_days_before(years, portal, 30)
    assert await years.count(portal.customer, f"{NAME} renews on") == 1
    assert await expiry_at_registrar(years) == date.fromisoformat(before)
    await to_days_before(years, portal, 29)
    assert await expiry_at_registrar(years) == a_year_after(before)
    for _ in range(4):
        await years.go(8 * DAY)
        await night(years)
    assert (
        await expiry_at_registrar(years)
        == a_year_after(before)
        == date.fromisoformat((await domain_of(portal))["expiry_date"])
    )
    assert await years.count(portal.customer, f"{NAME} is renewed until") == 1
    orders = (await portal.call("GET", "orders"))["items"]
    assert [(order["status"], order["total_amount"]) for order in orders] == [
        ("fulfilled", 1_799),
        ("fulfilled", 1_399),
    ]


async def test_a_card_that_is_declined_is_told_and_tried_again(years: Years) -> None:
    portal = await owner(years)
    await portal.add_card(DECLINING)
    await years.listen()
    before = (await domain_of(portal))["expiry_date"]
    for count, days in enumerate((29, 7, 1), start=1):
        await to_days_before(years, portal, days)
        assert await years.count(portal.customer, f"{NAME} could not be renewed yet") == count
        if days == 7:
            # The order of the last try is closed by then.
            orders = (await portal.call("GET", "orders"))["items"]
            assert [order["status"] for order in orders] == ["awaiting_payment", "expired", "fulfilled"]
    assert await expiry_at_registrar(years) == date.fromisoformat(before)
    # They renew it by hand with another card: nothing is left to do for us.
    assert (await portal.buy(RENEWAL))["status"] == "fulfilled"
    await night(years)
    assert await expiry_at_registrar(years) == a_year_after(before)


async def test_without_automatic_renewal_or_a_card_the_owner_is_told(years: Years) -> None:
    portal = await owner(years)
    domain = await domain_of(portal)
    await to_days_before(years, portal, 29)
    mail = await years.world.until(
        "mail", lambda: years.world.mail(portal.customer.email, f"{NAME} could not be renewed yet")
    )
    assert "there is no card to charge" in " ".join(mail["text"].split())
    switched = await portal.call("PATCH", f"domains/{domain['id']}", {"auto_renew": False})
    assert switched["auto_renew"] is False
    for days in (7, 1):
        await to_days_before(years, portal, days)
    assert await years.count(portal.customer, f"{NAME} ends on") == 2
    assert await expiry_at_registrar(years) == date.fromisoformat(domain["expiry_date"])
    assert len((await portal.call("GET", "orders"))["items"]) == 1


async def test_nobody_who_is_down_makes_it_charged_or_renewed_twice(years: Years) -> None:
    portal = await owner(years)
    await portal.add_card()
    await years.listen()
    before = (await domain_of(portal))["expiry_date"]
    await years.world.fault("namecheap", "domains.getInfo", "error_500", times=2)
    await years.world.fault("stripe", "invoices.pay", "timeout_after_commit", times=3)
    await to_days_before(years, portal, 29)
    for _ in range(4):
        await years.go(timedelta(hours=2))
        await night(years)
    assert await expiry_at_registrar(years) == a_year_after(before)
    paid = [charge["amount"] for charge in await years.world.stripe("charges") if charge["status"] == "succeeded"]
    assert sorted(paid) == [1_399, 1_799]
    assert await years.count(portal.customer, "could not be renewed") == 0
