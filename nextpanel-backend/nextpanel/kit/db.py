"""The panel's own database: declarative base, transactions, and the request's session."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated, Any, ClassVar

from fastapi import Depends
from sqlalchemy import DateTime
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import DeclarativeBase
from starlette.requests import Request

from service_kit.db import metadata


class Base(DeclarativeBase):
    """Declarative base of every table of the panel."""

    metadata = metadata()
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        dict[str, object]: JSONB,
        list[object]: JSONB,
        datetime: DateTime(timezone=True),
    }


class Database:
    """The way into the panel's database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Open a transaction; commit on leaving, roll back on an exception."""
        async with AsyncSession(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    async def dispose(self) -> None:
        await self.engine.dispose()


async def wired_database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


async def _request_transaction(
    database: Annotated[Database, Depends(wired_database)],
) -> AsyncIterator[AsyncSession]:
    async with database.transaction() as session:
        yield session


WiredDatabase = Annotated[Database, Depends(wired_database)]
# The function's scope: the commit happens before the answer leaves, so a failed commit can't look like success.
Transaction = Annotated[AsyncSession, Depends(_request_transaction, scope="function")]
