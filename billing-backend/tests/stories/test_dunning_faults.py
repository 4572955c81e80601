"""Dunning when things go wrong: lost, late and repeated events, workers that die, money that comes in between."""

import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select

from billing.flows.dunning.models import BrakeStatus, CaseStage, DunningBrake
from billing.flows.dunning.ports import DunningProvider
from billing.kit.db import Subject
from tests.storefront import GOOD_CARD
from tests.stripe_events import make_event, send_event
from tests.world import World
from tests.years import DAY, FAILED, FAILING, GOOD, HOUR, MONTHLY, Years


@pytest.fixture
async def years(world: World) -> AsyncIterator[Years]:
    built = Years(world)
    await built.stripe_settings(after_retries="past_due", retry_days=[1, 3])
    yield built
    await built.aclose()


class Dying:
    """Ends the subscription, then the worker dies before it can write that down; the second time it lives."""

    def __init__(self, real: DunningProvider) -> None:
        self._real = real
        self.deaths = 1

    async def end_unpaid(self, subscription_id: str) -> None:
        await self._real.end_unpaid(subscription_id)
        if self.deaths:
            self.deaths -= 1
            raise RuntimeError("killed")


class Overtaken:
    """The customer pays just before the subscription is ended."""

    def __init__(self, real: DunningProvider, years: Years, invoice: str) -> None:
        self._real = real
        self._years = years
        self._invoice = invoice

    async def end_unpaid(self, subscription_id: str) -> None:
        await self._years.stripe_post(f"invoices/{self._invoice}/pay")
        await self._real.end_unpaid(subscription_id)


async def replay(years: Years, since: int, times: int = 2) -> None:
    """Deliver everything that happened at Stripe after `since` again, `times` times and in no order."""
    events = [event for event in await years.world.stripe("events") if event["created"] > since] * times
    random.Random(7).shuffle(events)
    for number, event in enumerate(events):
        # Half of them as copies under their own id, half as other events about the same.
        name = event["id"] if number % 2 else None
        body = make_event(event["type"], event["data"]["object"], event_id=name)
        assert (await send_event(years.world.http, body)).status_code == 200
    await years.listen()


async def drop_events(years: Years) -> None:
    await years.world.fault("stripe", "delivery", "drop_delivery", times=1000)


async def hear_again(years: Years) -> None:
    await years.admin("DELETE", "faults")


async def sandbox_now(years: Years) -> int:
    return int((await years.admin("GET", "clock"))["now"])


async def test_events_of_a_failure_in_any_order_and_twice_open_one_case(years: Years) -> None:
    customer, _, key = await years.bought()
    since = await sandbox_now(years)
    await drop_events(years)
    await years.to_renewal(customer, FAILING)
    await hear_again(years)
    assert await years.cases() == []
    await replay(years, since)
    await years.world.sweep()
    assert [case.stage for case in await years.cases()] == [CaseStage.GRACE]
    assert await years.count(customer, FAILED) == 1
    await years.confirm_open_invoice(customer, GOOD_CARD)
    await replay(years, since)
    await years.world.sweep()
    assert [case.stage for case in await years.cases()] == [CaseStage.RECOVERED]
    assert (await years.count(customer, FAILED), await years.verdict(key)) == (1, "VALID")


async def test_a_lost_payment_is_found_before_anything_is_taken_away(years: Years) -> None:
    customer, license_id, key = await years.bought()
    await years.to_renewal(customer, FAILING)
    case = await years.case()
    await drop_events(years)
    await years.pay_with(GOOD)
    await years.stripe_post(f"invoices/{case.stripe_invoice_id}/pay")
    await years.go(5 * DAY, step=5 * DAY)
    assert (await years.case()).stage is CaseStage.GRACE, "nobody has told us"
    await years.go_to(case.suspend_at + HOUR)
    assert [case.stage for case in await years.cases()] == [CaseStage.RECOVERED]
    assert (await years.verdict(key), await years.panel_status(license_id)) == ("VALID", "active")
    assert await years.count(customer, "is suspended") == 0


async def test_a_worker_that_dies_while_it_ends_a_subscription_is_followed_by_another(years: Years) -> None:
    customer, license_id, key = await years.bought()
    await years.to_renewal(customer, FAILING)
    dying = Dying(years.world.worker.get(DunningProvider))
    years.world.worker.put(DunningProvider, dying)
    case = await years.case()
    await years.go_to(case.suspend_at + HOUR)
    with pytest.raises(RuntimeError, match="killed"):
        await years.go_to(case.cancel_at + HOUR)
    await years.listen()
    assert (await years.case()).stage is CaseStage.CANCELLING
    # Voided and cancelled at Stripe, whose events are heard: none of that may look like a payment.
    await years.go(HOUR)
    assert [case.stage for case in await years.cases()] == [CaseStage.CANCELLED]
    assert (await years.verdict(key), await years.panel_status(license_id)) == ("CANCELLED", "suspended")
    assert await years.count(customer, "has ended") == 1


async def test_money_that_comes_while_the_subscription_is_being_ended_wins(years: Years) -> None:
    customer, license_id, key = await years.bought()
    await years.to_renewal(customer, FAILING)
    case = await years.case()
    assert case.stripe_invoice_id is not None
    await years.go_to(case.suspend_at + HOUR)
    await years.pay_with(GOOD)
    real = years.world.worker.get(DunningProvider)
    years.world.worker.put(DunningProvider, Overtaken(real, years, case.stripe_invoice_id))
    await years.go_to(case.cancel_at + HOUR)
    assert [case.stage for case in await years.cases()] == [CaseStage.RECOVERED]
    (subscription,) = await years.world.stripe("subscriptions", status="all")
    assert subscription["status"] == "active"
    assert (await years.verdict(key), await years.panel_status(license_id)) == ("VALID", "active")


async def test_a_subscription_that_is_cancelled_ends_with_its_period(years: Years) -> None:
    customer, license_id, key = await years.bought()
    (subscription,) = await years.world.stripe("subscriptions")
    await years.stripe_post(f"subscriptions/{subscription['id']}", cancel_at_period_end="true")
    await years.listen()
    assert await years.verdict(key) == "VALID"
    await years.to_renewal(customer, GOOD)
    assert (await years.verdict(key), await years.panel_status(license_id)) == ("EXPIRED", "suspended")
    (mail,) = [subject for subject in await years.subjects(customer) if "has ended" in subject]
    assert mail.startswith("The subscription of your license")
    await years.go(29 * DAY, step=10 * DAY)
    assert await years.panel_status(license_id) == "suspended"
    await years.go(2 * DAY)
    assert await years.panel_status(license_id) == "terminated"
    assert await years.verdict(key) == "CANCELLED"


async def test_many_failures_at_once_wait_for_a_person(years: Years) -> None:
    settings = years.world.settings
    limited = settings.model_copy(update={"dunning_brake_accounts": 1})
    years.world.worker.put(type(settings), limited)
    bought: list[Any] = []
    customers = [await years.world.customer() for _ in range(2)]
    for customer in customers:
        await years.world.buy(customer, MONTHLY)
        bought.append(((await years.license(customer))["id"], await years.key(customer)))
    await years.to_renewal(customers[0], FAILING)
    await years.go_to((await years.case()).suspend_at + HOUR)
    async with years.world.database.transaction(Subject.system()) as session:
        brake = (await session.scalars(select(DunningBrake))).one()
    assert (brake.status, brake.account_count) == (BrakeStatus.PENDING, 2)
    for license_id, key in bought:
        assert (await years.verdict(key), await years.panel_status(license_id)) == ("IN_GRACE", "active")
