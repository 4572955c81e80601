"""Customers' databases on a PostgreSQL server, through a role that is not a superuser.

The provisioner owns every database; the customer's role may connect to its own, owns the schema in it, and is
nothing anywhere else. Names go in as quoted identifiers and passwords as SCRAM verifiers computed here, so that
no statement log ever holds a password.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import AsyncConnection, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from nextpanel.databases.ports import Endpoint, EngineHealth, EngineUnavailable
from service_kit.logs import get_logger

log = get_logger(__name__)

OLDEST_VERSION = 16
_PARALLEL = 4
_OPTIONS = "-c statement_timeout=30000 -c lock_timeout=10000 -c search_path="

OPEN_TO_PUBLIC = """
    SELECT datname FROM pg_database
    WHERE datallowconn AND (datacl IS NULL OR EXISTS (
        SELECT 1 FROM aclexplode(datacl) AS acl WHERE acl.grantee = 0 AND acl.privilege_type = 'CONNECT'))
    ORDER BY datname
"""


class PostgresEngine:
    """Implements `DatabaseEngine`. `url` is the provisioner's `postgresql://` address.

    `host` and `port` are what customers are told, by default where the provisioner itself connects. `pg_dump`
    is a program of at least the server's version.
    """

    def __init__(
        self, url: str, *, host: str | None, port: int | None, connection_limit: int, pg_dump: str = "pg_dump"
    ) -> None:
        given = conninfo_to_dict(url)
        self._url = url
        self._endpoint = Endpoint(
            host=host or str(given.get("host") or "localhost"), port=port or int(given.get("port") or 5432)
        )
        self._connection_limit = connection_limit
        self._pg_dump = pg_dump
        self._slots = asyncio.Semaphore(_PARALLEL)

    @property
    def endpoint(self) -> Endpoint:
        return self._endpoint

    async def create(self, name: str, *, password: str) -> None:
        """Make role and database; the role may log in only when nobody else can reach the database any more."""
        database, role = sql.Identifier(name), sql.Identifier(name)
        async with self._connect() as connection:
            verifier = connection.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256")
            await connection.execute(
                sql.SQL(
                    "CREATE ROLE {} NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
                    " CONNECTION LIMIT {} PASSWORD {}"
                ).format(role, sql.Literal(self._connection_limit), sql.Literal(verifier.decode()))
            )
            await connection.execute(sql.SQL("GRANT {} TO CURRENT_USER WITH INHERIT TRUE, SET TRUE").format(role))
            await connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' ALLOW_CONNECTIONS false").format(
                    database
                )
            )
            await connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
            await connection.execute(
                sql.SQL("GRANT CONNECT, TEMPORARY, CREATE ON DATABASE {} TO {}").format(database, role)
            )
            await connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(database))
        async with self._connect(name) as connection:
            await connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
            await connection.execute(sql.SQL("ALTER SCHEMA public OWNER TO {}").format(role))
            await connection.execute(sql.SQL("ALTER ROLE {} LOGIN").format(role))

    async def drop(self, name: str) -> None:
        async with self._connect() as connection:
            if await self._exists(connection, name):
                await self._lock_out(connection, name)
            await connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            await self._drop_role(connection, name)

    async def set_login(self, name: str, *, allowed: bool) -> None:
        async with self._connect() as connection:
            if allowed:
                await connection.execute(sql.SQL("ALTER ROLE {} LOGIN").format(sql.Identifier(name)))
            else:
                await self._lock_out(connection, name)

    async def dump(self, name: str, target: Path) -> None:
        given = conninfo_to_dict(self._url)
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "PGHOST": str(given.get("host") or ""),
            "PGPORT": str(given.get("port") or ""),
            "PGUSER": str(given.get("user") or ""),
            "PGPASSWORD": str(given.get("password") or ""),
        }
        try:
            process = await asyncio.create_subprocess_exec(
                *(self._pg_dump, "--format=custom", "--no-password", f"--role={name}"),
                *(f"--file={target}", f"--dbname={name}"),
                env={key: value for key, value in environment.items() if value},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
            )
        except OSError as error:
            raise EngineUnavailable("pg_dump can't be run") from error
        _, complaint = await process.communicate()
        if process.returncode != 0:
            log.warning("pg_dump failed", database=name, said=complaint.decode(errors="replace")[-500:])
            raise EngineUnavailable("pg_dump failed")

    async def health(self) -> EngineHealth:
        async with self._connect() as connection:
            version = connection.info.server_version // 10_000
            exposed = [row[0] for row in await (await connection.execute(OPEN_TO_PUBLIC)).fetchall()]
            superuser = connection.info.parameter_status("is_superuser") == "on"
        problems = []
        if version < OLDEST_VERSION:
            problems.append(
                f"PostgreSQL {version} is too old: before {OLDEST_VERSION} CREATEROLE is a way to superuser."
            )
        if superuser:
            problems.append(
                "The provisioner is a superuser; run `nextpanel prepare-postgres` and use the role it makes."
            )
        if exposed:
            problems.append(f"Every role may connect to: {', '.join(exposed)}. Revoke CONNECT from PUBLIC there.")
        return EngineHealth(name="postgresql", version=str(version), problems=tuple(problems))

    async def _exists(self, connection: AsyncConnection, name: str) -> bool:
        found = await connection.execute("SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = %s", (name,))
        return await found.fetchone() is not None

    async def _lock_out(self, connection: AsyncConnection, name: str) -> None:
        await connection.execute(sql.SQL("ALTER ROLE {} NOLOGIN").format(sql.Identifier(name)))
        await connection.execute(
            "SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE usename = %s", (name,)
        )

    async def _drop_role(self, connection: AsyncConnection, name: str) -> None:
        role = sql.Identifier(name)
        try:
            await connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(role))
        except psycopg.errors.DependentObjectsStillExist:
            # Another customer granted this role something in a database of theirs. It can't log in any more;
            # out of the way it goes, so that nobody can keep a neighbour's name or quota busy.
            retired = sql.Identifier(f"retired_{uuid4().hex}")
            await connection.execute(sql.SQL("ALTER ROLE {} PASSWORD NULL").format(role))
            await connection.execute(sql.SQL("ALTER ROLE {} RENAME TO {}").format(role, retired))

    @asynccontextmanager
    async def _connect(self, database: str | None = None) -> AsyncIterator[AsyncConnection]:
        """Connect for a few statements, each its own transaction; whatever goes wrong is `EngineUnavailable`."""
        where = self._url if database is None else make_conninfo(self._url, dbname=database)
        try:
            async with self._slots:
                connection = await AsyncConnection.connect(
                    where,
                    autocommit=True,
                    connect_timeout=5,
                    application_name="nextpanel",
                    options=_OPTIONS,
                )
                async with connection:
                    yield connection
        except psycopg.Error as error:
            log.warning("engine refused", sqlstate=error.sqlstate, error=type(error).__name__)
            raise EngineUnavailable from error
