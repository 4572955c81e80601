"""A response that is no response: the connection is cut before a byte is sent, as a network fault would do."""

import asyncio

from starlette.responses import Response
from starlette.types import Receive, Scope, Send


class CutConnection(Response):
    """Hang for `seconds`, then abort the TCP connection. Needs uvicorn, whose request cycle owns the
    transport.
    """

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__(status_code=504)
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Cut instead of answering."""
        if self._seconds:
            await asyncio.sleep(self._seconds)
        cycle = getattr(receive, "__self__", None)
        transport = getattr(cycle, "transport", None)
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("the server does not expose the connection, it cannot be cut")
        transport.abort()
        await asyncio.sleep(0)
