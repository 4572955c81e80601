"""One request to `/v1`: key, parameters, idempotency, the operation in a transaction, the answer.

Fault kinds taken here, by operation name (`subscriptions.create`, …) or `*`: `error_500` (nothing happened,
not recorded), `error_500_saved` (nothing happened, and the key repeats it), `error_429`, `lock_timeout`,
`slow` (waits `seconds` first), `timeout_after_commit` (done, then the connection hangs for `seconds` and is
cut), `webhook_before_response`.
"""

import asyncio
import logging
import time
from dataclasses import dataclass

import orjson
from starlette.requests import Request
from starlette.responses import Response

from sandbox.core.cut import CutConnection
from sandbox.core.faults import Fault
from sandbox.stripe.authentication import Caller, authenticate
from sandbox.stripe.catalog import find_operation
from sandbox.stripe.errors import StripeError, invalid, unsupported
from sandbox.stripe.expand import expand
from sandbox.stripe.form import Tree, parse_form
from sandbox.stripe.idempotency import fingerprint_of
from sandbox.stripe.parameters import Params, check
from sandbox.stripe.resource import Call, Operation
from sandbox.stripe.sdk import api_version
from sandbox.stripe.service import StripeService

_log = logging.getLogger(__name__)

_BEFORE = frozenset({"error_500", "error_500_saved", "error_429", "lock_timeout", "slow"})
_AFTER = frozenset({"timeout_after_commit", "webhook_before_response"})
_FORM = "application/x-www-form-urlencoded"


@dataclass(slots=True)
class Exchange:
    """What is known about a request while it is being answered."""

    request_id: str
    method: str
    path: str
    body: bytes
    key: str | None
    tree: Tree
    operation: Operation | None = None
    # Whether the operation ran to its end; a replay and a refusal have nothing to commit.
    committed: bool = False
    deliveries: tuple[str, ...] = ()


