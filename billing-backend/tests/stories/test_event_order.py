"""Whatever order the events of a first payment come in, how often, and whichever get lost: one state."""

import itertools
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from billing.kit.db import Subject
from tests.stripe_events import make_event, send_event
from tests.world import World
from tests.years import MONTHLY, Years

# What is left of the rows once ids of ours and times are taken away.
STATE = {
    "orders": "status, total_amount, paid_at IS NOT NULL",
    "subscriptions": "status, interval, license_id IS NOT NULL, current_period_end IS NOT NULL, cancelled_at",
    "licenses": "status, license_type, entitlements_version",
    "invoices": "status, total_amount, amount_paid, billing_reason",
    "payments": "status, amount, license_id IS NOT NULL",
    "fulfillment_steps": "kind, status",
    "subscription_changes": "status",
}


@pytest.fixture
async def years(world: World) -> AsyncIterator[Years]:
    """Time passes in these tests, and the panel has to bear it."""
    built = Years(world)
    yield built
    await built.aclose()


async def state_of(world: World, email: str) -> dict[str, Any]:
    """Return what a customer has, without what is another in each run."""
    found: dict[str, Any] = {}
    async with world.database.transaction(Subject.system()) as session:
        for table, columns in STATE.items():
            query = text(f"SELECT {columns} FROM {table} WHERE user_id = (SELECT id FROM users WHERE email = :email)")
            found[table] = sorted(map(str, await session.execute(query, {"email": email})))
    return found


async def pay_in_silence(world: World) -> tuple[str, list[dict[str, Any]]]:
    """Buy with every event lost; return the customer's address and what was sent."""
    customer = await world.customer()
    await world.fault("stripe", "delivery", "drop_delivery", times=60)
    known = {event["id"] for event in await world.stripe("events")}
    placed = await world.order(customer, MONTHLY)
    assert (await world.pay(placed)).status_code == 200
    events = [event for event in await world.stripe("events") if event["id"] not in known]
    answer = await world.http.delete(f"{world.sandbox_url}/admin/faults")
    assert answer.status_code < 300, answer.text
    return customer.email, events


async def play(world: World, events: list[dict[str, Any]]) -> None:
    """Deliver in this order, then let the sweep take up what had to wait."""
    for event in events:
        body = make_event(event["type"], event["data"]["object"], event_id=event["id"])
        assert (await send_event(world.http, body)).status_code == 200
        await world.drain()
    world.clock.advance(world.settings.sweep_settle * 20)
    await world.sweep()


async def test_every_order_of_the_create_and_pay_set_leads_to_one_state(years: Years) -> None:
    world = years.world
    states: list[dict[str, Any]] = []
    telling = {"customer.subscription.created", "customer.subscription.updated", "invoice.finalized", "invoice.paid"}
    _, first = await pay_in_silence(world)
    size = sum(event["type"] in telling for event in first)
    for order in itertools.permutations(range(size)):
        email, events = await pay_in_silence(world)
        rest = [event for event in events if event["type"] not in telling]
        told = [event for event in events if event["type"] in telling]
        await play(world, [told[index] for index in order] + rest)
        states.append(await state_of(world, email))
        assert states[-1] == states[0]
    assert states[0]["orders"] == [str(("fulfilled", 2_900, True))]


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), copies=st.integers(1, 3), lost=st.integers(0, 6))
async def test_shuffled_doubled_and_lost_events_lead_to_the_same_state(
    years: Years, seed: int, copies: int, lost: int
) -> None:
    world = years.world
    email, events = await pay_in_silence(world)
    dice = random.Random(seed)
    paid = [event for event in events if event["type"] == "invoice.paid"]
    others = [event for event in events if event["type"] != "invoice.paid"]
    dice.shuffle(others)
    played = (paid + others[lost:]) * copies
    dice.shuffle(played)
    await play(world, played)
    state = await state_of(world, email)
    assert state["orders"] == [str(("fulfilled", 2_900, True))]
    assert state["licenses"] == [str(("active", "starter", 0))]
    assert state["subscriptions"] == [str(("active", "month", True, True, None))]
    assert len(state["invoices"]) == len(state["payments"]) == 1
