"""Prepare a PostgreSQL server for customers, once, as its superuser."""

import psycopg
from psycopg import sql

from nextpanel.engines.postgresql.engine import OLDEST_VERSION, OPEN_TO_PUBLIC


class ServerTooOld(Exception):
    """Before 16, CREATEROLE can grant itself roles that run programs on the server."""


def prepare_cluster(
    superuser_url: str, *, provisioner: str, password: str, closed_databases: tuple[str, ...] = ()
) -> list[str]:
    """Make or update the provisioner role and take CONNECT on the shared databases from PUBLIC. May be repeated.

    `closed_databases` are further databases to close, such as the panel's own; their owners and whoever was
    granted CONNECT keep it. Returns the databases that are still open to every role. Raises `ServerTooOld`,
    `psycopg.Error`.
    """
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        if connection.info.server_version // 10_000 < OLDEST_VERSION:
            raise ServerTooOld(f"PostgreSQL {OLDEST_VERSION} or newer is needed")
        role = sql.Identifier(provisioner)
        verifier = connection.pgconn.encrypt_password(password.encode(), provisioner.encode(), b"scram-sha-256")
        exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (provisioner,)).fetchone()
        if exists is None:
            connection.execute(sql.SQL("CREATE ROLE {}").format(role))
        connection.execute(
            sql.SQL("ALTER ROLE {} LOGIN CREATEDB CREATEROLE NOSUPERUSER NOREPLICATION NOBYPASSRLS PASSWORD {}").format(
                role, sql.Literal(verifier.decode())
            )
        )
        for name in ("postgres", "template1", *closed_databases):
            database = sql.Identifier(name)
            connection.execute(sql.SQL("REVOKE CONNECT, TEMPORARY ON DATABASE {} FROM PUBLIC").format(database))
        connection.execute(sql.SQL("GRANT CONNECT ON DATABASE postgres TO {}").format(role))
        return [row[0] for row in connection.execute(OPEN_TO_PUBLIC).fetchall()]
