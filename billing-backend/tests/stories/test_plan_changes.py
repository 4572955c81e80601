"""A subscription's plan changes: what is quoted is what is billed, and the license follows the money."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from tests.subscriber import Subscriber
from tests.world import World
from tests.years import MONTHLY, Years

PROFESSIONAL = {**MONTHLY, "plan": "professional"}
STARTER_PRICE, PROFESSIONAL_PRICE = 2_900, 9_900


@pytest.fixture
async def years(world: World) -> AsyncIterator[Years]:
    built = Years(world)
    yield built
    await built.aclose()


def soon_after(quoted: str, happened: str) -> bool:
    """Whether a new period, which begins when the change is made, is the one that was quoted."""
    return timedelta() <= datetime.fromisoformat(happened) - datetime.fromisoformat(quoted) < timedelta(minutes=1)


async def test_upgrade_in_the_middle_of_the_month(years: Years) -> None:
    ada = await Subscriber.with_plan(years, MONTHLY)
    await years.go(timedelta(days=10), step=timedelta(days=10))

    quote = await ada.quote("professional")
    (remaining,) = [line for line in quote["lines"] if line["amount"] > 0]
    (unused,) = [line for line in quote["lines"] if line["amount"] < 0]
    assert quote["today_amount"] == remaining["amount"] + unused["amount"] > 0
    assert quote["next_amount"] == PROFESSIONAL_PRICE
    assert quote["next_at"] == (await ada.subscription())["current_period_end"]
    assert f"${quote['today_amount'] / 100:.2f} today, then $99.00 on " in quote["summary"]
    assert remaining["formula"].startswith("$99.00 × ")
    assert remaining["formula"].endswith(f"= ${remaining['amount'] / 100:.2f}")
    assert unused["formula"].startswith("−$29.00 × ")
    assert await ada.quota("domains") == 3

    # Some time passes before the customer says yes: the price is the one that was shown.
    await years.go(timedelta(minutes=20))
    await ada.confirm(quote)
    assert await ada.quota("domains") == 25
    assert (await ada.license())["plan"] == "professional"
    assert await ada.plan_at_panel() == "professional"
    upgrade, _ = await ada.invoices()
    assert (upgrade["status"], upgrade["total_amount"]) == ("paid", quote["today_amount"])
    assert (await ada.change(quote))["status"] == "applied"
    assert await years.world.mail(ada.customer.email, "now Professional") is not None
    assert (await ada.confirm(quote))["status"] == "applied"
    assert len(await ada.invoices()) == 2

    await ada.renewal()
    renewal, *_ = await ada.invoices()
    assert (renewal["status"], renewal["total_amount"]) == ("paid", quote["next_amount"])


async def test_downgrade_waits_for_the_end_of_the_month(years: Years) -> None:
    ada = await Subscriber.with_plan(years, PROFESSIONAL)
    quote = await ada.quote("starter", timing="period_end")
    assert (quote["today_amount"], quote["next_amount"]) == (0, STARTER_PRICE)
    assert (await ada.confirm(quote))["status"] == "scheduled"
    await years.go(timedelta(days=5), step=timedelta(days=5))
    assert (await ada.license())["plan"] == "professional"
    assert (await ada.subscription())["open_change"]["id"] == quote["id"]

    await ada.renewal()
    assert (await ada.license())["plan"] == "starter"
    renewal, *_ = await ada.invoices()
    assert (renewal["status"], renewal["total_amount"]) == ("paid", STARTER_PRICE)
    assert (await ada.change(quote))["status"] == "applied"
    assert await ada.plan_at_panel() == "starter"


async def test_a_switch_to_the_year_now_and_back_to_the_month_at_its_end(years: Years) -> None:
    ada = await Subscriber.with_plan(years, MONTHLY)
    await years.go(timedelta(days=10), step=timedelta(days=10))
    quote = await ada.quote("starter", interval="year")
    assert 29_000 - STARTER_PRICE < quote["today_amount"] < 29_000
    assert quote["next_amount"] == 29_000
    await ada.confirm(quote)
    yearly = await ada.subscription()
    assert yearly["interval"] == "year"
    assert soon_after(quote["next_at"], yearly["current_period_end"])
    assert (await ada.license())["expiry_date"] == yearly["current_period_end"]
    assert (await ada.invoices())[0]["total_amount"] == quote["today_amount"]

    back = await ada.quote("professional", interval="month", timing="period_end")
    assert (back["today_amount"], back["next_amount"]) == (0, PROFESSIONAL_PRICE)
    assert back["next_at"] == yearly["current_period_end"]
    assert (await ada.confirm(back))["status"] == "scheduled"
    assert (await ada.subscription())["interval"] == "year"
    await ada.renewal()
    monthly = await ada.subscription()
    assert (monthly["interval"], monthly["open_change"]) == ("month", None)
    assert (await ada.license())["plan"] == "professional"
    assert (await ada.invoices())[0]["total_amount"] == PROFESSIONAL_PRICE
    assert (await ada.change(back))["status"] == "applied"


async def test_from_the_year_to_the_month_now_gives_credit_and_takes_the_time_back(years: Years) -> None:
    ada = await Subscriber.with_plan(years, {**MONTHLY, "interval": "year"})
    quote = await ada.quote("starter", interval="month")
    assert (quote["today_amount"], quote["next_amount"]) == (0, 0)
    await ada.confirm(quote)
    end = (await ada.subscription())["current_period_end"]
    assert soon_after(quote["next_at"], end)
    assert (await ada.license())["expiry_date"] == end
    await ada.renewal()
    renewal, *_ = await ada.invoices()
    assert (renewal["total_amount"], renewal["amount_due"]) == (STARTER_PRICE, 0)


async def test_a_declined_upgrade_changes_nothing_until_it_is_paid(years: Years) -> None:
    ada = await Subscriber.with_plan(years, MONTHLY)
    await years.pay_with("pm_card_chargeCustomerFail")
    quote = await ada.quote("professional")
    asked = await ada.confirm(quote)
    assert asked["status"] == "awaiting_payment"
    assert asked["client_secret"].startswith("pi_")
    assert (await ada.license())["plan"] == "starter"
    assert (await ada.subscription())["status"] == "active"
    # An open invoice keeps nobody from another upgrade, only from the same one again.
    repeated = await ada.quote("professional")
    status, problem = await ada.refused("POST", f"{await ada.path()}/changes/{repeated['id']}/confirm")
    assert (status, problem["code"]) == (409, "change_pending")
    other = await ada.quote("enterprise")
    bigger = await ada.confirm(other)
    assert bigger["status"] == "awaiting_payment"
    assert (await ada.change(quote))["status"] == "superseded"

    paid = await years.world.confirm(bigger["client_secret"], "pk_test_sandbox")
    assert paid.status_code == 200, paid.text
    await years.listen()
    assert (await ada.license())["plan"] == "enterprise"
    assert (await ada.change(other))["status"] == "applied"


async def test_an_upgrade_nobody_pays_for_is_dropped(years: Years) -> None:
    ada = await Subscriber.with_plan(years, MONTHLY)
    await years.pay_with("pm_card_chargeCustomerFail")
    quote = await ada.quote("professional")
    assert (await ada.confirm(quote))["status"] == "awaiting_payment"
    await years.go(timedelta(hours=24), step=timedelta(hours=24))
    assert (await ada.change(quote))["status"] == "expired"
    assert (await ada.license())["plan"] == "starter"
    voided, _ = await ada.invoices()
    assert voided["status"] == "void"


async def test_a_downgrade_below_what_is_used_says_what_must_go_or_waits(years: Years) -> None:
    ada = await Subscriber.with_plan(years, PROFESSIONAL)
    await ada.use("databases", 7)
    status, problem = await ada.refused(
        "POST", f"{await ada.path()}/changes", {"plan": "starter", "interval": "month", "timing": "now"}
    )
    assert (status, problem["code"], problem["over"]) == (409, "entitlements_below_usage", {"databases": 2})
    quote = await ada.quote("starter", timing="period_end")
    await ada.confirm(quote)
    await ada.renewal()
    assert (await ada.license())["plan"] == "starter"
    mail = await years.world.mail(ada.customer.email, "now Starter")
    assert mail is not None
    assert "databases: 2" in mail["text"]
    assert await years.verdict(await years.key(ada.customer)) == "QUOTA_EXCEEDED"


async def test_a_scheduled_change_is_taken_back(years: Years) -> None:
    ada = await Subscriber.with_plan(years, PROFESSIONAL)
    quote = await ada.quote("starter", timing="period_end")
    await ada.confirm(quote)
    status, problem = await ada.refused("POST", f"{await ada.path()}/cancel", {"at": "period_end", "reason": "other"})
    assert (status, problem["code"]) == (409, "change_pending")
    taken = await ada.act(f"changes/{quote['id']}", method="DELETE")
    assert taken["status"] == "superseded"
    await ada.renewal()
    assert (await ada.license())["plan"] == "professional"
    assert (await ada.invoices())[0]["total_amount"] == PROFESSIONAL_PRICE
