"""A subscription from its first year to its end: renewed, paused, paid by another card, left and taken up again."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from billing.catalog.models import Plan
from billing.inbound.models import EventStatus, WebhookEvent
from billing.kit.db import Subject
from billing.ledger.models import Account
from billing.subscriptions.models import CancelReason, Subscription
from tests.books import assert_books_are_stripes
from tests.storefront import GOOD_CARD
from tests.subscriber import Subscriber
from tests.world import World
from tests.years import FAILING, HOUR, MONTHLY, Years

YEARLY = {**MONTHLY, "interval": "year"}
LEAVING = {"at": "period_end", "reason": "too_expensive", "feedback": "I only need one site."}


@pytest.fixture
async def years(world: World) -> AsyncIterator[Years]:
    built = Years(world)
    yield built
    await built.aclose()


async def test_cancel_stay_cancel_and_return(years: Years) -> None:
    ada = await Subscriber.with_plan(years, MONTHLY)
    assert (await ada.act("cancel", LEAVING))["subscription"]["cancel_at_period_end"] is True
    (at_stripe,) = await years.world.stripe("subscriptions")
    assert at_stripe["cancellation_details"]["feedback"] == "too_expensive"
    assert (await ada.act("keep"))["cancel_at_period_end"] is False
    assert (await ada.refused("POST", f"{await ada.path()}/keep"))[1]["code"] == "subscription_not_ending"
    await ada.renewal()
    assert (await ada.subscription())["status"] == "active"

    await ada.act("cancel", LEAVING)
    end = (await ada.subscription())["current_period_end"]
    await ada.renewal()
    over = await ada.subscription()
    assert (over["status"], over["cancel_reason"]) == ("cancelled", "too_expensive")
    assert len(await ada.invoices()) == 2
    gone = await ada.license()
    assert gone["expiry_date"] == end
    assert await years.verdict(await years.key(ada.customer)) in {"EXPIRED", "SUSPENDED", "CANCELLED"}
    for verb in ("cancel", "pause"):
        _, problem = await ada.refused("POST", f"{await ada.path()}/{verb}", LEAVING if verb == "cancel" else None)
        assert problem["code"] == "subscription_over"

    await ada.buy(MONTHLY)
    assert (await ada.subscription())["status"] == "active"
    back = await ada.license()
    assert (back["status"], back["id"] != gone["id"]) == ("active", True)


async def test_end_now_and_get_the_unused_time_back(years: Years) -> None:
    ada = await Subscriber.with_plan(years, MONTHLY)
    await years.go(timedelta(days=10), step=timedelta(days=10))
    await ada.confirm(await ada.quote("professional"))
    await years.go(timedelta(days=5), step=timedelta(days=5))
    body = {"at": "now", "refund": True, "reason": "switched_service"}
    ended = await ada.act("cancel", body)

    # Half of the larger plan's month is left, and none of it stays with us.
    assert 4_500 < ended["refund_amount"] < 5_300
    assert ended["subscription"]["status"] == "cancelled"
    assert (await ada.license())["status"] == "cancelled"
    assert await years.verdict(await years.key(ada.customer)) == "CANCELLED"
    assert await years.panel_status((await ada.license())["id"]) == "suspended"
    refunds = await years.world.stripe("refunds")
    assert sum(refund["amount"] for refund in refunds) == ended["refund_amount"]
    notes = await years.world.stripe("credit_notes")
    assert sum(note["total"] for note in notes) == ended["refund_amount"]
    assert (await ada.refused("POST", f"{await ada.path()}/cancel", body))[1]["code"] == "subscription_over"
    await years.world.sweep()
    assert len(await years.world.stripe("refunds")) == len(refunds)
    accounts = await assert_books_are_stripes(years.world)
    assert accounts.get(Account.REFUNDS, 0) == 0


async def test_end_now_and_leave_the_rest_of_the_time(years: Years) -> None:
    ada = await Subscriber.with_plan(years, MONTHLY)
    ended = await ada.act("cancel", {"at": "now", "reason": "unused"})
    assert (ended["refund_amount"], ended["subscription"]["status"]) == (0, "cancelled")
    assert ended["subscription"]["cancel_reason"] == "unused"
    gone = await ada.license()
    assert await years.verdict(await years.key(ada.customer)) in {"EXPIRED", "SUSPENDED", "CANCELLED"}
    assert await years.panel_status(gone["id"]) == "suspended"
    assert await years.world.stripe("refunds") == await years.world.stripe("credit_notes") == []
    await years.go(timedelta(days=32), step=timedelta(days=32))
    assert len(await ada.invoices()) == 1
    await assert_books_are_stripes(years.world)


async def test_pause_and_resume(years: Years) -> None:
    ada = await Subscriber.with_plan(years, MONTHLY)
    await years.go(timedelta(days=15), step=timedelta(days=15))
    assert (await ada.act("pause"))["status"] == "paused"
    paused = await ada.license()
    assert (paused["status"], paused["suspended_reason"]) == ("suspended", "subscription_paused")
    assert await years.panel_status(paused["id"]) == "suspended"
    assert (await ada.refused("POST", f"{await ada.path()}/changes", change_to("professional")))[1]["code"] == (
        "subscription_paused"
    )
    await years.go(timedelta(days=60), step=timedelta(days=30))
    assert len(await ada.invoices()) == 1

    resumed = await ada.act("resume")
    assert resumed["client_secret"] is None
    again, *_ = await ada.invoices()
    # The half of a month that was left over is taken off the new one.
    assert 1_300 < again["total_amount"] < 1_600
    subscription, found = await ada.subscription(), await ada.license()
    assert (subscription["status"], found["status"]) == ("active", "active")
    assert found["expiry_date"] == subscription["current_period_end"]
    assert await years.panel_status(found["id"]) == "active"
    assert (await ada.refused("POST", f"{await ada.path()}/resume"))[1]["code"] == "subscription_not_paused"


async def test_another_card_pays_what_is_owed(years: Years) -> None:
    await years.stripe_settings(after_retries="past_due", retry_days=[1, 3, 5, 7])
    ada = await Subscriber.with_plan(years, MONTHLY)
    await years.pay_with(FAILING)
    await ada.renewal()
    assert (await ada.subscription())["status"] == "past_due"
    status, problem = await ada.refused("POST", f"{await ada.path()}/changes", change_to("professional"))
    assert (status, problem["code"]) == (409, "subscription_past_due")
    owed, _ = await ada.invoices()
    assert (problem["amount_due"], problem["currency"]) == (2_900, "USD")
    assert problem["pay_url"] == f"{years.world.settings.portal_url}/invoices/{owed['id']}/pay"
    for verb, body in (("coupon", {"code": "ANY"}), ("pause", None)):
        method = "PUT" if verb == "coupon" else "POST"
        _, refused = await ada.refused(method, f"{await ada.path()}/{verb}", body)
        assert (refused["code"], refused["pay_url"]) == ("subscription_past_due", problem["pay_url"])

    setup_id = await ada.add_card(GOOD_CARD)
    cards = (await ada.call("POST", "payment-method-setups/finish", {"setup_id": setup_id}))["items"]
    await years.listen()
    (default,) = [card for card in cards if card["is_default"]]
    assert (default["brand"], default["last4"]) == ("visa", "4242")
    assert (await ada.subscription())["status"] == "active"
    assert {invoice["status"] for invoice in await ada.invoices()} == {"paid"}
    in_use = await ada.refused("DELETE", f"payment-methods/{default['id']}")
    assert in_use[1]["code"] == "payment_method_in_use"
    (other, *_) = [card for card in cards if not card["is_default"]]
    await ada.call("DELETE", f"payment-methods/{other['id']}")
    await ada.renewal()
    assert len(await ada.invoices()) == 3
    assert (await ada.subscription())["status"] == "active"


async def test_a_card_that_was_set_up_by_a_browser_that_never_came_back(years: Years) -> None:
    ada = await Subscriber.with_plan(years, MONTHLY)
    await ada.add_card("5555555555554444")
    await years.listen()
    (default,) = [card for card in (await ada.call("GET", "payment-methods"))["items"] if card["is_default"]]
    assert default["brand"] == "mastercard"
    (subscription,) = await years.world.stripe("subscriptions")
    assert subscription["default_payment_method"] == default["id"]


async def test_a_coupon_at_the_order_and_another_one_later(years: Years) -> None:
    await make_coupon(years, "HALF", percent_off="50", duration="once", max_redemptions="1")
    ada = await Subscriber.with_plan(years, MONTHLY, coupon="half")
    assert (ada.order["total_amount"], ada.order["discount_amount"], ada.order["coupon_code"]) == (1_450, 1_450, "HALF")
    assert [invoice["total_amount"] for invoice in await ada.invoices()] == [1_450]
    used_up = await ada.refused("POST", "orders", {"currency": "USD", "items": [MONTHLY], "coupon": "HALF"})
    assert (used_up[0], used_up[1]["code"], used_up[1]["reason"]) == (422, "coupon_invalid", "unknown")
    await ada.renewal()
    assert (await ada.invoices())[0]["total_amount"] == 2_900

    await make_coupon(years, "LOYAL", amount_off="500", currency="usd", duration="forever")
    assert (await ada.act("coupon", {"code": "LOYAL"}, method="PUT"))["coupon_code"] == "LOYAL"
    quote = await ada.quote("professional", timing="period_end")
    assert quote["next_amount"] == 9_400
    await ada.renewal()
    assert (await ada.invoices())[0]["total_amount"] == 2_400
    assert (await ada.act("coupon", method="DELETE"))["coupon_code"] is None
    await ada.renewal()
    assert (await ada.invoices())[0]["total_amount"] == 2_900


async def test_a_trial_costs_nothing_until_it_ends(years: Years) -> None:
    async with years.world.database.transaction(Subject.system()) as session:
        await session.execute(update(Plan).where(Plan.code == "starter").values(trial_days=14))
    ada = await Subscriber.with_plan(years, MONTHLY)
    assert (ada.order["total_amount"], ada.order["items"][0]["trial_days"]) == (0, 14)
    trial = await ada.subscription()
    assert (trial["status"], trial["trial_end_at"]) == ("trialing", trial["current_period_end"])
    assert (await ada.license())["expiry_date"] == trial["trial_end_at"]
    await ada.add_card()
    quote = await ada.quote("professional")
    assert (quote["today_amount"], quote["next_amount"]) == (0, 9_900)
    assert (await ada.confirm(quote))["status"] in {"confirmed", "applied"}
    assert ((await ada.license())["plan"], (await ada.change(quote))["status"]) == ("professional", "applied")
    await ada.renewal()
    assert "which we charge to your card" in await trial_mail(ada)
    begun = await ada.subscription()
    assert begun["status"] == "active"
    assert (await ada.invoices())[0]["total_amount"] == 9_900
    # One trial for each customer.
    placed = await ada.call("POST", "orders", {"currency": "USD", "items": [MONTHLY]})
    assert placed["order"]["total_amount"] == 2_900


async def test_a_trial_without_a_card_ends_by_itself(years: Years) -> None:
    async with years.world.database.transaction(Subject.system()) as session:
        await session.execute(update(Plan).where(Plan.code == "starter").values(trial_days=14))
    ada = await Subscriber.with_plan(years, MONTHLY)
    await years.go(timedelta(days=10), step=timedelta(days=5))
    assert await years.count(ada.customer, "trial") == 0
    await years.go(timedelta(days=2), step=timedelta(days=2))
    warned = await trial_mail(ada)
    assert "We have no card of yours" in warned
    assert "$29.00 a month" in warned
    await years.go(timedelta(days=3), step=timedelta(days=1))
    assert await years.count(ada.customer, "trial") == 1
    assert (await ada.subscription())["status"] == "cancelled"
    assert await years.verdict(await years.key(ada.customer)) in {"EXPIRED", "SUSPENDED", "CANCELLED"}
    async with years.world.database.transaction(Subject.system()) as session:
        row = (await session.scalars(select(Subscription))).one()
    assert row.cancel_reason is not CancelReason.TOO_EXPENSIVE


async def test_a_trial_that_somebody_made_at_stripe_is_let_go(years: Years) -> None:
    """A merchant may click together a subscription that we know nothing of: no mail, and no event that fails."""
    ada, world = await Subscriber.with_plan(years, MONTHLY), years.world
    (known,) = await world.stripe("subscriptions")
    made = await world.http.post(
        f"{world.sandbox_url}/stripe/v1/subscriptions",
        auth=("sk_test_sandbox", ""),
        data={
            "customer": known["customer"],
            "items[0][price]": known["items"]["data"][0]["price"]["id"],
            "trial_period_days": "2",
        },
    )
    assert made.status_code == 200, made.text
    statuses = select(WebhookEvent.status).where(WebhookEvent.event_type == "customer.subscription.trial_will_end")
    await years.listen()
    await years.go(HOUR * 3, step=HOUR)
    async with world.database.transaction(Subject.system()) as session:
        assert set(await session.scalars(statuses)) == {EventStatus.IGNORED}
    assert await years.count(ada.customer, "trial") == 0


async def trial_mail(ada: Subscriber) -> str:
    """Return what the customer was told before the end of the trial, unwrapped."""
    mail = await ada.years.world.mail(ada.customer.email, "Your trial of ")
    assert mail is not None
    return " ".join(str(mail["text"]).split())


def change_to(plan: str) -> dict[str, str]:
    return {"plan": plan, "interval": "month", "timing": "now"}


async def make_coupon(years: Years, code: str, *, max_redemptions: str | None = None, **terms: str) -> None:
    coupon: dict[str, Any] = await years.stripe_post("coupons", **terms)
    limits = {} if max_redemptions is None else {"max_redemptions": max_redemptions}
    await years.stripe_post(
        "promotion_codes", **{"promotion[type]": "coupon", "promotion[coupon]": coupon["id"]}, code=code, **limits
    )
