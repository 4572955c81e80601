"""Redis is a convenience: dead, empty or hanging, the shop goes on, and what was ordered is delivered."""

import asyncio
import json
import signal
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from testkit.processes import PATIENCE
from tests.faults.ledger import Purchase, all_settled, check_exactly_once, place
from tests.faults.stack import Stack
from tests.storefront import PASSWORD


def _kill(stack: Stack) -> None:
    stack.redis.kill()


def _freeze(stack: Stack) -> None:
    assert stack.redis.process is not None
    stack.redis.process.signal(signal.SIGSTOP)


@pytest.fixture
def healed(stack: Stack) -> Iterator[Stack]:
    """The house, whose Redis is put right afterwards whatever a test did to it."""
    yield stack
    _heal(stack)


def _heal(stack: Stack) -> None:
    process = stack.redis.process
    if process is not None and process.is_running():
        process.signal(signal.SIGCONT)
    else:
        stack.redis.start()


@pytest.mark.parametrize("hurt", [_kill, _freeze], ids=["dead", "hanging"])
async def test_a_checkout_without_redis(healed: Stack, hurt: Callable[[Stack], None]) -> None:
    stack = healed
    customer = await stack.customer()
    hurt(stack)
    customer.token = await stack.log_in(customer.email, PASSWORD)
    purchase = await place(stack, f"no-redis-{uuid.uuid4().hex[:8]}.com", customer=customer)
    assert (await stack.pay(purchase.placed)).status_code == 200

    async def stored() -> bool:
        query = "SELECT count(*) FROM webhook_events WHERE payload #>> '{data,object,customer_email}' = %s"
        return int(await stack.one(f"{query} AND event_type = 'invoice.paid'", customer.email)) == 1

    await stack.until("the event is stored", stored)
    assert (await _first_event(stack, purchase))["status"] == "awaiting_payment"
    await asyncio.sleep(3)
    assert (await stack.show(customer, purchase.order_id))["status"] == "awaiting_payment"

    _heal(stack)
    await all_settled(stack, [purchase])
    await check_exactly_once(stack, [purchase])


async def _first_event(stack: Stack, purchase: Purchase) -> dict[str, Any]:
    """Return what the live events of an order say first."""
    url = f"/api/v1/orders/{purchase.order_id}/events"
    async with stack.http.stream("GET", url, headers=purchase.customer.headers, timeout=PATIENCE) as answer:
        assert answer.status_code == 200
        async for line in answer.aiter_lines():
            if line.startswith("data: "):
                order: dict[str, Any] = json.loads(line.removeprefix("data: "))
                return order
    raise AssertionError("the stream ended without an event")


async def test_a_worker_listens_again_after_redis_was_away(healed: Stack) -> None:
    """Without beat there is no sweep: what is delivered then was delivered by messages."""
    stack = healed
    stack.redis.kill()
    await asyncio.sleep(3)
    stack.redis.start()
    first = await place(stack, f"listens-{uuid.uuid4().hex[:8]}.com")
    assert (await stack.pay(first.placed)).status_code == 200
    await all_settled(stack, [first])

    stack.services["beat"].kill()
    second = await place(stack, f"listens-{uuid.uuid4().hex[:8]}.com")
    assert (await stack.pay(second.placed)).status_code == 200
    await stack.fulfilled(second.customer, second.order_id)
    stack.services["beat"].start()
    await all_settled(stack, [second])
    await check_exactly_once(stack, [first, second])
