"""Whatever line the process dies at, the customer ends with one domain and we with one charge."""

from datetime import timedelta
from typing import cast

import pytest

from billing.domains.actions.register import register_domain
from billing.domains.commands import RegisterDomain, RegistrationPolicy
from billing.domains.models import OperationState
from billing.domains.outcomes import Confirmed, Pending
from billing.domains.ports import Registrar
from billing.kit.db import Database
from service_kit.clock import FixedClock
from tests.registrars.mortal import Fate, Killed, MortalDatabase, MortalRegistrar
from tests.registrars.test_register_domain import domains_in, operation_of, sold
from tests.registrars.worlds import World

POLICY = RegistrationPolicy(recheck_delay=timedelta(minutes=3))


async def run(
    database: Database, registrar: Registrar, clock: FixedClock, command: RegisterDomain, fate: Fate
) -> Confirmed | None:
    """Call until it is settled; None when fate ends the run."""
    mortal = cast("Registrar", MortalRegistrar(registrar, fate))
    for _ in range(6):
        try:
            outcome = await register_domain(MortalDatabase(database, fate), mortal, clock, command, POLICY)
        except Killed:
            return None
        if isinstance(outcome, Confirmed):
            return outcome
        assert isinstance(outcome, Pending)
        clock.advance(outcome.retry_at - clock.now())
    pytest.fail("never settled")


async def test_killed_at_every_boundary(shop: Database, registrar: Registrar, clock: FixedClock, world: World) -> None:
    rehearsal = Fate()
    assert await run(shop, registrar, clock, await sold(shop, "rehearsal.com"), rehearsal) is not None
    assert {"before register", "after register"} <= set(rehearsal.passed)
    assert rehearsal.passed.count("after commit") >= 4
    for number, boundary in enumerate(rehearsal.passed):
        name = f"killed-{number}.com"
        command = await sold(shop, name)
        balance = await world.balance()
        assert await run(shop, registrar, clock, command, Fate(dies_at=number)) is None
        outcome = await run(shop, registrar, clock, command, Fate())
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
        if await run(shop, registrar, clock, command, Fate(dies_at=number)) is not None:
            break
    assert await run(shop, registrar, clock, command, Fate()) is not None
    assert balance - await world.balance() == 1028
    assert await world.registered() == ["stubborn.com"]
