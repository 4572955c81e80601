"""The short way in for webhooks: what a verified event costs is its signature and its share of a commit.

Routing, cross-origin rules and limits per address are for everybody else; they would cost an event more than storing
it does.
"""

from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from billing.inbound.endpoints import router, take
from billing.kit.container import Container
from service_kit.http import read_body, replaying
from service_kit.logs import get_logger

log = get_logger(__name__)

_ROUTE = next(route for route in router.routes if isinstance(route, APIRoute) and "POST" in (route.methods or ()))


class WebhookExpress:
    """Acknowledges an event that verifies; whatever else happens, the request goes the documented way, which answers.

    Only bodies of a declared length up to `max_bytes` are read here.
    """

    def __init__(self, app: ASGIApp, *, container: Container, max_bytes: int) -> None:
        self.app = app
        self._container = container
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != _ROUTE.path or scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        declared = headers.get(b"content-length", b"")
        if not declared.isdigit() or int(declared) > self._max_bytes:
            await self.app(scope, receive, send)
            return
        body = await read_body(receive, self._max_bytes)
        if body is None:
            return
        try:
            answer = await take(self._container, scope, body, headers.get(b"stripe-signature", b"").decode("latin-1"))
        except Exception as error:  # noqa: BLE001 - the documented way tries again and knows the answer to each error
            log.debug("event goes the long way", error=repr(error))
            await self.app(scope, replaying(body, receive), send)
            return
        scope["route"] = _ROUTE
        length = str(len(answer)).encode()
        sent = [(b"content-type", b"application/json"), (b"content-length", length)]
        await send({"type": "http.response.start", "status": 200, "headers": sent})
        await send({"type": "http.response.body", "body": answer})
