"""Whatever line the process dies at, the customer ends with one domain and we with one charge."""

from billing.domains.actions.register import register_domain
from billing.domains.models import OperationState
from billing.domains.ports import Registrar
from billing.kit.db import Database
from service_kit.clock import FixedClock
from tests.registrars.mortal import Fate, run
from tests.registrars.test_register_domain import domains_in, operation_of, sold
from tests.registrars.worlds import World


async def test_killed_at_every_boundary(shop: Database, registrar: Registrar, clock: FixedClock, world: World) -> None:
    rehearsal = Fate()
    assert await run(register_domain, shop, registrar, clock, await sold(shop, "rehearsal.com"), rehearsal) is not None
    assert {"before register", "after register"} <= set(rehearsal.passed)
    assert rehearsal.passed.count("after commit") >= 4
    for number, boundary in enumerate(rehearsal.passed):
        name = f"killed-{number}.com"
        command = await sold(shop, name)
        balance = await world.balance()
        assert await run(register_domain, shop, registrar, clock, command, Fate(dies_at=number)) is None
        outcome = await run(register_domain, shop, registrar, clock, command, Fate())
        assert outcome is not None, boundary
        assert outcome.domain.domain_name == name
        assert balance - await world.balance() == 1028, boundary
        assert (await world.registered()).count(name) == 1, boundary
        assert (await operation_of(shop, command)).state is OperationState.CONFIRMED
    assert len(await domains_in(shop)) == len(rehearsal.passed) + 1


async def test_killed_again_and_again(shop: Database, registrar: Registrar, clock: FixedClock, world: World) -> None:
    command = await sold(shop, "stubborn.com")
    balance = await world.balance()
    for number in range(14):
        if await run(register_domain, shop, registrar, clock, command, Fate(dies_at=number)) is not None:
            break
    assert await run(register_domain, shop, registrar, clock, command, Fate()) is not None
    assert balance - await world.balance() == 1028
    assert await world.registered() == ["stubborn.com"]
