"""A process that dies where the test says: after the n-th commit, or around the n-th call to the registrar."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from billing.domains.ports import Registrar
from billing.kit.db import Database, Session, Subject


class Killed(BaseException):
    """Like SIGKILL it is no Exception: nothing of the code under test may catch it."""


class Fate:
    """Counts the boundaries that a run passes and ends it at one of them."""

    def __init__(self, dies_at: int | None = None) -> None:
        self.dies_at = dies_at
        self.passed: list[str] = []

    def boundary(self, name: str) -> None:
        self.passed.append(name)
        if len(self.passed) - 1 == self.dies_at:
            raise Killed(name)


class MortalDatabase(Database):
    """Boundaries before each commit and after it."""

    def __init__(self, database: Database, fate: Fate) -> None:
        self._real = database
        self._fate = fate

    @asynccontextmanager
    async def transaction(self, subject: Subject) -> AsyncIterator[Session]:
        async with self._real.transaction(subject) as session:
            yield session
            self._fate.boundary("before commit")
        self._fate.boundary("after commit")


class MortalRegistrar:
    """Boundaries before each call and after it: what was sent is done, the answer is lost."""

    def __init__(self, registrar: Registrar, fate: Fate) -> None:
        self._real = registrar
        self._fate = fate

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._real, name)
        if not callable(attribute):
            return attribute

        async def call(*args: Any, **kwargs: Any) -> Any:
            self._fate.boundary(f"before {name}")
            answer = await attribute(*args, **kwargs)
            self._fate.boundary(f"after {name}")
            return answer

        return call
