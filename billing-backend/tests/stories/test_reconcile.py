"""Events that never came: reconciling finds what they would have told, does it, and says so; the books agree."""

import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from billing import maintenance
from billing.accounts.permissions import Role
from billing.flows.reconcile.books import import_movements
from billing.flows.reconcile.models import ObjectKind, ReconcileFinding
from billing.flows.reconcile.run import reconcile
from billing.kit.db import Subject
from billing.ledger.facts import Customer, PaymentFact
from billing.ledger.models import Account, SubscriptionHistory
from billing.ledger.service import post_payment
from billing.ledger.tasks import earn_revenue
from billing.panels.models import PanelAccount, PanelAccountStatus
from tests.books import assert_books_are_stripes, books
from tests.factories_licenses import make_person
from tests.subscriber import Subscriber
from tests.world import World
from tests.years import FAILING, MONTHLY, Years

PRICE = 2_900


@pytest.fixture
async def years(world: World) -> AsyncIterator[Years]:
    built = Years(world)
    yield built
    await built.aclose()


async def run(world: World) -> list[ReconcileFinding]:
    """Reconcile once; return what was found, oldest first. The panel still has the accounts of other stories."""
    run_id = await reconcile(world.worker, started_by="command")
    await world.drain()
    async with world.database.transaction(Subject.system()) as session:
        found = select(ReconcileFinding).where(ReconcileFinding.run_id == run_id).order_by(ReconcileFinding.id)
        own = {str(license_id) for license_id in (await session.execute(select(PanelAccount.license_id))).scalars()}
        findings = (await session.execute(found)).scalars().all()
    return [row for row in findings if row.object_kind is not ObjectKind.PANEL_ACCOUNT or row.external_id in own]


async def lose_every_event(world: World) -> None:
    await world.fault("stripe", "delivery", "drop_delivery", times=1000)


async def test_a_renewal_nobody_told_us_of_is_repaired_within_one_run(years: Years) -> None:
    world = years.world
    ada = await Subscriber.with_plan(years, MONTHLY)
    before = await ada.license()
    await lose_every_event(world)
    await years.go(timedelta(days=32), step=timedelta(days=32))
    assert (await ada.license())["expiry_date"] == before["expiry_date"]
    assert len(await ada.invoices()) == 1

    found = await run(world)
    assert {(row.object_kind.value, row.list.value) for row in found} >= {("invoice", "only_there")}
    assert all(row.is_repaired for row in found), [(row.object_kind, row.outcome, row.detail) for row in found]
    assert (await ada.license())["expiry_date"] > before["expiry_date"]
    assert [invoice["status"] for invoice in await ada.invoices()] == ["paid", "paid"]
    await assert_books_are_stripes(world)
    assert await run(world) == []


async def test_what_the_books_hold_and_stripe_does_not_is_told_by_invoice(years: Years) -> None:
    world = years.world
    await years.stripe_settings(after_retries="past_due", retry_days=[1, 3])
    ada = await Subscriber.with_plan(years, MONTHLY)
    waiting = await Subscriber.with_plan(years, MONTHLY)
    # An order at the checkout owes nothing yet.
    await waiting.call("POST", "orders", {"currency": "USD", "items": [MONTHLY]})
    await years.pay_with(FAILING)
    await ada.renewal()
    assert await run(world) == []
    owed = (await ada.invoices())[0]
    assert (owed["status"], owed["amount_due"]) == ("open", PRICE)

    await lose_every_event(world)
    (at_stripe, *_) = [row for row in await world.stripe("invoices", status="open") if row["number"] == owed["number"]]
    user_id = uuid.UUID((await ada.call("GET", "me"))["id"])
    async with world.database.transaction(Subject.system()) as session:
        # A payment that Stripe knows nothing of, as a mistake of ours would book one.
        paid = PaymentFact("pi_made_up", at_stripe["id"], 400, "USD", years.now)
        await post_payment(session, Customer(user_id), paid)
    found = [row for row in await run(world) if row.object_kind is ObjectKind.LEDGER]
    assert [(row.external_id, row.detail["amount"], row.is_repaired) for row in found] == [
        (f"receivable:{at_stripe['id']}", {"there": PRICE, "here": PRICE - 400}, False),
        ("cash:USD", {"there": (await held(world)), "here": (await held(world)) + 400}, False),
    ]


