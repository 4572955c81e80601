"""The schema goes up, down and up again, and is what the models say, on both PostgreSQL versions."""

import uuid
from collections.abc import Iterator

import pytest
from alembic import command

from billing.migrate import alembic_config, downgrade, upgrade
from testkit.postgres import PostgresServer, postgres_server
from tests.conftest import Cluster, prepare_cluster


@pytest.fixture(scope="module")
def sixteen() -> Iterator[Cluster]:
    with postgres_server("16") as server:
        yield prepare_cluster(server)


@pytest.fixture(params=["18", "16"])
def versioned(request: pytest.FixtureRequest, cluster: Cluster) -> Cluster:
    found: Cluster = cluster if request.param == "18" else request.getfixturevalue("sixteen")
    return found


@pytest.fixture
def empty(versioned: Cluster) -> Iterator[tuple[PostgresServer, str, str]]:
    """Yield the server, the name of an empty database, and its owner's address."""
    name = f"m_{uuid.uuid4().hex}"
    versioned.server.create_database(name, owner="billing_owner")
    yield versioned.server, name, versioned.url("billing_owner", name)
    versioned.server.drop_database(name)


def contents(server: PostgresServer, database: str) -> set[str]:
    """Return every relation, function and policy of the public schema, with their definitions."""
    listed = server.execute(
        """
        SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
          FROM information_schema.columns WHERE table_schema = 'public'
        UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
          FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
        UNION ALL SELECT 'policy ' || tablename || ' ' || policyname || ' ' || coalesce(qual, '') FROM pg_policies
        UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT 'grant ' || grantee || ' ' || privilege_type || ' ' || table_name
          FROM information_schema.role_table_grants WHERE table_schema = 'public' AND grantee <> 'billing_owner'
        """,
        database=database,
    )
    return {line.strip() for line in listed.splitlines() if "alembic_version" not in line and line.strip()}


def test_up_down_up_and_nothing_differs_from_the_models(empty: tuple[PostgresServer, str, str]) -> None:
    server, name, url = empty
    assert contents(server, name) == set()
    upgrade(url)
    first = contents(server, name)
    assert len(first) > 300
    command.check(alembic_config(url))
    downgrade(url, "base")
    assert contents(server, name) == set()
    upgrade(url)
    assert contents(server, name) == first
    command.check(alembic_config(url))


def test_going_up_twice_changes_nothing(empty: tuple[PostgresServer, str, str]) -> None:
    server, name, url = empty
    upgrade(url)
    first = contents(server, name)
    upgrade(url)
    assert contents(server, name) == first


def test_what_is_there_already_moves_along(empty: tuple[PostgresServer, str, str]) -> None:
    server, name, url = empty
    upgrade(url, "0002")
    user, order, plan, subscription = (uuid.uuid4() for _ in range(4))
    server.execute(
        f"""
        SET session_replication_role = replica;  -- without those they refer to
        INSERT INTO orders (id, user_id, status, currency, subtotal_amount, tax_amount, total_amount, refunded_amount,
            expires_at)
          VALUES ('{order}', '{user}', 'paid', 'EUR', 1, 0, 1, 0, now());
        INSERT INTO subscriptions (id, user_id, order_id, plan_id, stripe_subscription_id, status, interval,
            cancel_at_period_end)
          VALUES ('{subscription}', '{user}', '{order}', '{plan}', 'sub_1', 'active', 'year', false)
        """,
        database=name,
    )
    upgrade(url)
    assert server.execute("SELECT currency FROM subscriptions", database=name).strip() == "EUR"
