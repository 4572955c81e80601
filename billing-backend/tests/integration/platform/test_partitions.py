"""`payments` and `usage_records` are partitioned by month, and the partitions are there before they are needed."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from billing.accounts.models import User
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.maintenance import MONTHS_AHEAD, PARTITIONED, PARTITIONS_TASK, TASKS, ensure_partitions
from billing.payments.models import Payment, PaymentStatus
from service_kit.ids import uuid7
from tests.conftest import START, Cluster


def months(count: int) -> list[str]:
    first = START.year * 12 + START.month - 1
    return [f"{month // 12}_{month % 12 + 1:02}" for month in range(first, first + count)]


async def partitions(database: Database, parent: str) -> set[str]:
    statement = text(
        "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
        " WHERE i.inhparent = cast(:parent AS regclass)"
    )
    async with database.engine.connect() as connection:
        return set((await connection.execute(statement, {"parent": parent})).scalars())


@pytest.mark.parametrize("table", PARTITIONED)
async def test_they_are_range_partitioned_by_creation(database: Database, table: str) -> None:
    async with database.engine.connect() as connection:
        key = await connection.execute(text("SELECT pg_get_partkeydef(cast(:t AS regclass))"), {"t": table})
    assert key.scalar_one() == "RANGE (created_at)"


@pytest.mark.parametrize("table", PARTITIONED)
async def test_partitions_are_made_ahead_by_a_task_that_can_be_repeated(worker: Container, table: str) -> None:
    database = worker.get(Database)
    wanted = {f"{table}_{month}" for month in months(MONTHS_AHEAD + 1)} | {f"{table}_default"}
    assert TASKS[PARTITIONS_TASK] is ensure_partitions
    await ensure_partitions(worker)
    assert await partitions(database, table) >= wanted
    before = await partitions(database, table)
    await ensure_partitions(worker)
    assert await partitions(database, table) == before


async def test_a_missing_month_is_made_again(worker: Container, cluster: Cluster, database_name: str) -> None:
    database = worker.get(Database)
    name = f"payments_{months(2)[1]}"
    cluster.server.execute(f"DROP TABLE {name}", database=database_name)
    assert name not in await partitions(database, "payments")
    await ensure_partitions(worker)
    assert name in await partitions(database, "payments")


async def store_payment(database: Database, created_at: datetime) -> str:
    """Return the partition that a payment of that time lands in."""
    async with database.transaction(Subject.system()) as session:
        user = User(id=uuid7(), email=f"{uuid7()}@example.com", password_hash="x", full_name="X")
        session.add(user)
        await session.flush()
        payment = Payment(
            id=uuid7(),
            created_at=created_at,
            user_id=user.id,
            stripe_payment_intent_id=f"pi_{uuid7()}",
            amount=2900,
            currency="USD",
            status=PaymentStatus.SUCCEEDED,
        )
        session.add(payment)
        await session.flush()
    async with database.transaction(Subject.system()) as session:
        found = await session.execute(
            text("SELECT tableoid::regclass::text FROM payments WHERE id = :id"), {"id": payment.id}
        )
        partition: str = found.scalar_one()
    return partition


async def test_rows_land_in_the_month_they_belong_to(worker: Container) -> None:
    database = worker.get(Database)
    await ensure_partitions(worker)
    this, after = months(2)
    year, month = (int(part) for part in after.split("_"))
    first = datetime(year, month, 1, tzinfo=UTC)
    assert await store_payment(database, START) == f"payments_{this}"
    assert await store_payment(database, first) == f"payments_{after}"
    assert await store_payment(database, first.replace(day=28, hour=23)) == f"payments_{after}"
    assert await store_payment(database, datetime(1999, 1, 1, tzinfo=UTC)) == "payments_default"


async def test_a_month_that_was_missed_moves_out_of_the_default_partition(worker: Container) -> None:
    """Beat stood still for long: what came meanwhile is kept, and finds its month once that is made."""
    database = worker.get(Database)
    late = months(6)[5]
    year, month = (int(part) for part in late.split("_"))
    created_at = datetime(year, month, 15, tzinfo=UTC)
    assert await store_payment(database, created_at) == "payments_default"
    async with database.transaction(Subject.system()) as session:
        await session.execute(text("SELECT ensure_month_partition('payments', :day)"), {"day": created_at.date()})
    async with database.transaction(Subject.system()) as session:
        statement = text("SELECT tableoid::regclass::text FROM payments WHERE created_at = :at")
        assert (await session.execute(statement, {"at": created_at})).scalars().all() == [f"payments_{late}"]
    assert await store_payment(database, created_at.replace(day=16)) == f"payments_{late}"


async def test_the_function_makes_partitions_of_nothing_else_and_not_for_everybody(
    worker: Container, database: Database
) -> None:
    call = text("SELECT ensure_month_partition(:parent, now()::date)")
    with pytest.raises(DBAPIError, match="not a partitioned table"):
        async with worker.get(Database).transaction(Subject.system()) as session:
            await session.execute(call, {"parent": "users; DROP TABLE users"})
    with pytest.raises(DBAPIError, match="permission denied"):
        async with database.transaction(Subject.system()) as session:
            await session.execute(call, {"parent": "payments"})
