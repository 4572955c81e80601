"""A process that dies where the test says: after the n-th commit, or around the n-th call to the registrar."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, TypeVar, cast

from billing.domains.commands import RegisterDomain, RegistrationPolicy, RenewDomain
from billing.domains.outcomes import Confirmed, Pending, RegistrationOutcome
from billing.domains.ports import Registrar
from billing.kit.db import Database, Session, Subject
from service_kit.clock import Clock, FixedClock

POLICY = RegistrationPolicy(recheck_delay=timedelta(minutes=3))


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


CommandT = TypeVar("CommandT", RegisterDomain, RenewDomain)
Ordering = Callable[[Database, Registrar, Clock, CommandT, RegistrationPolicy], Awaitable[RegistrationOutcome]]


async def run(
    order: Ordering[CommandT],
    database: Database,
    registrar: Registrar,
    clock: FixedClock,
    command: CommandT,
    fate: Fate,
) -> Confirmed | None:
    """Call until it is settled; None when fate ends the run."""
    mortal = cast("Registrar", MortalRegistrar(registrar, fate))
    for _ in range(6):
        try:
            outcome = await order(MortalDatabase(database, fate), mortal, clock, command, POLICY)
        except Killed:
            return None
        if isinstance(outcome, Confirmed):
            return outcome
        assert isinstance(outcome, Pending)
        clock.advance(outcome.retry_at - clock.now())
    raise AssertionError("never settled")
