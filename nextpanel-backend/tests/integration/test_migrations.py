"""The schema goes up, down and up on both supported servers, and is exactly what the models say."""

from collections.abc import Iterator

import pytest
from alembic import command
from sqlalchemy import create_engine

from nextpanel.kit.migrations import configuration, upgrade
from nextpanel.models import Base
from testkit.postgres import PostgresServer, postgres_server


@pytest.fixture(params=["18", "16"])
def server(request: pytest.FixtureRequest, postgres: PostgresServer) -> Iterator[PostgresServer]:
    if request.param == postgres.version:
        yield postgres
        return
    with postgres_server(request.param) as other:
        yield other


def test_up_down_up_and_nothing_to_generate(server: PostgresServer) -> None:
    server.create_database("migrated")
    try:
        url = server.dsn("migrated", driver="postgresql+asyncpg")
        config = configuration(url)
        upgrade(url)
        first = _columns(server)
        command.check(config)
        command.downgrade(config, "base")
        assert _columns(server) == "alembic_version\tversion_num"
        upgrade(url)
        assert _columns(server) == first
        upgrade(url)
    finally:
        server.drop_database("migrated")


def _columns(server: PostgresServer) -> str:
    query = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2"
    return server.execute(query, database="migrated")


def test_every_table_is_created(server: PostgresServer) -> None:
    server.create_database("migrated")
    try:
        upgrade(server.dsn("migrated", driver="postgresql+asyncpg"))
        engine = create_engine(server.dsn("migrated", driver="postgresql+psycopg"))
        with engine.connect() as connection:
            tables = set(connection.dialect.get_table_names(connection))
        engine.dispose()
        assert tables == {*Base.metadata.tables, "alembic_version"}
    finally:
        server.drop_database("migrated")