class Transport:
    """The handler of every path below `/v1`."""

    def __init__(self, service: StripeService) -> None:
        self._service = service
        self._context = service.context

    async def handle(self, request: Request) -> Response:
        """Answer a request and note it in the journal."""
        started = time.perf_counter()
        method = request.method
        exchange = Exchange(
            request_id=self._context.identifiers.new("req", 14),
            method=method,
            path=f"/v1/{request.path_params['path']}",
            body=await request.body() if method == "POST" else request.url.query.encode(),
            key=request.headers.get("idempotency-key") if method == "POST" else None,
            tree={},
        )
        try:
            status, body, headers = await self._answer(request, exchange)
        except StripeError as error:
            status, body, headers = self._refusal(exchange, error)
        except Exception:  # noqa: BLE001 - a client gets Stripe's error shape even for our own mistakes
            _log.exception("a request broke", extra={"request_id": exchange.request_id, "path": exchange.path})
            broken = StripeError(500, "An unknown error occurred.", kind="api_error")
            status, body, headers = self._refusal(exchange, broken)
        response = await self._finish(exchange, status, body, headers)
        self._context.journal.add(
            vendor="stripe",
            method=method,
            path=exchange.path,
            parameters=exchange.tree,
            status=response.status_code,
            ms=(time.perf_counter() - started) * 1000,
            operation=exchange.operation.name if exchange.operation else None,
        )
        return response

    async def _answer(self, request: Request, exchange: Exchange) -> tuple[int, bytes, dict[str, str]]:
        if exchange.method == "POST" and exchange.body:
            _check_content_type(request)
        exchange.tree = parse_form(_text(exchange.body))
        caller = authenticate(self._context, request, exchange.tree)
        self._service.limits.check(exchange.path)
        found = find_operation(exchange.method, exchange.path)
        if found is None:
            message = (
                f"Unrecognized request URL ({exchange.method}: {exchange.path}). Please see https://stripe.com/docs or"
                " we can help at https://support.stripe.com/."
            )
            raise StripeError(404, message)
        exchange.operation, ids = found
        caller.check_allowed(exchange.operation)
        _check_version(request)
        if exchange.key is None:
            return await self._run(exchange, exchange.operation, ids, caller)
        fingerprint = fingerprint_of(exchange.method, exchange.path, exchange.body)
        saved = self._service.keys.begin(exchange.key, fingerprint, self._context.clock.now())
        if saved is not None:
            headers = {"Original-Request": saved["request_id"], "Idempotent-Replayed": "true"}
            return saved["status"], saved["body"].encode(), headers
        try:
            return await self._run(exchange, exchange.operation, ids, caller)
        finally:
            self._service.keys.end(exchange.key)

    async def _run(
        self, exchange: Exchange, operation: Operation, ids: dict[str, str], caller: Caller
    ) -> tuple[int, bytes, dict[str, str]]:
        fault = self._context.faults.take("stripe", operation.name, kinds=_BEFORE)
        if fault is not None and fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        elif fault is not None and fault.kind != "error_500_saved":
            raise _fault_error(fault)
        values = check(exchange.tree, operation.params, operation.extra)
        call = Call(ids, Params(values), public=caller.public)
        try:
            if fault is not None and fault.kind == "error_500_saved":
                raise _fault_error(fault)
            self._service.run_due_jobs()
            with self._context.store.transaction():
                return self._execute(exchange, operation, call)
        except StripeError as error:
            if exchange.key is None:
                raise
            status, body, headers = self._refusal(exchange, error)
            with self._context.store.transaction():
                self._save(exchange, status, body)
            return status, body, headers

    def _execute(self, exchange: Exchange, operation: Operation, call: Call) -> tuple[int, bytes, dict[str, str]]:
        """Run inside the transaction; a refusal that keeps its effects is an answer, every other one
        escapes.
        """
        work = self._service.work(request_id=exchange.request_id, idempotency_key=exchange.key)
        headers: dict[str, str] = {}
        try:
            result = operation.handler(work, call)
            paths = call.params.get("expand") or []
            unread = next(call.params.unread(), None)
            if unread is not None:
                raise unsupported(f"the parameter {unread} of {operation.name}", unread)
            view = result if operation.listing or operation.rendered else work.render(result)
            expand(work, view, operation.returns, paths)
            status, body = 200, orjson.dumps(view, option=orjson.OPT_INDENT_2)
        except StripeError as error:
            if not error.keep_effects:
                raise
            status, body, headers = self._refusal(exchange, error)
        if exchange.key is not None:
            self._save(exchange, status, body)
        exchange.deliveries = tuple(work.deliveries)
        exchange.committed = True
        return status, body, headers

    def _save(self, exchange: Exchange, status: int, body: bytes) -> None:
        assert exchange.key is not None
        self._service.keys.save(
            exchange.key,
            fingerprint=fingerprint_of(exchange.method, exchange.path, exchange.body),
            request_id=exchange.request_id,
            status=status,
            body=body,
            now=self._context.clock.now(),
        )

    def _refusal(self, exchange: Exchange, error: StripeError) -> tuple[int, bytes, dict[str, str]]:
        document = error.as_document(exchange.request_id, self._context.clock.now())
        headers = dict(error.headers)
        if error.should_retry is not None:
            headers["Stripe-Should-Retry"] = "true" if error.should_retry else "false"
        return error.status, orjson.dumps(document, option=orjson.OPT_INDENT_2), headers

    async def _finish(self, exchange: Exchange, status: int, body: bytes, headers: dict[str, str]) -> Response:
        fault = None
        if exchange.operation is not None and exchange.committed:
            fault = self._context.faults.take("stripe", exchange.operation.name, kinds=_AFTER)
        if fault is not None and fault.kind == "webhook_before_response":
            await self._service.dispatcher.deliver(exchange.deliveries)
        else:
            self._service.dispatcher.enqueue(exchange.deliveries)
        if exchange.operation is not None and exchange.operation.name == "test_clocks.advance":
            asyncio.get_running_loop().call_soon(self._service.advance_test_clocks)
        if fault is not None and fault.kind == "timeout_after_commit":
            return CutConnection(fault.seconds)
        headers["Request-Id"] = exchange.request_id
        headers["Stripe-Version"] = api_version()
        if exchange.key is not None and exchange.key.isascii() and exchange.key.isprintable():
            headers["Idempotency-Key"] = exchange.key
            headers.setdefault("Original-Request", exchange.request_id)
        return Response(body, status_code=status, headers=headers, media_type="application/json")


def _fault_error(fault: Fault) -> StripeError:
    if fault.kind == "error_429":
        message = "Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits."
        return StripeError(429, message, code="rate_limit", should_retry=True)
    if fault.kind == "lock_timeout":
        message = (
            "This object cannot be accessed right now because another API request or Stripe process is currently"
            " accessing it."
        )
        return StripeError(429, message, code="lock_timeout", should_retry=True)
    retry = fault.kind == "error_500"
    message = "An unknown error occurred."
    return StripeError(500, message, kind="api_error", should_retry=retry)


def _text(body: bytes) -> str:
    try:
        return body.decode("ascii")
    except UnicodeDecodeError as error:
        raise invalid("Invalid form encoding in the request.") from error


def _check_content_type(request: Request) -> None:
    content_type = request.headers.get("content-type", _FORM).split(";")[0].strip().lower()
    if content_type != _FORM:
        message = (
            "Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have any"
            " questions, we can help at https://support.stripe.com/."
        )
        raise invalid(message)


def _check_version(request: Request) -> None:
    version = request.headers.get("stripe-version")
    if version is not None and version != api_version():
        raise unsupported(f"API version {version}; it speaks {api_version()}")
