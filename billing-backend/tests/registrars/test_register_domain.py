"""Registering: exactly once, whatever happens, at no more than was quoted."""

import asyncio
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from billing.accounts.models import User
from billing.domains.actions.register import register_domain
from billing.domains.commands import RegisterDomain, RegistrationPolicy
from billing.domains.errors import OperationMismatch
from billing.domains.models import Domain, OperationState, RegistrarOperation
from billing.domains.outcomes import Confirmed, NeedsAttention, Pending, Refused
from billing.domains.ports import DomainStatus, Registrar
from billing.kit.db import Database, Subject
from billing.kit.money import Money
from service_kit.clock import FixedClock
from tests.registrars.worlds import CONTACT, NAMESERVERS, World

POLICY = RegistrationPolicy(recheck_delay=timedelta(minutes=3))


@pytest.fixture
async def command(shop: Database) -> RegisterDomain:
    return await sold(shop, "example.com")


async def sold(database: Database, name: str) -> RegisterDomain:
    """What a customer has just paid for."""
    user = User(email=f"{uuid.uuid4().hex}@customer.example", password_hash="-", full_name="Ada")
    async with database.transaction(Subject.system()) as session:
        session.add(user)
        await session.flush()
    return RegisterDomain(
        idempotency_key=f"step-{uuid.uuid4()}",
        user_id=user.id,
        domain_name=name,
        years=1,
        contact=CONTACT,
        expected_cost=Money(1028, "USD"),
        nameservers=NAMESERVERS,
    )


async def operation_of(database: Database, command: RegisterDomain) -> RegistrarOperation:
    async with database.transaction(Subject.system()) as session:
        statement = select(RegistrarOperation).where(RegistrarOperation.idempotency_key == command.idempotency_key)
        return (await session.scalars(statement)).one()


async def domains_in(database: Database) -> list[Domain]:
    async with database.transaction(Subject.system()) as session:
        return list((await session.scalars(select(Domain))).all())


async def test_it_is_bought_and_written_down(
    shop: Database, registrar: Registrar, clock: FixedClock, command: RegisterDomain, world: World
) -> None:
    before = await world.balance()
    outcome = await register_domain(shop, registrar, clock, command, POLICY)
    assert isinstance(outcome, Confirmed)
    (domain,) = await domains_in(shop)
    assert (domain.user_id, domain.domain_name, domain.status) == (command.user_id, "example.com", DomainStatus.ACTIVE)
    assert (domain.registrar, domain.nameservers, domain.is_private) == (world.name, list(NAMESERVERS), True)
    assert domain.registration_date is not None
    assert domain.expiry_date == domain.registration_date.replace(year=domain.registration_date.year + 1)
    assert domain.synced_at == clock.now()
    journal = await operation_of(shop, command)
    assert journal.state is OperationState.CONFIRMED
    assert journal.attempts == 1
    assert journal.charged_amount == before - await world.balance() == 1028
    assert journal.registrar_order_id
    assert journal.registrar_transaction_id


async def test_calling_again_answers_the_same_and_asks_nobody(
    shop: Database, registrar: Registrar, clock: FixedClock, command: RegisterDomain, world: World
) -> None:
    first = await register_domain(shop, registrar, clock, command, POLICY)
    await world.refuse_access()
    again = await register_domain(shop, registrar, clock, command, POLICY)
    assert isinstance(first, Confirmed)
    assert isinstance(again, Confirmed)
    assert again.domain.id == first.domain.id


async def test_a_key_is_for_one_registration(
    shop: Database, registrar: Registrar, clock: FixedClock, command: RegisterDomain
) -> None:
    await register_domain(shop, registrar, clock, command, POLICY)
    with pytest.raises(OperationMismatch):
        await register_domain(shop, registrar, clock, replace(command, domain_name="other.com"), POLICY)


async def test_ten_workers_at_once_buy_it_once(
    shop: Database, registrar: Registrar, clock: FixedClock, command: RegisterDomain, world: World
) -> None:
    before = await world.balance()
    calls = [register_domain(shop, registrar, clock, command, POLICY) for _ in range(10)]
    outcomes = await asyncio.gather(*calls)
    assert sum(isinstance(outcome, Confirmed) for outcome in outcomes) >= 1
    assert all(isinstance(outcome, Confirmed | Pending) for outcome in outcomes)
    assert await world.calls("register") == 1
    assert before - await world.balance() == 1028


