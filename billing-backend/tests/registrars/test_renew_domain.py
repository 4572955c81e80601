"""Renewing: exactly one more year, whatever happens, at no more than was quoted."""

import asyncio
import uuid
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from billing.accounts.models import User
from billing.domains.actions.renew import renew_domain
from billing.domains.commands import RegistrationPolicy, RenewDomain
from billing.domains.errors import OperationMismatch
from billing.domains.models import Domain, OperationState, RegistrarOperation
from billing.domains.outcomes import Confirmed, NeedsAttention, Pending, Refused
from billing.domains.ports import DomainStatus, Registrar
from billing.kit.db import Database, Subject
from billing.kit.money import Money
from service_kit.clock import FixedClock
from tests.registrars.worlds import World, order

POLICY = RegistrationPolicy(recheck_delay=timedelta(minutes=3))
COST = 1458


async def held(database: Database, registrar: Registrar, name: str) -> RenewDomain:
    """A domain of a new customer, at the registrar too, whose renewal has just been paid."""
    await registrar.register(order(name))
    facts = await registrar.get_domain(name)
    assert facts is not None
    user = User(email=f"{uuid.uuid4().hex}@customer.example", password_hash="-", full_name="Ada")
    async with database.transaction(Subject.system()) as session:
        session.add(user)
        await session.flush()
        session.add(
            Domain(
                user_id=user.id,
                domain_name=name,
                registrar=registrar.name,
                status=DomainStatus.ACTIVE,
                expiry_date=facts.expiry_date,
                nameservers=[],
            )
        )
    return RenewDomain(
        idempotency_key=f"renew-{uuid.uuid4()}",
        user_id=user.id,
        domain_name=name,
        years=1,
        expected_cost=Money(COST, "USD"),
        renews_from=facts.expiry_date,
    )


async def expiry_at(registrar: Registrar, name: str) -> date:
    facts = await registrar.get_domain(name)
    assert facts is not None
    return facts.expiry_date


async def operation_of(database: Database, command: RenewDomain) -> RegistrarOperation:
    async with database.transaction(Subject.system()) as session:
        statement = select(RegistrarOperation).where(RegistrarOperation.idempotency_key == command.idempotency_key)
        return (await session.scalars(statement)).one()


async def row_of(database: Database, name: str) -> Domain:
    async with database.transaction(Subject.system()) as session:
        return (await session.scalars(select(Domain).where(Domain.domain_name == name))).one()


def a_year_after(day: date | None, years: int = 1) -> date:
    assert day is not None
    return day.replace(year=day.year + years)


@pytest.fixture
async def command(shop: Database, registrar: Registrar) -> RenewDomain:
    return await held(shop, registrar, "example.com")


async def test_a_year_is_added_and_written_down(
    shop: Database, registrar: Registrar, clock: FixedClock, command: RenewDomain, world: World
) -> None:
    before = await world.balance()
    outcome = await renew_domain(shop, registrar, clock, command, POLICY)
    assert isinstance(outcome, Confirmed)
    domain = await row_of(shop, "example.com")
    assert domain.expiry_date == await expiry_at(registrar, "example.com") == a_year_after(command.renews_from)
    assert (domain.status, domain.synced_at) == (DomainStatus.ACTIVE, clock.now())
    journal = await operation_of(shop, command)
    assert (journal.state, journal.attempts, journal.previous_expiry) == (
        OperationState.CONFIRMED,
        1,
        command.renews_from,
    )
    assert journal.charged_amount == before - await world.balance() == COST
    # Again: answered from the books, with nobody to ask.
    await world.refuse_access()
    assert isinstance(await renew_domain(shop, registrar, clock, command, POLICY), Confirmed)
    with pytest.raises(OperationMismatch):
        await renew_domain(shop, registrar, clock, replace(command, years=2), POLICY)


@pytest.mark.parametrize("fault", ["lose_answer", "break_answer", "swallow"])
async def test_an_answer_that_is_lost_costs_one_year(
    shop: Database, registrar: Registrar, clock: FixedClock, command: RenewDomain, world: World, fault: str
) -> None:
    before = await world.balance()
    await getattr(world, fault)("renew")
    outcome = await renew_domain(shop, registrar, clock, command, POLICY)
    while isinstance(outcome, Pending):
        clock.advance(max(outcome.retry_at - clock.now(), timedelta(seconds=1)))
        outcome = await renew_domain(shop, registrar, clock, command, POLICY)
    assert isinstance(outcome, Confirmed)
    assert await expiry_at(registrar, "example.com") == a_year_after(command.renews_from)
    assert before - await world.balance() == COST
    assert await world.calls("renew") == (2 if fault == "swallow" else 1)
    assert (await operation_of(shop, command)).state is OperationState.CONFIRMED


async def test_a_call_without_answer_is_not_repeated_before_it_is_certain(
    shop: Database, registrar: Registrar, clock: FixedClock, command: RenewDomain, world: World
) -> None:
    await world.swallow("renew")
    for _ in range(4):
        outcome = await renew_domain(shop, registrar, clock, command, POLICY)
        assert isinstance(outcome, Pending)
        clock.advance(timedelta(seconds=30))
    assert await world.calls("renew") == 1


