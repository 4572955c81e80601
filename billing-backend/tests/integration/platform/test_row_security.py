"""Other people's rows do not exist: neither over HTTP nor for the API's own database role."""

import uuid

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from billing.accounts.models import User
from billing.kit.db import Database, Session, Subject
from billing.orders.models import Order
from service_kit.clock import FixedClock
from service_kit.ids import uuid7


async def make_user(session: Session, email: str) -> User:
    user = User(id=uuid7(), email=email, password_hash="x", full_name="Somebody")
    session.add(user)
    await session.flush()
    return user


async def make_order(session: Session, user: User, clock: FixedClock) -> Order:
    order = Order(
        id=uuid7(), user_id=user.id, currency="USD", subtotal_amount=100, total_amount=100, expires_at=clock.now()
    )
    session.add(order)
    await session.flush()
    return order


async def add_order(database: Database, subject: Subject, user_id: uuid.UUID, clock: FixedClock) -> None:
    """Insert an order of `user_id` on behalf of `subject`."""
    order = Order(
        id=uuid7(), user_id=user_id, currency="USD", subtotal_amount=1, total_amount=1, expires_at=clock.now()
    )
    async with database.transaction(subject) as session:
        session.add(order)
        await session.flush()


@pytest.fixture
async def two_customers(database: Database, clock: FixedClock) -> tuple[uuid.UUID, uuid.UUID, uuid.UUID]:
    """Return (owner, stranger, the owner's order)."""
    async with database.transaction(Subject.system()) as session:
        owner = await make_user(session, "owner@customer.example")
        stranger = await make_user(session, "stranger@customer.example")
        order = await make_order(session, owner, clock)
    return owner.id, stranger.id, order.id


async def test_the_query_typed_in_as_the_api_role_finds_nothing(
    database: Database, two_customers: tuple[uuid.UUID, uuid.UUID, uuid.UUID]
) -> None:
    owner, stranger, _ = two_customers
    count = text("SELECT count(*) FROM orders")
    async with database.engine.connect() as nobody:
        assert (await nobody.execute(count)).scalar_one() == 0
        assert (await nobody.execute(text("SELECT count(*) FROM users"))).scalar_one() == 0
    async with database.transaction(Subject.customer(stranger)) as session:
        assert (await session.execute(count)).scalar_one() == 0
    async with database.transaction(Subject.customer(owner)) as session:
        assert (await session.execute(count)).scalar_one() == 1


async def test_the_subject_ends_with_its_transaction(
    database: Database, two_customers: tuple[uuid.UUID, uuid.UUID, uuid.UUID]
) -> None:
    owner, _, _ = two_customers
    async with database.transaction(Subject.customer(owner)) as session:
        pid = (await session.execute(text("SELECT pg_backend_pid()"))).scalar_one()
    async with database.engine.connect() as connection:
        assert (await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one() == pid
        assert (await connection.execute(text("SELECT count(*) FROM orders"))).scalar_one() == 0


async def test_a_customer_can_neither_write_nor_adopt_anothers_row(
    database: Database, clock: FixedClock, two_customers: tuple[uuid.UUID, uuid.UUID, uuid.UUID]
) -> None:
    owner, stranger, order_id = two_customers
    async with database.transaction(Subject.customer(stranger)) as session:
        touched = await session.execute(text("UPDATE orders SET total_amount = 1 RETURNING id"))
        assert touched.all() == []
        gone = await session.execute(text("DELETE FROM orders RETURNING id"))
        assert gone.all() == []
    with pytest.raises(DBAPIError, match="row-level security"):
        await add_order(database, Subject.customer(stranger), owner, clock)
    async with database.transaction(Subject.customer(owner)) as session:
        assert (await session.get_one(Order, order_id)).total_amount == 100


async def test_every_table_with_an_owner_is_protected(database: Database) -> None:
    """A table added later with a user_id and no policy fails here."""
    unprotected = text(
        """
        SELECT c.relname FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'user_id' AND NOT a.attisdropped
        WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace
          AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
        """
    )
    async with database.engine.connect() as connection:
        assert (await connection.execute(unprotected)).scalars().all() == []


async def test_the_api_role_has_no_way_around(database: Database) -> None:
    async with database.engine.connect() as connection:
        flags = (
            await connection.execute(
                text("SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user")
            )
        ).one()
        assert tuple(flags) == (False, False, False)
        owned = text(
            "SELECT count(*) FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)"
        )
        assert (await connection.execute(owned)).scalar_one() == 0
    for statement in ("SET ROLE billing_owner", "ALTER TABLE orders DISABLE ROW LEVEL SECURITY"):
        with pytest.raises(ProgrammingError):
            async with database.engine.begin() as connection:
                await connection.execute(text(statement))


async def test_a_partition_can_not_be_read_past_its_parent(database: Database) -> None:
    partition = text("SELECT relname FROM pg_class WHERE relname LIKE 'payments_2%' LIMIT 1")
    async with database.engine.connect() as connection:
        name = (await connection.execute(partition)).scalar_one()
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with database.engine.begin() as connection:
            await connection.execute(text(f"SELECT * FROM {name}"))


async def test_the_audit_trail_can_be_added_to_but_not_changed(database: Database) -> None:
    for statement in ("UPDATE audit_entries SET action = 'x'", "DELETE FROM audit_entries"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with database.engine.begin() as connection:
                await connection.execute(text(statement))
