"""Every type of event that is handled: forged, repeated, at once, and about something that nobody knows."""

import asyncio

from sqlalchemy import select

from billing.inbound.models import EventStatus, WebhookEvent
from billing.inbound.ports import EventHandlers
from billing.kit.db import Subject
from tests.hostile import changes, row_counts
from tests.stripe_events import make_event, send_event
from tests.world import World

# What Stripe names in an event of each kind beside its id; nothing of it exists.
STRANGER = {"customer": "cus_nobody", "payment_intent": "pi_nobody", "balance_transaction": "txn_nobody"}


async def test_no_type_can_be_forged(world: World) -> None:
    before = await row_counts(world.database)
    for kind in world.worker.get(EventHandlers).types:
        body = make_event(kind, {"id": "x_nobody", **STRANGER})
        for signed in ({"secret": "whsec_wrong"}, {"at": 1_000_000_000}):
            assert (await send_event(world.http, body, **signed)).status_code == 400, kind
    await world.sweep()
    assert changes(before, await row_counts(world.database)) == {}


async def test_events_about_nobody_five_times_at_once_are_one_and_have_no_effect(world: World) -> None:
    types = world.worker.get(EventHandlers).types
    assert len(types) > 20
    before = await row_counts(world.database)
    for kind in types:
        body = make_event(kind, {"id": f"x_{kind.replace('.', '_')}", **STRANGER}, event_id=f"evt_{kind}")
        answers = await asyncio.gather(*(send_event(world.http, body) for _ in range(5)))
        assert {answer.status_code for answer in answers} == {200}, kind
        assert sum(answer.json()["new"] for answer in answers) == 1, kind
    await world.drain()
    await world.sweep()
    for kind in types:
        repeated = make_event(kind, {"id": "x_other", **STRANGER}, event_id=f"evt_{kind}")
        assert (await send_event(world.http, repeated)).json()["new"] is False, kind
    async with world.database.transaction(Subject.system()) as session:
        rows = (await session.execute(select(WebhookEvent).order_by(WebhookEvent.id))).scalars().all()
    odd = [(row.event_type, row.status, row.error_message) for row in rows if row.status is not EventStatus.IGNORED]
    assert odd == []
    assert set(changes(before, await row_counts(world.database))) == {"webhook_events"}
