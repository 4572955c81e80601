"""The journal itself: what goes in balances, goes in once, and stays as it is, whoever tries otherwise."""

import asyncio
import uuid

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.ledger.facts import PaymentFact
from billing.ledger.journal import Draft, Side, Unbalanced, post, posted_keys
from billing.ledger.models import Account, EntryKind, LedgerEntry, LedgerPosting
from billing.ledger.service import post_payment
from service_kit.ids import uuid7
from tests.conftest import Cluster
from tests.factories_ledger import JANUARY, look, make_payer


def draft(key: str = "test:1", *sides: Side) -> Draft:
    chosen = sides or (Side(Account.CASH, 500), Side(Account.RECEIVABLE, -500))
    return Draft(key, EntryKind.PAYMENT, "pi_1", "EUR", JANUARY, chosen)


async def test_an_entry_goes_in_once_however_often_and_by_however_many_it_is_posted(database: Database) -> None:
    async def attempt() -> set[str]:
        async with database.transaction(Subject.system()) as session:
            return await post(session, [draft("test:1"), draft("test:2")])

    answers = await asyncio.gather(*(attempt() for _ in range(8)))
    assert sorted(len(answer) for answer in answers) == [0] * 7 + [2]
    async with database.transaction(Subject.system()) as session:
        counts = await session.execute(
            text("SELECT (SELECT count(*) FROM ledger_entries), (SELECT count(*) FROM ledger_postings)")
        )
        assert tuple(counts.one()) == (2, 4)
        assert await posted_keys(session, ["test:1", "test:3"]) == {"test:1"}


async def test_what_does_not_balance_is_refused_before_anything_is_written(database: Database) -> None:
    async with database.transaction(Subject.system()) as session:
        with pytest.raises(Unbalanced, match="test:1"):
            await post(session, [draft("test:1", Side(Account.CASH, 500), Side(Account.RECEIVABLE, -499))])
        assert await post(session, [draft("test:1", Side(Account.CASH, 0))]) == set()
        assert await posted_keys(session, ["test:1"]) == set()


async def insert_by_hand(database: Database, *sides: tuple[str, int, str]) -> None:
    """Insert an entry in EUR and its postings past our own code."""
    entry_id = uuid7()
    async with database.transaction(Subject.system()) as session:
        session.add(
            LedgerEntry(
                id=entry_id,
                source_key=f"by-hand:{entry_id}",
                kind=EntryKind.PAYMENT,
                source_id="x",
                currency="EUR",
                occurred_at=JANUARY,
            )
        )
        await session.flush()
        session.add_all(
            LedgerPosting(entry_id=entry_id, account=account, amount=amount, currency=currency, occurred_at=JANUARY)
            for account, amount, currency in sides
        )


@pytest.mark.parametrize(
    "sides",
    [
        [("cash", 500, "EUR")],
        [("cash", 500, "EUR"), ("receivable", -499, "EUR")],
        [("cash", 500, "EUR"), ("receivable", -500, "USD")],
        [("cash", 0, "EUR")],
        [("pocket", 500, "EUR"), ("receivable", -500, "EUR")],
    ],
    ids=["one side", "a cent short", "two currencies", "nothing", "no such account"],
)
async def test_the_database_refuses_what_our_own_code_would_not_write(
    database: Database, sides: list[tuple[str, int, str]]
) -> None:
    with pytest.raises((DBAPIError, LookupError)):
        await insert_by_hand(database, *sides)
    async with database.transaction(Subject.system()) as session:
        assert (await session.execute(text("SELECT count(*) FROM ledger_postings"))).scalar_one() == 0


async def test_balanced_postings_written_by_hand_are_taken(database: Database) -> None:
    await insert_by_hand(database, ("cash", 500, "EUR"), ("receivable", -500, "EUR"))
    async with database.transaction(Subject.system()) as session:
        assert (await session.execute(text("SELECT sum(amount) FROM ledger_postings"))).scalar_one() == 0


async def test_neither_role_can_change_or_remove_what_is_written(
    database: Database, worker: Container, container: Container
) -> None:
    payer = await make_payer(container)
    async with database.transaction(Subject.system()) as session:
        await post_payment(session, payer, PaymentFact("pi_1", "in_1", 500, "EUR", JANUARY))
    for role in (database, worker.get(Database)):
        for table in ("ledger_entries", "ledger_postings", "subscription_history"):
            for statement in (f"UPDATE {table} SET currency = 'USD'", f"DELETE FROM {table}", f"TRUNCATE {table}"):
                with pytest.raises(DBAPIError, match="permission denied"):
                    async with role.transaction(Subject.system()) as session:
                        await session.execute(text(statement))
    assert await look(container) == {"cash": 500, "receivable": -500}


async def test_not_even_the_owner_changes_the_journal_by_a_slip(
    cluster: Cluster, database_name: str, container: Container, database: Database
) -> None:
    payer = await make_payer(container)
    async with database.transaction(Subject.system()) as session:
        await post_payment(session, payer, PaymentFact("pi_1", "in_1", 500, "EUR", JANUARY))
    for statement in ("UPDATE ledger_postings SET amount = amount * 2", "DELETE FROM ledger_postings"):
        with pytest.raises(RuntimeError, match="append-only"):
            cluster.server.execute(statement, database=database_name)
    assert await look(container) == {"cash": 500, "receivable": -500}


async def test_a_customer_sees_own_entries_only_and_adds_none_for_others(
    database: Database, container: Container
) -> None:
    payer, other = await make_payer(container), await make_payer(container)
    async with database.transaction(Subject.system()) as session:
        await post_payment(session, payer, PaymentFact("pi_1", "in_1", 500, "EUR", JANUARY))
    count = text("SELECT count(*) FROM ledger_postings")
    for user_id, seen in ((payer.user_id, 2), (other.user_id, 0), (uuid.uuid4(), 0)):
        async with database.transaction(Subject.customer(user_id)) as session:
            assert (await session.execute(count)).scalar_one() == seen
    with pytest.raises(DBAPIError, match="row-level security"):
        async with database.transaction(Subject.customer(other.user_id)) as session:
            await post_payment(session, payer, PaymentFact("pi_2", "in_1", 500, "EUR", JANUARY))
