"""`/xml.response`: one address, the command in a parameter."""

import asyncio
from collections.abc import Callable
from time import perf_counter
from xml.etree.ElementTree import Element

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.core.context import Context
from sandbox.core.faults import Fault
from sandbox.namecheap import catalog, domains, extras, orders, records
from sandbox.namecheap.account import Account
from sandbox.namecheap.admin import NamecheapAdmin
from sandbox.namecheap.failure import ApiFailure
from sandbox.namecheap.faults import answer_after, answer_before, fail_before, kinds_for
from sandbox.namecheap.gate import RateLimit, check_access
from sandbox.namecheap.markup import element, envelope, html_page
from sandbox.namecheap.params import Params
from sandbox.namecheap.transfers import Transfers

_PREFIX = "namecheap."
_HANDLERS = {**catalog.COMMANDS, **domains.COMMANDS, **orders.COMMANDS, **extras.COMMANDS, **records.COMMANDS}
_TRANSFER_COMMANDS = (
    "domains.transfer.create",
    "domains.transfer.getStatus",
    "domains.transfer.updateStatus",
    "domains.transfer.getList",
)
_CANONICAL = {name.lower(): name for name in (*_HANDLERS, *_TRANSFER_COMMANDS)}


def routes(context: Context) -> list[BaseRoute]:
    """What is mounted at `/namecheap`."""
    return [Route("/xml.response", _Endpoint(context).answer, methods=["GET", "POST"])]


def admin_routes(context: Context) -> list[BaseRoute]:
    """What is mounted at `/admin/namecheap`; see `sandbox.namecheap.admin`."""
    return NamecheapAdmin(context).routes()


class _Endpoint:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._limit = RateLimit(context)
        context.reset_hooks.append(self._limit.clear)

    async def answer(self, request: Request) -> Response:
        started = perf_counter()
        form = await request.form()
        given = {**request.query_params, **{name: value for name, value in form.items() if isinstance(value, str)}}
        params = Params(given)
        command = params.get("Command")
        operation = _CANONICAL.get(command.lower().removeprefix(_PREFIX), "")
        response = await self._respond(request, params, operation, started)
        self._context.journal.add(
            vendor="namecheap",
            method=request.method,
            path="/namecheap/xml.response",
            operation=operation or command or None,
            parameters=given,
            status=response.status_code,
            ms=(perf_counter() - started) * 1000,
        )
        return response

    async def _respond(self, request: Request, params: Params, operation: str, started: float) -> Response:
        switched = Account(self._context).settings()["rate_limits"]
        if not self._limit.allows(params.get("ApiKey"), switched):
            return Response(html_page(405, "Method Not Allowed"), status_code=405, media_type="text/html")
        name = params.get("DomainName").lower()
        fault = self._context.faults.take("namecheap", operation, kinds=kinds_for(operation), domain=name)
        before = answer_before(fault)
        if before is not None:
            return before
        if fault is not None and fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        source = request.client.host if request.client else ""
        body = self._execute(params, operation, source, fault, started)
        return answer_after(fault, operation, body) or Response(body, media_type="text/xml")

    def _execute(self, params: Params, operation: str, source: str, fault: Fault | None, started: float) -> bytes:
        """The envelope of the executed or refused command; a refused one leaves no trace in the state."""
        reached = ""
        if fault is not None and fault.kind == "sniped":
            Account(self._context).give_to_others(params.get("DomainName").lower())
        try:
            with self._context.store.transaction():
                account = Account(self._context)
                check_access(self._context, account, params, source)
                reached = _PREFIX + operation
                fail_before(fault)
                content = self._handler(account, operation, fault)(params)
        except ApiFailure as failure:
            return envelope(reached, failure.content, [(failure.number, failure.text)], perf_counter() - started)
        return envelope(reached, content, (), perf_counter() - started)

    def _handler(self, account: Account, operation: str, fault: Fault | None) -> Callable[[Params], list[Element]]:
        transfers = Transfers(self._context, account)
        if operation == "domains.create" and fault is not None:
            special = _special_create(account, fault)
            if special is not None:
                return special
        handler = _HANDLERS.get(operation)
        if handler is not None:
            return lambda params: handler(account, params)
        transfer_handler = transfers.commands().get(operation)
        if transfer_handler is None:
            raise ApiFailure("1011104", "Parameter Command is invalid")
        return transfer_handler


def _special_create(account: Account, fault: Fault) -> Callable[[Params], list[Element]] | None:
    if fault.kind == "non_realtime":
        seconds = int(fault.seconds) or 3600
        return lambda params: orders.create(account, params, pending_seconds=seconds)
    if fault.kind == "not_registered":
        return lambda params: [
            element("DomainCreateResult", Domain=params.domain(), Registered=False, ChargedAmount="0.0000")
        ]
    return None
