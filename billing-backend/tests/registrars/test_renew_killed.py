"""Whatever line the process dies at, the customer ends with one more year and we with one charge."""

from billing.domains.actions.renew import renew_domain
from billing.domains.models import OperationState
from billing.domains.ports import Registrar
from billing.kit.db import Database
from service_kit.clock import FixedClock
from tests.registrars.mortal import Fate, run
from tests.registrars.test_renew_domain import COST, a_year_after, expiry_at, held, operation_of
from tests.registrars.worlds import World


async def test_killed_at_every_boundary(shop: Database, registrar: Registrar, clock: FixedClock, world: World) -> None:
    rehearsal = Fate()
    assert (
        await run(renew_domain, shop, registrar, clock, await held(shop, registrar, "rehearsal.com"), rehearsal)
        is not None
    )
    assert {"before renew", "after renew"} <= set(rehearsal.passed)
    assert rehearsal.passed.count("after commit") >= 4
    for number, boundary in enumerate(rehearsal.passed):
        command = await held(shop, registrar, f"killed-{number}.com")
        balance = await world.balance()
        assert await run(renew_domain, shop, registrar, clock, command, Fate(dies_at=number)) is None
        outcome = await run(renew_domain, shop, registrar, clock, command, Fate())
        assert outcome is not None, boundary
        assert balance - await world.balance() == COST, boundary
        expected = a_year_after(command.renews_from)
        assert await expiry_at(registrar, command.domain_name) == outcome.domain.expiry_date == expected, boundary
        assert (await operation_of(shop, command)).state is OperationState.CONFIRMED


async def test_killed_again_and_again(shop: Database, registrar: Registrar, clock: FixedClock, world: World) -> None:
    command = await held(shop, registrar, "stubborn.com")
    balance = await world.balance()
    for number in range(16):
        if await run(renew_domain, shop, registrar, clock, command, Fate(dies_at=number)) is not None:
            break
    assert await run(renew_domain, shop, registrar, clock, command, Fate()) is not None
    assert balance - await world.balance() == COST
    assert await expiry_at(registrar, "stubborn.com") == a_year_after(command.renews_from)
