"""What databases need from a database server."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from service_kit.errors import ServiceUnavailable


class EngineUnavailable(ServiceUnavailable):
    """503; the database server is away or refused. What was begun is undone by itself."""

    code, title = "engine_unavailable", "The database server can't do this right now; try again shortly"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where customers reach their databases."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class EngineHealth:
    """`version` as the server says it; `problems` are sentences for the operator, empty when all is well."""

    name: str
    version: str
    problems: tuple[str, ...]


class DatabaseEngine(Protocol):
    """A server that holds customers' databases. A database and the only role that reaches it share a name.

    Every method but `create` may be repeated at any time. All raise `EngineUnavailable`.
    """

    @property
    def endpoint(self) -> Endpoint: ...

    async def create(self, name: str, *, password: str) -> None:
        """Make the database and its role, able to log in at the end only; fails when either exists."""

    async def drop(self, name: str) -> None:
        """Remove the database and its role, with whatever sessions they have."""

    async def set_login(self, name: str, *, allowed: bool) -> None:
        """Let the role log in, or lock it out and end its sessions."""

    async def dump(self, name: str, target: Path) -> None:
        """Write a restorable dump to `target`."""

    async def health(self) -> EngineHealth:
        """Ask the server how it is."""
