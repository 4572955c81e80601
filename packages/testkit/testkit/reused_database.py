"""One database for many tests, emptied in between: a copy of the template for each would cost a third of a second.

Needs psycopg, which testkit itself does not bring.
"""

from functools import cached_property

import psycopg
from psycopg import sql

from testkit.postgres import PostgresServer, quote_identifier

_END_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
# What a test may change besides rows: then the database is made anew.
_SHAPE = """
    SELECT (SELECT array_agg(oid ORDER BY oid) FROM pg_class WHERE relnamespace = 'public'::regnamespace)
        || (SELECT array_agg(oid ORDER BY oid) FROM pg_trigger),
        (SELECT array_agg(version_num::text) FROM alembic_version)
"""
_TABLES = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
        AND relname <> 'alembic_version'
"""
_RESTART = """
    SELECT setval(format('%I', sequencename)::regclass, start_value, false) FROM pg_sequences
    WHERE schemaname = 'public'
"""


class ReusedDatabase:
    """A copy of `template` on `server`; `clean` makes it as it was."""

    def __init__(
        self, server: PostgresServer, name: str, *, template: str, owner: str | None = None, private: bool = False
    ) -> None:
        """`private` keeps everybody out who was not let in."""
        self._server, self.name, self._template, self._owner = server, name, template, owner
        self._private = private
        self._make()

    def _make(self) -> None:
        self._server.create_database(self.name, template=self._template, owner=self._owner)
        if self._private:
            self._server.execute(f"REVOKE CONNECT, TEMPORARY ON DATABASE {quote_identifier(self.name)} FROM PUBLIC")
        self._connect()
        self._shape = self._connection.execute(_SHAPE).fetchone()

    def _connect(self) -> None:
        self._connection = psycopg.connect(self._server.dsn(self.name), autocommit=True)

    @cached_property
    def _find_filled(self) -> sql.Composed:
        tables = [row[0] for row in self._connection.execute(_TABLES)]
        one = sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})")
        return sql.SQL(" UNION ALL ").join(one.format(sql.Literal(name), sql.Identifier(name)) for name in tables)

    def clean(self) -> None:
        """End what a test left open and remove what it wrote."""
        try:
            self._connection.execute(_END_OTHERS)
        except psycopg.OperationalError:
            # The test had the server killed.
            self._connect()
            self._connection.execute(_END_OTHERS)
        if self._connection.execute(_SHAPE).fetchone() != self._shape:
            self.drop()
            self._make()
            return
        filled = [row[0] for row in self._connection.execute(self._find_filled)]
        # As a replica would apply it: without triggers, so in any order, and append-only tables too.
        with self._connection.transaction():
            self._connection.execute("SET LOCAL session_replication_role = replica")
            for name in filled:
                self._connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
            self._connection.execute(_RESTART)

    def drop(self) -> None:
        self._connection.close()
        self._server.drop_database(self.name)