async def held(world: World) -> int:
    return sum(row["net"] for row in await world.stripe("balance_transactions"))


async def test_the_fee_is_booked_with_its_payment_and_by_the_import_when_the_event_was_lost(years: Years) -> None:
    world = years.world
    ada = await Subscriber.with_plan(years, MONTHLY)
    fee = sum(row["fee"] for row in await world.stripe("balance_transactions"))
    assert (await books(world))[Account.FEES] == fee > 0
    await assert_books_are_stripes(world)

    await world.fault("stripe", "delivery", "drop_delivery", match={"type": "charge.succeeded"}, times=10)
    await ada.renewal()
    fees = sum(row["fee"] for row in await world.stripe("balance_transactions"))
    assert fees > fee
    await import_movements(world.worker, years.now - timedelta(days=2))
    assert (await books(world))[Account.FEES] == fees
    assert await import_movements(world.worker, None) == 0
    await assert_books_are_stripes(world)


async def test_the_books_follow_a_life_of_payments_changes_and_refunds(years: Years) -> None:
    world = years.world
    ada = await Subscriber.with_plan(years, MONTHLY)
    await years.go(timedelta(days=10), step=timedelta(days=10))
    await ada.confirm(await ada.quote("professional"))
    await years.go(timedelta(days=25), step=timedelta(days=5))
    await maintenance.tidy(world.worker)
    await run(world)
    await assert_books_are_stripes(world)

    async with world.database.transaction(Subject.system()) as session:
        history = (await session.execute(select(SubscriptionHistory).order_by(SubscriptionHistory.id))).scalars().all()
    assert [(row.plan_code, row.interval, row.status, row.amount) for row in history] == [
        ("starter", "month", "active", PRICE),
        ("professional", "month", "active", 9_900),
    ]
    # Far later all that was paid for is used up: what was deferred is earned to the cent.
    paid = sum(invoice["total"] for invoice in await world.stripe("invoices") if invoice["status"] == "paid")
    world.clock.advance(timedelta(days=70))
    await earn_revenue(world.worker)
    accounts = await books(world)
    assert accounts.get(Account.REVENUE_DEFERRED, 0) == 0
    assert accounts[Account.REVENUE_EARNED] == -paid


async def test_what_is_not_safe_is_reported_and_left_alone(years: Years) -> None:
    world = years.world
    ada = await Subscriber.with_plan(years, MONTHLY)
    license_id = (await ada.license())["id"]
    assert await run(world) == []
    async with world.database.transaction(Subject.system()) as session:
        account = (await session.execute(select(PanelAccount))).scalar_one()
        account.status = PanelAccountStatus.SUSPENDED
        account.updated_at = world.clock.now() - timedelta(days=1)
    (odd,) = await run(world)
    assert (odd.object_kind.value, odd.list.value, odd.external_id) == ("panel_account", "different", license_id)
    assert odd.detail == {"status": {"there": "active", "here": "suspended"}}
    assert not odd.is_repaired

    staff = await make_person(world.worker, role=Role.BILLING_ADMIN)
    runs: dict[str, Any] = (await world.http.get("/api/v1/admin/reconcile-runs", headers=staff.headers)).json()
    newest, oldest = runs["items"]
    assert newest["finding_count"] == oldest["finding_count"] + 1
    assert newest["repaired_count"] == 0
    path = f"/api/v1/admin/reconcile-runs/{newest['id']}/findings"
    for query, count in (("list=different", 1), ("list=only_here", 0), ("is_repaired=true", 0), ("kind=invoice", 0)):
        answer = await world.http.get(f"{path}?{query}", headers=staff.headers)
        assert len(answer.json()["items"]) == count, query
    missing = await world.http.get(f"/api/v1/admin/reconcile-runs/{license_id}/findings", headers=staff.headers)
    assert (missing.status_code, missing.json()["code"]) == (404, "reconcile_run_not_found")
