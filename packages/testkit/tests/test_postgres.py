import secrets

import pytest

from testkit.ports import is_port_free
from testkit.postgres import PostgresError, PostgresServer, postgres_server, quote_identifier, run_sql


def test_server_is_18_in_utc_and_utf8(server: PostgresServer) -> None:
    rows = server.execute(
        "SHOW server_version_num; SHOW server_encoding; SHOW timezone; SELECT upper('ä')"
    ).splitlines()
    assert rows[0].startswith("18")
    assert rows[1:] == ["UTF8", "UTC", "Ä"]


def test_version_16_runs_too_and_leaves_nothing() -> None:
    with postgres_server("16") as old:
        assert old.execute("SHOW server_version_num").startswith("16")
        port, directory = old.port, old.directory
    assert is_port_free(port)
    assert not directory.exists()


def test_databases_are_copied_from_a_template(server: PostgresServer) -> None:
    server.create_database("model")
    server.execute("CREATE TABLE seed AS SELECT 7 AS value", database="model")
    dsn = server.create_database("copy", template="model")
    assert dsn.endswith("/copy")
    assert server.execute("SELECT value FROM seed", database="copy") == "7"
    server.drop_database("copy")
    server.drop_database("copy")
    assert "copy" not in server.execute("SELECT datname FROM pg_database").splitlines()


def test_wrong_password_is_refused(server: PostgresServer) -> None:
    with pytest.raises(PostgresError, match="password authentication failed"):
        run_sql(server.port, "SELECT 1", password=secrets.token_hex())


def test_bad_statement_is_reported_in_the_servers_words(server: PostgresServer) -> None:
    with pytest.raises(PostgresError, match='relation "nowhere" does not exist'):
        server.execute("SELECT * FROM nowhere")


def test_hostile_name_stays_a_name(server: PostgresServer) -> None:
    name = 'a"; DROP DATABASE postgres; --'
    server.create_database(name)
    count = server.execute(f"SELECT count(*) FROM pg_database WHERE datname IN ('postgres', {_literal(name)})")
    assert count == "2"
    server.drop_database(name)
    assert quote_identifier(name).startswith('"a""')


def test_committed_rows_survive_a_kill() -> None:
    with postgres_server(settings={"fsync": "on", "synchronous_commit": "on"}) as own:
        own.execute("CREATE TABLE kept AS SELECT 1 AS value")
        port = own.port
        own.kill()
        assert is_port_free(port)
        own.start()
        assert own.port == port
        assert own.execute("SELECT value FROM kept") == "1"


def test_unknown_version_is_refused() -> None:
    with pytest.raises(ValueError, match="choose 16 or 18"), postgres_server("9"):
        pass


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
