"""What the composition root hands to the floors below: one instance per type, typed on the way out."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

from starlette.requests import Request

T = TypeVar("T")


class Container:
    """Instances by their type or port; filled by the roots only."""

    def __init__(self) -> None:
        self._instances: dict[Any, Any] = {}

    def put(self, kind: type[T], instance: T) -> T:
        self._instances[kind] = instance
        return instance

    def get(self, kind: type[T]) -> T:
        """Return the instance; raises `LookupError` when the root forgot to wire it."""
        try:
            return cast("T", self._instances[kind])
        except KeyError:
            raise LookupError(f"{kind.__name__} is not wired") from None


def provided(kind: type[T]) -> Callable[[Request], Awaitable[T]]:
    """Return a FastAPI dependency that yields the wired instance of `kind`."""

    # A coroutine, because FastAPI runs plain functions in a thread: a hop for nothing.
    async def dependency(request: Request) -> T:
        container: Container = request.app.state.container
        return container.get(kind)

    return dependency
