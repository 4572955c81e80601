"""Kill -9, while orders stand at every boundary of their way: each ends delivered, and nothing happened twice."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable

import pytest

from tests.faults.gates import BOUNDARIES, MAIL_SENT, Boundary, Gates, gates
from tests.faults.ledger import Purchase, all_settled, balance, check_exactly_once, place
from tests.faults.stack import Stack

COST_OF_COM = 1028


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

    await _until_nobody_misses(stack, held)
    return purchases


async def _kill_worker(stack: Stack, held: Gates) -> None:
    worker = stack.services["worker"]
    worker.kill()
    await held.open_all()
    await stack.end_worker_connections()
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


# Where the worker dies one time after the other; only the dead one knew how far it had come.
IN_TURN = (
    ("order becoming paid",),
    ("issue_license worked, not written down", "domain bought, not written down"),
    ("provision_account worked, not written down",),
    ("dns_zone worked, not written down",),
    ("welcome_mail worked, not written down",),
)


@pytest.mark.usefixtures("gated")
async def test_one_order_outlives_a_worker_at_every_step_in_turn(stack: Stack) -> None:
    before = await balance(stack)
    worker = stack.services["worker"]
    purchase = await place(stack, f"in-turn-{uuid.uuid4().hex[:8]}.com")
    paid = False
    for names in IN_TURN:
        async with gates(stack) as held:
            for boundary in (boundary for boundary in BOUNDARIES if boundary.name in names):
                await held.shut(boundary, _owner(boundary, purchase))
            if paid:
                worker.start()
            else:
                paid = (await stack.pay(purchase.placed)).status_code == 200
            await _until_nobody_misses(stack, held)
            worker.kill()
            await stack.end_worker_connections()
            await stack.end_leases()
    worker.start()
    await all_settled(stack, [purchase])
    await check_exactly_once(stack, [purchase])
    assert before - await balance(stack) == COST_OF_COM
    order = await stack.show(purchase.customer, purchase.order_id)
    assert min(step["attempts"] for step in order["steps"]) > 1


async def _until_nobody_misses(stack: Stack, held: Gates) -> None:
    """Wait until somebody stands at every gate that is shut."""

    async def all_there() -> bool:
        return not await held.deserted()

    try:
        await stack.until("somebody at every gate", all_there, pause=0.1)
    except AssertionError as error:
        raise AssertionError(f"nobody at {await held.deserted()}") from error


@pytest.mark.usefixtures("gated")
async def test_a_mail_that_was_on_its_way_comes_once_or_with_the_same_id(stack: Stack) -> None:
    """A relay that had not said yes gets the mail again; one that had gets a copy that it can tell by its id."""
    before_yes, after_yes = [await place(stack, f"mail-{uuid.uuid4().hex[:8]}.com") for _ in range(2)]
    worker = stack.services["worker"]
    async with gates(stack) as held:
        recipient = before_yes.customer.email
        # The receipt is the first of the two mails that the payment brings about.
        await stack.fault("smtp", "data", "slow", seconds=60, match={"recipient": recipient})
        await held.shut(MAIL_SENT, after_yes.user_id)
        for purchase in (before_yes, after_yes):
            assert (await stack.pay(purchase.placed)).status_code == 200
        await _until_nobody_misses(stack, held)

        async def sending() -> bool:
            query = "SELECT count(*) FROM email_messages WHERE to_address = %s AND status = 'sending'"
            return int(await stack.one(query, recipient)) == 1

        await stack.until("a mail on the wire", sending)
        worker.kill()
        await held.open_all()
        await stack.end_worker_connections()
        await stack.end_leases()
        worker.start()
    await all_settled(stack, [before_yes, after_yes])
    await check_exactly_once(stack, [before_yes])
    copies = [mail for mail in await stack.mails(after_yes.customer.email) if "eceipt" in mail["subject"]]
    ids = {(await stack.mail_headers(mail["id"]))["Message-ID"] for mail in copies}
    assert (len(copies), len(ids)) == (2, 1)
