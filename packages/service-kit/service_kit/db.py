"""Database base: naming, column types shared by every table, engine and liveness."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Enum, MetaData, String, event, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine.interfaces import AdaptedConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.orm import mapped_column

from service_kit.ids import uuid7

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

UuidPk = Annotated[uuid.UUID, mapped_column(primary_key=True, default=uuid7)]
Timestamp = Annotated[datetime, mapped_column(DateTime(timezone=True))]
CreatedAt = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.now())]
UpdatedAt = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.now(), onupdate=func.now())]
MinorUnits = Annotated[int, mapped_column(BigInteger)]
Currency = Annotated[str, mapped_column(String(3))]
JsonObject = Annotated[dict[str, object], mapped_column(JSONB)]
JsonList = Annotated[list[object], mapped_column(JSONB)]


def metadata() -> MetaData:
    """Return a MetaData whose constraint names are the same on every machine."""
    return MetaData(naming_convention=NAMING_CONVENTION)


def one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    """Return the check that makes a string column a closed list: enums can grow in a migration without ALTER TYPE."""
    allowed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({allowed})", name=column)


def enum_text(enum: type[StrEnum], length: int = 24) -> Enum:
    """Return the column type of a string enum: VARCHAR in the database, members of `enum` in Python.

    Pair it with `one_of`, which is the constraint.
    """
    return Enum(
        enum,
        native_enum=False,
        create_constraint=False,
        length=length,
        values_callable=lambda e: [str(member) for member in e],
    )


def create_engine(
    url: str, *, pool_size: int = 20, application_name: str, statement_timeout_ms: int = 30_000
) -> AsyncEngine:
    """Return an async engine that is safe behind PgBouncer in transaction mode.

    Prepared-statement names are unique, nothing of the session outlives a transaction. `pool_size` counts connections
    of this process, with no overflow.
    """
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        # The few connections that are in use all the time keep their prepared statements warm.
        pool_use_lifo=True,
        # Errors are logged and kept with what failed; the values of a statement may be somebody's secret.
        hide_parameters=True,
        connect_args={
            "timeout": 5,
            # More than any process has different statements: one that falls out is prepared anew each time.
            "prepared_statement_cache_size": 500,
            "prepared_statement_name_func": lambda: f"__asyncpg_{uuid7()}__",
            "server_settings": {
                "application_name": application_name,
                "statement_timeout": str(statement_timeout_ms),
            },
        },
    )
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    return engine


def _refuse_closed(connection: AdaptedConnection, *_: object) -> None:
    """Have the pool replace a connection that its driver saw closing while idle: no round trip, unlike a ping."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError("closed while idle")


async def ping(engine: AsyncEngine) -> None:
    """Raise when the database does not answer."""
    async with engine.connect() as connection:
        await connection.execute(text("SELECT 1"))
