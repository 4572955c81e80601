"""A customer's role against everything that is not its own, straight at the PostgreSQL server."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
import pytest_asyncio
from psycopg import errors

from tests.support.panel import PROVISIONER, Owner, Panel, connect

Created = dict[str, Any]


@pytest_asyncio.fixture
async def neighbours(panel: Panel) -> AsyncIterator[tuple[Created, Created]]:
    """Two customers' databases; the second has a table with a secret in it."""
    answers = [await panel.create_database(await panel.new_owner(), "shop") for _ in range(2)]
    mine, theirs = (answer.json() for answer in answers)
    with connect(theirs) as connection:
        connection.execute("CREATE TABLE secrets (text text)")
        connection.execute("INSERT INTO secrets VALUES ('theirs')")
    yield mine, theirs


@contextmanager
def _as_mine(neighbours: tuple[Created, Created]) -> Iterator[psycopg.Connection[Any]]:
    with connect(neighbours[0]) as connection:
        yield connection


async def test_no_other_database_lets_the_role_in(panel: Panel, neighbours: tuple[Created, Created]) -> None:
    mine, theirs = neighbours
    for database in (theirs["database"], "postgres", "template1", panel.database):
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            connect(mine, database).close()
    with pytest.raises(psycopg.OperationalError, match="not currently accepting connections"):
        connect(mine, "template0").close()
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        connect({**theirs, "password": mine["password"]}).close()


FORBIDDEN = [
    "COPY (SELECT 1) TO PROGRAM 'id'",
    "COPY (SELECT 1) TO '/nowhere/out'",
    "COPY things FROM '/etc/passwd'",
    "COPY things FROM PROGRAM 'id'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_ls_dir('/')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT pg_reload_conf()",
    "SELECT rolpassword FROM pg_authid",
    "CREATE DATABASE another",
    "CREATE ROLE another",
    "CREATE FUNCTION f() RETURNS int LANGUAGE c AS '/nowhere/evil'",
    "CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION f()",
    "CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1' PUBLICATION p",
    "ALTER SYSTEM SET work_mem = '1GB'",
    "ALTER DATABASE postgres RENAME TO gone",
    "SET ROLE postgres",
    f"SET ROLE {PROVISIONER}",
    "SET SESSION AUTHORIZATION postgres",
    "GRANT pg_execute_server_program TO CURRENT_USER",
    f"GRANT {PROVISIONER} TO CURRENT_USER",
    "ALTER ROLE CURRENT_USER CREATEDB",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "ALTER ROLE CURRENT_USER CONNECTION LIMIT -1",
    "LOAD '/nowhere/evil.so'",
    "CREATE TABLESPACE s LOCATION '/nowhere'",
    "SELECT pg_create_physical_replication_slot('s')",
    "CREATE FOREIGN DATA WRAPPER w",
]


def _refusal(connection: psycopg.Connection[Any], statement: str) -> str | None:
    try:
        connection.execute(statement)
    except psycopg.Error as error:
        return type(error).__name__
    return None


async def test_the_role_can_do_none_of_this(neighbours: tuple[Created, Created]) -> None:
    with _as_mine(neighbours) as connection:
        connection.execute("CREATE TABLE things (text text)")
        answers = {statement: _refusal(connection, statement) for statement in FORBIDDEN}
    assert {text: answer for text, answer in answers.items() if answer != "InsufficientPrivilege"} == {}


