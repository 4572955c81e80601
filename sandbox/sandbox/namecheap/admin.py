"""`/admin/namecheap`: what a test or a demo may change behind the API's back.

- `GET/PATCH /settings` `{"balance": cents, "allowed_ips": […], "rate_limits": true | false | null}` (null: as the
  process was told)
- `GET /domains` → `{"domains": […]}` the registry's view, pending and expired ones included
- `PUT /taken/{name}` → somebody else owns the name from now on
- `PUT /transfers/{id}` `{"status_id": n}` → a transfer moves to that status
"""

from typing import Final

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.core.context import Context
from sandbox.namecheap.account import DOMAINS, Account, Document
from sandbox.namecheap.transfers import Transfers

_FIELDS: Final = {"balance", "allowed_ips", "rate_limits"}


class NamecheapAdmin:
    """The handlers; all answer JSON."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def routes(self) -> list[BaseRoute]:
        """The routes below `/admin/namecheap`."""
        return [
            Route("/settings", self.settings, methods=["GET", "PATCH"]),
            Route("/domains", self.domains, methods=["GET"]),
            Route("/taken/{name}", self.take, methods=["PUT"]),
            Route("/transfers/{number}", self.transfer, methods=["PUT"]),
        ]

    async def settings(self, request: Request) -> Response:
        if request.method == "PATCH":
            changes = await _read(request)
            if not _is_settings(changes):
                return JSONResponse({"error": "balance, allowed_ips or rate_limits is not valid"}, status_code=400)
            with self._context.store.transaction():
                Account(self._context).change_settings(**changes)
        return JSONResponse(Account(self._context).settings())

    async def domains(self, _request: Request) -> Response:
        return JSONResponse({"domains": self._context.store.scan(DOMAINS)})

    async def take(self, request: Request) -> Response:
        name = request.path_params["name"].lower()
        with self._context.store.transaction():
            Account(self._context).give_to_others(name)
        return JSONResponse({"name": name})

    async def transfer(self, request: Request) -> Response:
        status_id = (await _read(request)).get("status_id")
        if not isinstance(status_id, int):
            return JSONResponse({"error": "status_id must be a whole number"}, status_code=400)
        with self._context.store.transaction():
            found = Transfers(self._context, Account(self._context)).force(request.path_params["number"], status_id)
        if not found:
            return JSONResponse({"error": "no such transfer"}, status_code=404)
        return JSONResponse({"status_id": status_id})


async def _read(request: Request) -> Document:
    try:
        body = orjson.loads(await request.body())
    except orjson.JSONDecodeError:
        return {}
    return body if isinstance(body, dict) else {}


def _is_settings(changes: Document) -> bool:
    balance, addresses = changes.get("balance", 0), changes.get("allowed_ips", [])
    return (
        set(changes) <= _FIELDS
        and isinstance(balance, int)
        and balance >= 0
        and isinstance(addresses, list)
        and all(isinstance(address, str) for address in addresses)
        and changes.get("rate_limits") in {None, True, False}
    )