async def test_two_workers_at_once_renew_once(
    shop: Database, registrar: Registrar, clock: FixedClock, command: RenewDomain, world: World
) -> None:
    before = await world.balance()
    await asyncio.gather(*(renew_domain(shop, registrar, clock, command, POLICY) for _ in range(5)))
    clock.advance(timedelta(minutes=10))
    assert isinstance(await renew_domain(shop, registrar, clock, command, POLICY), Confirmed)
    assert before - await world.balance() == COST
    assert await world.calls("renew") == 1


async def test_who_pays_for_the_same_year_second_is_refused(
    shop: Database, registrar: Registrar, clock: FixedClock, command: RenewDomain, world: World
) -> None:
    second = replace(command, idempotency_key="another-order")
    await world.swallow("renew")
    assert isinstance(await renew_domain(shop, registrar, clock, command, POLICY), Pending)
    # The first is open: what the second would find could be the first one's doing.
    assert isinstance(await renew_domain(shop, registrar, clock, second, POLICY), Pending)
    clock.advance(timedelta(minutes=4))
    assert isinstance(await renew_domain(shop, registrar, clock, command, POLICY), Confirmed)
    refused = await renew_domain(shop, registrar, clock, second, POLICY)
    assert isinstance(refused, Refused)
    assert refused.code == "already_renewed"
    assert await expiry_at(registrar, "example.com") == a_year_after(command.renews_from)


async def test_the_next_order_starts_from_the_new_expiry(
    shop: Database, registrar: Registrar, clock: FixedClock, command: RenewDomain
) -> None:
    assert isinstance(await renew_domain(shop, registrar, clock, command, POLICY), Confirmed)
    expiry = (await row_of(shop, "example.com")).expiry_date
    later = replace(command, idempotency_key="next-year", renews_from=expiry, years=2, expected_cost=Money(2916, "USD"))
    assert isinstance(await renew_domain(shop, registrar, clock, later, POLICY), Confirmed)
    assert await expiry_at(registrar, "example.com") == a_year_after(command.renews_from, 3)


async def test_an_expired_domain_is_brought_back(
    shop: Database, registrar: Registrar, clock: FixedClock, command: RenewDomain, world: World
) -> None:
    await world.advance(timedelta(days=370))
    clock.advance(timedelta(days=370))
    outcome = await renew_domain(shop, registrar, clock, command, POLICY)
    assert isinstance(outcome, Confirmed)
    assert outcome.domain.status is DomainStatus.ACTIVE
    assert (await world.calls("reactivate"), await world.calls("renew")) == (1, 0)
    assert outcome.domain.expiry_date == a_year_after(command.renews_from)


async def test_what_can_never_be_renewed_is_refused_before_anything_is_sent(
    shop: Database, registrar: Registrar, clock: FixedClock, command: RenewDomain, world: World
) -> None:
    cases = {
        "price_changed": replace(command, expected_cost=Money(900, "USD")),
        "not_ours": replace(command, domain_name="somebody-elses.com"),
    }
    for code, one in cases.items():
        refused = await renew_domain(shop, registrar, clock, replace(one, idempotency_key=code), POLICY)
        assert isinstance(refused, Refused)
        assert refused.code == code
    assert await world.calls("renew") == 0
    too_long = replace(command, idempotency_key="long", years=10, expected_cost=Money(10 * COST, "USD"))
    refused = await renew_domain(shop, registrar, clock, too_long, POLICY)
    assert isinstance(refused, Refused)
    assert refused.code == "years_invalid"
    assert await expiry_at(registrar, "example.com") == command.renews_from


async def test_low_funds_wait_for_a_person_and_go_on(
    shop: Database, registrar: Registrar, clock: FixedClock, command: RenewDomain, world: World
) -> None:
    await world.set_balance(100)
    outcome = await renew_domain(shop, registrar, clock, command, POLICY)
    assert isinstance(outcome, NeedsAttention)
    assert outcome.code == "insufficient_funds"
    await world.set_balance(10_000)
    assert isinstance(await renew_domain(shop, registrar, clock, command, POLICY), Confirmed)


async def test_a_registrar_that_is_behind_with_its_own_pages(
    shop: Database, registrar: Registrar, clock: FixedClock, command: RenewDomain, world: World
) -> None:
    facts = await registrar.get_domain("example.com")
    assert facts is not None
    asked = 0
    real = registrar.get_domain

    async def behind(name: str) -> object:
        nonlocal asked
        asked += 1
        return facts if asked == 2 else await real(name)

    registrar.get_domain = behind  # type: ignore[method-assign, assignment] # the fault that the sandbox doesn't have
    outcome = await renew_domain(shop, registrar, clock, command, POLICY)
    assert isinstance(outcome, Confirmed)
    assert (outcome.domain.expiry_date, outcome.domain.synced_at) == (a_year_after(command.renews_from), None)
