"""`/admin`: health, reset, clock, faults, journal, counts. JSON in and out, loopback only, no authentication.

- `GET  /admin/healthz` → `{"status": "ok"}`
- `POST /admin/reset` → everything forgotten, as a fresh process
- `GET  /admin/state` → `{"collections": {name: count}}`
- `GET  /admin/clock` → `{"now", "offset"}`; `POST /admin/clock/advance {"seconds": 3600}` the same after
  moving
- `GET  /admin/snapshots` → `{"snapshots": […]}`; `POST` or `DELETE /admin/snapshots/{name}` keeps or drops the
  state of this moment, `POST /admin/snapshots/{name}/restore` → `{"now", "offset"}` of the state that is back
- `GET  /admin/faults`; `POST /admin/faults {vendor, operation, kind, times?, seconds?, options?, match?}` →
  201 with its `id`; `DELETE /admin/faults[/{id}]` → `{"removed": n}`
- `GET  /admin/journal?vendor=&limit=` → `{"requests": […]}` newest first
"""

from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.core.context import Context
from sandbox.core.faults import Fault

_FAULT_FIELDS = {"vendor", "operation", "kind", "times", "seconds", "options", "match"}


def routes(context: Context) -> list[BaseRoute]:
    """The routes below `/admin`."""
    admin = _Admin(context)
    return [
        Route("/healthz", admin.healthz, methods=["GET"]),
        Route("/reset", admin.reset, methods=["POST"]),
        Route("/state", admin.state, methods=["GET"]),
        Route("/clock", admin.clock, methods=["GET"]),
        Route("/clock/advance", admin.advance, methods=["POST"]),
        Route("/snapshots", admin.snapshots, methods=["GET"]),
        Route("/snapshots/{name}", admin.snapshot, methods=["POST", "DELETE"]),
        Route("/snapshots/{name}/restore", admin.restore, methods=["POST"]),
        Route("/faults", admin.faults, methods=["GET", "POST", "DELETE"]),
        Route("/faults/{fault_id}", admin.clear_fault, methods=["DELETE"]),
        Route("/journal", admin.journal, methods=["GET"]),
    ]


class _Admin:
    def __init__(self, context: Context) -> None:
        self._context = context

    async def healthz(self, _request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def reset(self, _request: Request) -> Response:
        self._context.reset()
        return JSONResponse({"status": "reset"})

    async def state(self, _request: Request) -> Response:
        return JSONResponse({"collections": self._context.store.counts()})

    async def clock(self, _request: Request) -> Response:
        clock = self._context.clock
        return JSONResponse({"now": clock.now(), "offset": clock.offset})

    async def advance(self, request: Request) -> Response:
        body = await read_json(request)
        seconds = body.get("seconds")
        if not isinstance(seconds, int) or isinstance(seconds, bool) or seconds < 0:
            return bad_request("seconds must be a whole number, not negative")
        now = self._context.advance(seconds)
        return JSONResponse({"now": now, "offset": self._context.clock.offset})

    async def snapshots(self, _request: Request) -> Response:
        return JSONResponse({"snapshots": self._context.snapshots.names()})

    async def snapshot(self, request: Request) -> Response:
        name = request.path_params["name"]
        if request.method == "DELETE":
            return JSONResponse({"removed": int(self._context.snapshots.drop(name))})
        self._context.snapshots.save(name)
        return JSONResponse({"snapshot": name}, status_code=201)

    async def restore(self, request: Request) -> Response:
        try:
            self._context.restore(request.path_params["name"])
        except KeyError:
            return JSONResponse({"error": "no such snapshot"}, status_code=404)
        return await self.clock(request)

    async def faults(self, request: Request) -> Response:
        faults = self._context.faults
        if request.method == "GET":
            return JSONResponse({"faults": [fault.as_document() for fault in faults.list_armed()]})
        if request.method == "DELETE":
            return JSONResponse({"removed": faults.clear()})
        body = await read_json(request)
        unknown = sorted(set(body) - _FAULT_FIELDS)
        if unknown or not {"vendor", "operation", "kind"} <= set(body):
            return bad_request(
                f"fields are {', '.join(sorted(_FAULT_FIELDS))}; unknown: {', '.join(unknown) or 'none'}"
            )
        try:
            fault = faults.arm(Fault(**body))
        except (TypeError, ValueError) as error:
            return bad_request(str(error))
        return JSONResponse(fault.as_document(), status_code=201)

    async def clear_fault(self, request: Request) -> Response:
        return JSONResponse({"removed": self._context.faults.clear(request.path_params["fault_id"])})

    async def journal(self, request: Request) -> Response:
        limit = request.query_params.get("limit", "100")
        if not limit.isdecimal():
            return bad_request("limit must be a whole number")
        entries = self._context.journal.list_entries(request.query_params.get("vendor"), int(limit))
        return JSONResponse({"requests": [entry.as_document() for entry in entries]})


async def read_json(request: Request) -> dict[str, Any]:
    """The body as an object; anything else counts as an empty one."""
    try:
        body = orjson.loads(await request.body())
    except orjson.JSONDecodeError:
        return {}
    return body if isinstance(body, dict) else {}


def bad_request(message: str) -> Response:
    """400 in the admin API's own shape."""
    return JSONResponse({"error": message}, status_code=400)
