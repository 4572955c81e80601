"""The least an ASGI application can do with a webhook: read the body and answer."""

from collections.abc import Awaitable, Callable
from typing import Any

Message = dict[str, Any]
_START = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]}
_BODY = {"type": "http.response.body", "body": b'{"received":true,"new":true}'}


async def app(
    _scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    while (await receive()).get("more_body"):
        pass
    await send(_START)
    await send(_BODY)