async def test_two_customers_one_name(shop: Database, registrar: Registrar, clock: FixedClock, world: World) -> None:
    commands = [await sold(shop, "wanted.com") for _ in range(2)]
    await asyncio.gather(*(register_domain(shop, registrar, clock, one, POLICY) for one in commands))
    clock.advance(timedelta(minutes=10))
    outcomes = [await register_domain(shop, registrar, clock, one, POLICY) for one in commands]
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Confirmed", "Refused"]
    assert await world.registered() == ["wanted.com"]
    assert len(await domains_in(shop)) == 1


async def test_a_lost_answer_is_found_by_asking(
    shop: Database, registrar: Registrar, clock: FixedClock, command: RegisterDomain, world: World
) -> None:
    await world.lose_answer("register")
    outcome = await register_domain(shop, registrar, clock, command, POLICY)
    assert isinstance(outcome, Confirmed)
    assert await world.calls("register") == 1
    assert (await operation_of(shop, command)).state is OperationState.CONFIRMED


async def test_a_lost_answer_and_a_lost_question(
    shop: Database, registrar: Registrar, clock: FixedClock, command: RegisterDomain, world: World
) -> None:
    await world.lose_answer("register")
    await world.break_answer("get_domain")
    outcome = await register_domain(shop, registrar, clock, command, POLICY)
    assert isinstance(outcome, Pending)
    assert (await operation_of(shop, command)).state is OperationState.UNKNOWN
    clock.advance(timedelta(minutes=1))
    assert isinstance(await register_domain(shop, registrar, clock, command, POLICY), Confirmed)
    assert await world.calls("register") == 1


async def test_what_never_arrived_is_sent_again_after_two_looks(
    shop: Database, registrar: Registrar, clock: FixedClock, command: RegisterDomain, world: World
) -> None:
    await world.swallow("register")
    first = await register_domain(shop, registrar, clock, command, POLICY)
    assert isinstance(first, Pending)
    assert first.retry_at == clock.now() + POLICY.recheck_delay
    clock.advance(timedelta(minutes=2))
    assert isinstance(await register_domain(shop, registrar, clock, command, POLICY), Pending)
    assert await world.calls("register") == 1
    clock.advance(timedelta(minutes=2))
    assert isinstance(await register_domain(shop, registrar, clock, command, POLICY), Confirmed)
    assert await world.calls("register") == 2
    assert (await operation_of(shop, command)).attempts == 2


async def test_what_never_arrived_and_went_to_somebody_else_is_refused(
    shop: Database, registrar: Registrar, clock: FixedClock, command: RegisterDomain, world: World
) -> None:
    await world.swallow("register")
    assert isinstance(await register_domain(shop, registrar, clock, command, POLICY), Pending)
    await world.take("example.com")
    assert isinstance(await register_domain(shop, registrar, clock, command, POLICY), Pending)
    clock.advance(timedelta(minutes=4))
    outcome = await register_domain(shop, registrar, clock, command, POLICY)
    assert isinstance(outcome, Refused)
    assert outcome.code == "name_taken"
    assert isinstance(await register_domain(shop, registrar, clock, command, POLICY), Refused)
    assert await domains_in(shop) == []


async def test_a_name_taken_meanwhile_is_refused(
    shop: Database, registrar: Registrar, clock: FixedClock, command: RegisterDomain, world: World
) -> None:
    before = await world.balance()
    await world.take("example.com")
    outcome = await register_domain(shop, registrar, clock, command, POLICY)
    assert isinstance(outcome, Refused)
    assert outcome.code == "name_taken"
    assert await world.calls("register") == 0
    assert await world.balance() == before


async def test_a_name_that_we_hold_for_somebody_else_is_not_given_away(
    shop: Database, registrar: Registrar, clock: FixedClock, command: RegisterDomain
) -> None:
    await register_domain(shop, registrar, clock, command, POLICY)
    outcome = await register_domain(shop, registrar, clock, await sold(shop, "example.com"), POLICY)
    assert isinstance(outcome, Refused)
    (domain,) = await domains_in(shop)
    assert domain.user_id == command.user_id


