"""Database sessions that carry a subject.

Every transaction says on whose behalf it runs; PostgreSQL's row-level security does the rest. A transaction that
names nobody sees nothing. Tasks enqueued in a session are published after its commit and dropped on rollback.
"""

import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from sqlalchemy import Executable, Row, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import DeclarativeBase

from billing.kit.crypto import Vault
from billing.kit.tasks import Message, TaskQueue
from service_kit.db import metadata

_SET_SUBJECT = text("SELECT set_config('app.kind', :kind, true), set_config('app.user_id', :user_id, true)")


class Base(DeclarativeBase):
    """Declarative base of every billing table."""

    metadata = metadata()
    type_annotation_map: ClassVar[dict[Any, Any]] = {dict[str, object]: JSONB, list[object]: JSONB}


@dataclass(frozen=True, slots=True)
class Subject:
    """On whose behalf a transaction runs: `customer` sees own rows, `staff` and `system` see all."""

    kind: Literal["customer", "staff", "system"]
    user_id: uuid.UUID | None = None

    @classmethod
    def customer(cls, user_id: uuid.UUID) -> "Subject":
        return cls("customer", user_id)

    @classmethod
    def staff(cls, user_id: uuid.UUID) -> "Subject":
        return cls("staff", user_id)

    @classmethod
    def system(cls) -> "Subject":
        return cls("system")


class Session(AsyncSession):
    """A unit of work; services flush, the edge commits."""

    @property
    def subject(self) -> Subject:
        """On whose behalf this transaction runs; raises `LookupError` outside `Database.transaction`."""
        subject: Subject = self.info["subject"]
        return subject

    @property
    def vault(self) -> Vault:
        """What seals texts of this database; raises `LookupError` when the root wired none."""
        vault: Vault | None = self.info["vault"]
        if vault is None:
            raise LookupError("this Database was built without a vault")
        return vault

    def enqueue(self, task: str, *args: str, countdown: float = 0) -> None:
        """Publish a task after this transaction commits. `args` are JSON strings; `countdown` in seconds.

        The message is only a hint to look now: whatever it points at must be found by the sweep as well.
        """
        self.info.setdefault("messages", []).append(Message(task, args, countdown))

    def take_messages(self) -> list[Message]:
        messages: list[Message] = self.info.pop("messages", [])
        return messages


class Database:
    """One role's way into PostgreSQL."""

    def __init__(self, engine: AsyncEngine, queue: TaskQueue, vault: Vault | None = None) -> None:
        self.engine = engine
        self._alone = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._queue = queue
        self._vault = vault

    @asynccontextmanager
    async def transaction(self, subject: Subject) -> AsyncIterator[Session]:
        """Open a transaction for `subject`; commit on leaving, roll back on an exception, then publish messages."""
        info = {"subject": subject, "vault": self._vault}
        async with Session(self.engine, expire_on_commit=False, autoflush=True, info=info) as session:
            async with session.begin():
                await session.execute(_SET_SUBJECT, {"kind": subject.kind, "user_id": str(subject.user_id or "")})
                yield session
            messages = session.take_messages()
        if messages:
            await self._queue.publish(messages)

    async def run_alone(self, statement: Executable, values: Mapping[str, Any]) -> Sequence[Row[Any]]:
        """Run one statement that is its own transaction, and return its rows; it has no subject.

        A single round trip: for tables without row-level security, which nobody owns.
        """
        async with self._alone.connect() as connection:
            result = await connection.execute(statement, values)
            return result.all() if result.returns_rows else []

    async def dispose(self) -> None:
        await self.engine.dispose()