async def test_the_neighbours_database_cant_be_dropped_renamed_or_opened(
    panel: Panel, neighbours: tuple[Created, Created]
) -> None:
    theirs = neighbours[1]["database"]
    with _as_mine(neighbours) as connection:
        for statement in (
            f"DROP DATABASE {theirs}",
            f"ALTER DATABASE {theirs} RENAME TO mine_now",
            f"CREATE DATABASE copy TEMPLATE {theirs}",
            f"ALTER ROLE {theirs} PASSWORD 'known'",
            f"DROP ROLE {theirs}",
            f"SET ROLE {theirs}",
            f"GRANT CONNECT ON DATABASE {theirs} TO {neighbours[0]['username']}",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute(statement)
        # PostgreSQL answers this with a warning and does nothing.
        connection.execute(f"GRANT CONNECT ON DATABASE {neighbours[0]['database']} TO PUBLIC")
    for one, other in (neighbours, neighbours[::-1]):
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            connect(one, other["database"]).close()


async def test_sessions_and_statements_of_others_are_hidden(neighbours: tuple[Created, Created]) -> None:
    with connect(neighbours[1]) as theirs, _as_mine(neighbours) as mine:
        theirs.execute("SELECT 'a very secret statement'")
        seen = mine.execute("SELECT query FROM pg_stat_activity WHERE query LIKE '%very secret%'").fetchall()
        assert all("pg_stat_activity" in row[0] for row in seen)
        with pytest.raises(errors.InsufficientPrivilege):
            mine.execute("SELECT pg_terminate_backend(%s)", (theirs.info.backend_pid,))


async def test_the_role_owns_its_own_house(neighbours: tuple[Created, Created]) -> None:
    with _as_mine(neighbours) as connection:
        connection.execute("CREATE SCHEMA app CREATE TABLE things (id serial PRIMARY KEY, body jsonb)")
        connection.execute("CREATE INDEX ON app.things USING gin (body)")
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
        connection.execute("CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'")
        assert connection.execute("SELECT one()").fetchone() == (1,)


async def test_the_password_is_in_no_log_and_stored_as_scram(panel: Panel) -> None:
    panel.server.execute("ALTER SYSTEM SET log_statement = 'all'")
    panel.server.execute("SELECT pg_reload_conf()")
    try:
        created = (await panel.create_database(await panel.new_owner(), "logged")).json()
    finally:
        panel.server.execute("ALTER SYSTEM RESET log_statement")
        panel.server.execute("SELECT pg_reload_conf()")
    assert panel.server.process is not None
    log = panel.server.process.log_text()
    assert created["database"] in log
    assert created["password"] not in log
    stored = panel.server.execute(f"SELECT rolpassword FROM pg_authid WHERE rolname = '{created['username']}'")
    assert stored.startswith("SCRAM-SHA-256$")


async def test_a_grant_by_a_neighbour_cant_keep_a_role_alive(panel: Panel) -> None:
    mine, other = await panel.new_owner(), await panel.new_owner()
    created = (await panel.create_database(mine)).json()
    theirs = (await panel.create_database(other)).json()
    with connect(theirs) as connection:
        connection.execute("CREATE TABLE bait (id int)")
        connection.execute(f"GRANT SELECT ON bait TO {created['username']}")
    path = f"/api/v1/databases/{created['id']}"
    assert (await panel.http.delete(path, headers=mine.headers)).status_code == 204
    assert panel.used(mine) == 0
    assert panel.real_roles(mine) == []
    again = await panel.create_database(mine)
    assert again.status_code == 201
    with pytest.raises(psycopg.OperationalError):
        connect(again.json(), theirs["database"]).close()


async def test_connections_are_limited(panel: Panel, neighbours: tuple[Created, Created]) -> None:
    limit = panel.settings.customer_connection_limit
    opened = []
    try:
        for _ in range(limit):
            opened.append(connect(neighbours[0]))  # noqa: PERF401 - those already open are closed at the end
        with pytest.raises(psycopg.OperationalError, match="too many connections for role"):
            connect(neighbours[0]).close()
        connect(neighbours[1]).close()
    finally:
        for connection in opened:
            connection.close()


async def test_the_engine_tells_when_a_database_is_open_to_everyone(panel: Panel) -> None:
    panel.server.create_database("left_open")
    try:
        server = (await panel.call_as_billing("GET", "/api/v1/server", "server:read")).json()
    finally:
        panel.server.drop_database("left_open")
    engine = server["engines"]["postgresql"]
    assert engine["status"] == "degraded"
    assert "left_open" in engine["problems"][0]


async def _owner_with_session(panel: Panel) -> tuple[Owner, Created, psycopg.Connection[Any]]:
    owner = await panel.new_owner()
    created = (await panel.create_database(owner)).json()
    return owner, created, connect(created)


async def test_suspension_ends_sessions_and_refuses_new_ones_until_lifted(panel: Panel) -> None:
    owner, created, session = await _owner_with_session(panel)
    await panel.set_status(owner, "suspend")
    await panel.until(lambda: panel.query("SELECT is_locked FROM databases") == [["t"]])
    with session, pytest.raises(psycopg.OperationalError):
        session.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        connect(created).close()
    shown = (await panel.http.get(f"/api/v1/databases/{created['id']}", headers=owner.headers)).json()
    assert shown["is_locked"] is True
    await panel.set_status(owner, "reinstate")
    await panel.until(lambda: panel.query("SELECT is_locked FROM databases") == [["f"]])
    connect(created).close()
