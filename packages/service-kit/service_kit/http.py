"""ASGI middleware every service wears: request ids, body limit, access log, metrics, security headers."""

import re
import time
from collections.abc import Mapping

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service_kit.errors import AppError, PayloadTooLarge
from service_kit.ids import uuid7_text
from service_kit.logs import get_logger
from service_kit.metrics import HttpMetrics
from service_kit.problems import problem_response

log = get_logger("http")

_REQUEST_ID = re.compile(rb"^[A-Za-z0-9._-]{1,64}$")
SECURITY_HEADERS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_SECURITY_HEADERS = [(name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]
_QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def note_for_log(scope: Scope, **fields: str) -> None:
    """Add fields to the line that the request will be logged with."""
    scope.setdefault("log_fields", {}).update(fields)


class ObservabilityMiddleware:
    """Give each request an id, log it once, count and time it by route template."""

    def __init__(self, app: ASGIApp, metrics: HttpMetrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = next((v for k, v in scope["headers"] if k == b"x-request-id"), b"")
        request_id = given.decode() if _REQUEST_ID.match(given) else uuid7_text()
        status, answering = 500, False
        started = time.perf_counter()

        async def send_with_headers(message: Message) -> None:
            nonlocal status, answering
            if message["type"] == "http.response.start":
                status, answering = message["status"], True
                # On the raw list: this runs for every answer.
                headers = [header for header in message.get("headers", ()) if header[0] != b"x-request-id"]
                present = {name for name, _ in headers}
                headers.append((b"x-request-id", request_id.encode()))
                headers.extend(header for header in _SECURITY_HEADERS if header[0] not in present)
                message["headers"] = headers
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, send_with_headers)
            except Exception:
                # Here and not further out, where neither the log line nor the answer would carry the request's id.
                log.exception("unhandled error", path=scope["path"])
                if answering:
                    raise
                await problem_response(AppError())(scope, receive, send_with_headers)
            finally:
                self._record(scope, status, time.perf_counter() - started)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        # The template, not the path, and no invented method: each other label would make a new time series.
        route = getattr(scope.get("route"), "path", "unmatched")
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        self.metrics.observe(method, route, status, seconds)
        problem = {"code": scope["problem_code"]} if "problem_code" in scope else {}
        for code in problem.values():
            self.metrics.problems.labels(code, str(status)).inc()
        if scope["path"] not in _QUIET:
            fields = {**scope.get("log_fields", {}), **problem}
            log.info("request", method=method, route=route, status=status, ms=round(seconds * 1000, 1), **fields)


async def read_body(receive: Receive, max_bytes: int) -> bytes | None:
    """Return the whole body, None when the client has gone. Raises `PayloadTooLarge`."""
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > max_bytes:
            raise PayloadTooLarge
        if not message.get("more_body", False):
            return b"".join(chunks)


def replaying(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives a body which was read already, then what comes after it."""
    left: bytes | None = body

    async def replay() -> Message:
        nonlocal left
        if left is None:
            return await receive()
        sent, left = left, None
        return {"type": "http.request", "body": sent, "more_body": False}

    return replay


class BodyLimitMiddleware:
    """Refuse bodies over `max_bytes` with 413, whether or not the length was declared."""

    def __init__(self, app: ASGIApp, max_bytes: int = 256 * 1024) -> None:
        self.app = app
        self.max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD", "OPTIONS"}:
            await self.app(scope, receive, send)
            return
        declared = next((v for k, v in scope["headers"] if k == b"content-length"), b"0")
        if declared.isdigit() and int(declared) > self.max_bytes:
            await problem_response(PayloadTooLarge())(scope, receive, send)
            return
        # Small by definition, so it is read here once; the app never sees half a body.
        try:
            body = await read_body(receive, self.max_bytes)
        except PayloadTooLarge as error:
            await problem_response(error)(scope, receive, send)
            return
        if body is not None:
            await self.app(scope, replaying(body, receive), send)
