"""Kill -9, while orders stand at every boundary of their way: each ends delivered, and nothing happened twice."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable

import pytest

from tests.faults.gates import BOUNDARIES, Boundary, Gates, build_gates, gates
from tests.faults.ledger import Purchase, all_settled, balance, check_exactly_once, describe, place
from tests.faults.stack import Stack

COST_OF_COM = 1028


@pytest.fixture(scope="session")
async def gated(house: Stack) -> None:
    await build_gates(house)


def _owner(boundary: Boundary, purchase: Purchase) -> str:
    return {"user_id": purchase.user_id, "email": purchase.customer.email, "domain": purchase.domain}[boundary.owner]


async def _spread(stack: Stack, held: Gates) -> list[Purchase]:
    """Bring one order to each boundary, where it stands."""
    run = uuid.uuid4().hex[:8]
    names = [f"kill-{run}-{number}.com" for number in range(len(BOUNDARIES))]
    purchases = await asyncio.gather(*(place(stack, name) for name in names))
    for boundary, purchase in zip(BOUNDARIES, purchases, strict=True):
        await held.shut(boundary, _owner(boundary, purchase))
    for answer in await asyncio.gather(*(stack.pay(purchase.placed) for purchase in purchases)):
        assert answer.status_code == 200, answer.text

    async def all_there() -> bool:
        return not await held.deserted()

    try:
        await stack.until("an order at every boundary", all_there, seconds=120, pause=0.2)
    except AssertionError as error:
        raise AssertionError(f"nobody at {await held.deserted()}; {await describe(stack, purchases)}") from error
    return purchases


async def _kill_worker(stack: Stack, held: Gates) -> None:
    worker = stack.services["worker"]
    worker.kill()
    await held.open_all()
    await stack.settle_worker_connections()
    await stack.end_leases()
    worker.start()


async def _kill_postgres(stack: Stack, held: Gates) -> None:
    await stack.close()
    stack.server.kill()
    await asyncio.to_thread(stack.server.start)
    await stack.end_leases()


def _kill(name: str) -> Callable[[Stack, Gates], Awaitable[None]]:
    async def kill(stack: Stack, held: Gates) -> None:
        part = stack.parts[name]
        part.kill()
        # The others meet nobody for a while.
        await held.open_all()
        await asyncio.sleep(0.5)
        await asyncio.to_thread(part.start)
        await stack.ready()

    return kill


KILLS: dict[str, Callable[[Stack, Gates], Awaitable[None]]] = {
    "worker": _kill_worker,
    "postgres": _kill_postgres,
    **{name: _kill(name) for name in ("api", "beat", "redis", "sandbox", "panel")},
}


@pytest.mark.parametrize("victim", KILLS)
@pytest.mark.usefixtures("gated")
async def test_every_order_is_delivered_once(stack: Stack, victim: str) -> None:
    before = await balance(stack)
    async with gates(stack) as held:
        purchases = await _spread(stack, held)
        await KILLS[victim](stack, held)
        await all_settled(stack, purchases)
    await check_exactly_once(stack, purchases)
    assert before - await balance(stack) == COST_OF_COM * len(purchases)