async def test_a_domain_that_left_can_be_bought_by_the_next(
    shop: Database, registrar: Registrar, clock: FixedClock, command: RegisterDomain
) -> None:
    confirmed = await register_domain(shop, registrar, clock, replace(command, domain_name="second-hand.com"), POLICY)
    assert isinstance(confirmed, Confirmed)
    async with shop.transaction(Subject.system()) as session:
        row = await session.get_one(Domain, confirmed.domain.id)
        row.status, row.domain_name = DomainStatus.DELETED, "returned.com"
    buyer = await sold(shop, "returned.com")
    outcome = await register_domain(shop, registrar, clock, buyer, POLICY)
    assert isinstance(outcome, Confirmed)
    assert (outcome.domain.id, outcome.domain.user_id) == (confirmed.domain.id, buyer.user_id)
    assert outcome.domain.status is DomainStatus.ACTIVE


PLAIN, PREMIUM = Money(1028, "USD"), Money(130_020, "USD")


async def test_it_costs_what_was_quoted(
    shop: Database, registrar: Registrar, clock: FixedClock, command: RegisterDomain, world: World
) -> None:
    cases = [
        ("quoted-right.com", False, PLAIN, True),
        ("a-little-dearer.com", False, Money(940, "USD"), True),
        ("much-dearer.com", False, Money(900, "USD"), False),
        ("other-currency.com", False, Money(102_800, "EUR"), False),
        ("premium-unknown.com", False, PREMIUM, False),
        ("premium-too-dear.com", True, PLAIN, False),
        ("premium-agreed.com", True, PREMIUM, True),
        ("no-premium-any-more.com", True, PREMIUM, False),
    ]
    for name, is_premium, expected, bought in cases:
        before = await world.balance()
        one = replace(command, idempotency_key=name, domain_name=name, is_premium=is_premium, expected_cost=expected)
        outcome = await register_domain(shop, registrar, clock, one, POLICY)
        assert isinstance(outcome, Confirmed) is bought, name
        if isinstance(outcome, Refused):
            assert outcome.code == "price_changed"
            assert await world.balance() == before


async def test_low_funds_wait_for_a_person_and_go_on(
    shop: Database, registrar: Registrar, clock: FixedClock, command: RegisterDomain, world: World
) -> None:
    await world.set_balance(100)
    outcome = await register_domain(shop, registrar, clock, command, POLICY)
    assert isinstance(outcome, NeedsAttention)
    assert outcome.code == "insufficient_funds"
    await world.set_balance(10_000)
    assert isinstance(await register_domain(shop, registrar, clock, command, POLICY), Confirmed)


async def test_the_rate_limit_costs_time_only(
    shop: Database, registrar: Registrar, clock: FixedClock, command: RegisterDomain, world: World
) -> None:
    await world.limit_rate_of("register")
    outcome = await register_domain(shop, registrar, clock, command, POLICY)
    assert isinstance(outcome, Pending)
    assert outcome.retry_at > clock.now()
    assert (await operation_of(shop, command)).state is OperationState.PLANNED
    assert isinstance(await register_domain(shop, registrar, clock, command, POLICY), Confirmed)


async def test_a_pending_registry_is_waited_for_and_never_sent_twice(
    shop: Database, registrar: Registrar, clock: FixedClock, command: RegisterDomain, world: World
) -> None:
    await world.stall_registry(3600)
    for _ in range(3):
        outcome = await register_domain(shop, registrar, clock, command, POLICY)
        assert isinstance(outcome, Pending)
        assert outcome.code == "registry_pending"
        clock.advance(timedelta(minutes=15))
    await world.advance(timedelta(hours=2))
    assert isinstance(await register_domain(shop, registrar, clock, command, POLICY), Confirmed)
    assert await world.calls("register") == 1


async def test_a_registry_that_never_answers_needs_a_person(
    shop: Database, registrar: Registrar, clock: FixedClock, command: RegisterDomain, world: World
) -> None:
    await world.stall_registry(10**8)
    await register_domain(shop, registrar, clock, command, POLICY)
    clock.advance(timedelta(days=8))
    outcome = await register_domain(shop, registrar, clock, command, POLICY)
    assert isinstance(outcome, NeedsAttention)
    assert await world.calls("register") == 1


async def test_without_the_details_the_dates_are_reckoned(
    shop: Database, registrar: Registrar, clock: FixedClock, command: RegisterDomain, world: World
) -> None:
    await world.break_answer("get_domain")
    outcome = await register_domain(shop, registrar, clock, command, POLICY)
    assert isinstance(outcome, Confirmed)
    assert outcome.domain.synced_at is None
    today = clock.now().date()
    assert outcome.domain.expiry_date == today.replace(year=today.year + 1)
    assert outcome.domain.registrar_domain_id
