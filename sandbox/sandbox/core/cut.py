"""Cutting a connection before a byte of the answer is sent, as a network fault would do."""

import asyncio

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

_EXTENSION = "sandbox.transport"


class ConnectionAccess:
    """Outermost layer of the application: hands the TCP connection, which uvicorn's request cycle owns, inwards."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on."""
        if scope["type"] == "http":
            cycle = getattr(receive, "__self__", None)
            scope.setdefault("extensions", {})[_EXTENSION] = getattr(cycle, "transport", None)
        await self._app(scope, receive, send)


class CutConnection(Response):
    """An answer that is none: hang for `seconds`, then abort the connection."""

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__(status_code=504)
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Cut instead of answering."""
        if self._seconds:
            await asyncio.sleep(self._seconds)
        abort = getattr(scope.get("extensions", {}).get(_EXTENSION), "abort", None)
        if abort is None:
            raise TypeError("the server does not expose the connection, it cannot be cut")
        abort()
        await asyncio.sleep(0)
