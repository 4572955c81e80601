"""The second year: a paid renewal extends the license once, whatever else is sent about it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import func, select

from billing.inbound.models import EventStatus, WebhookEvent
from billing.kit.db import Subject
from billing.orders.models import Order
from billing.payments.models import Payment
from tests.hostile import changes, row_counts
from tests.stripe_events import make_event, send_event
from tests.subscriber import Subscriber
from tests.world import World
from tests.years import MONTHLY, Years

YEARLY = {**MONTHLY, "interval": "year"}


@pytest.fixture
async def years(world: World) -> AsyncIterator[Years]:
    built = Years(world)
    yield built
    await built.aclose()


async def deliver(world: World, kind: str, snapshot: dict[str, Any], **named: Any) -> None:
    assert (await send_event(world.http, make_event(kind, snapshot, **named))).status_code == 200
    await world.drain()


async def test_first_year_and_second(years: Years) -> None:
    ada = await Subscriber.with_plan(years, YEARLY)
    first = await ada.license()
    (first_invoice,) = await years.world.stripe("invoices")
    await ada.renewal()

    second = await ada.license()
    assert second["expiry_date"] == (await ada.subscription())["current_period_end"] > first["expiry_date"]
    assert (second["id"], second["status"], second["last4"]) == (first["id"], "active", first["last4"])
    invoices = await ada.invoices()
    assert [(invoice["status"], invoice["total_amount"]) for invoice in invoices] == [("paid", 29_000)] * 2
    assert len({invoice["number"] for invoice in invoices}) == 2

    renewal, _ = await years.world.stripe("invoices")
    for _ in range(3):
        await deliver(years.world, "invoice.paid", {"id": renewal["id"]}, event_id="evt_renewed")
    await deliver(years.world, "invoice.paid", {"id": renewal["id"]})
    # An old event that comes late is about the first year, and that is settled.
    await deliver(years.world, "invoice.paid", {"id": first_invoice["id"]})
    assert await ada.license() == second
    async with years.world.database.transaction(Subject.system()) as session:
        amounts = (await session.scalars(select(Payment.amount))).all()
        orders = (await session.scalars(select(func.count()).select_from(Order))).one()
        statuses = await session.scalars(select(WebhookEvent.status).where(WebhookEvent.event_type == "invoice.paid"))
        assert set(statuses) <= {EventStatus.PROCESSED, EventStatus.IGNORED}
    assert (list(amounts), orders) == ([29_000, 29_000], 1)


async def test_events_about_things_that_are_not_ours_do_nothing(years: Years) -> None:
    ada = await Subscriber.with_plan(years, YEARLY)
    before = await ada.license()
    world = years.world
    rows = await row_counts(world.database)
    for kind, snapshot in (
        ("customer.subscription.updated", {"id": "sub_of_somebody"}),
        ("customer.subscription.deleted", {"id": 7}),
        ("customer.subscription.paused", {}),
        ("setup_intent.succeeded", {"id": "seti_of_somebody"}),
        ("invoice.paid", {}),
        ("invoice.paid", {"id": None}),
        ("invoice.payment_failed", {"id": ["in_1"]}),
    ):
        await deliver(world, kind, snapshot)
    assert changes(rows, await row_counts(world.database)) == {"webhook_events": 7}
    assert await ada.license() == before
