"""`/rest-api` as VIES has it, and the admin's way to set what the register holds.

- `POST /rest-api/check-vat-number` `{"countryCode", "vatNumber", "requesterMemberStateCode"?, "requesterNumber"?}`
- `GET /rest-api/check-status`
- admin: `GET /numbers`, `PUT /numbers/{number}` `{"valid": bool, "name"?: text, "address"?: text}`
"""

import asyncio
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.admin.routes import bad_request, read_json
from sandbox.core.context import Context
from sandbox.vies.faults import KINDS, answer_instead, failure
from sandbox.vies.register import MEMBERS, NOT_TOLD, Entry, Register, is_askable


def routes(context: Context) -> list[BaseRoute]:
    """What is mounted at `/vies`."""
    service = _Service(context)
    return [
        Route("/rest-api/check-vat-number", service.check, methods=["POST"]),
        Route("/rest-api/check-status", service.status, methods=["GET"]),
    ]


def admin_routes(context: Context) -> list[BaseRoute]:
    """What is mounted at `/admin/vies`."""
    admin = _Admin(context)
    return [
        Route("/numbers", admin.numbers, methods=["GET"]),
        Route("/numbers/{number}", admin.enter, methods=["PUT"]),
    ]


class _Service:
    def __init__(self, context: Context) -> None:
        self._context = context

    async def check(self, request: Request) -> Response:
        started = perf_counter()
        asked = await read_json(request)
        response = await self._answer(asked)
        self._context.journal.add(
            vendor="vies",
            method=request.method,
            path=request.url.path,
            operation="check",
            parameters=asked,
            status=response.status_code,
            ms=(perf_counter() - started) * 1000,
        )
        return response

    async def status(self, _request: Request) -> Response:
        countries = [{"countryCode": country, "availability": "Available"} for country in MEMBERS]
        return JSONResponse({"vow": {"available": True}, "countries": countries})

    async def _answer(self, asked: dict[str, Any]) -> Response:
        country, number = str(asked.get("countryCode") or ""), str(asked.get("vatNumber") or "")
        fault = self._context.faults.take("vies", "check", kinds=frozenset(KINDS), country=country, number=number)
        instead = answer_instead(fault)
        if instead is not None:
            return instead
        if fault is not None and fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        if not is_askable(country, number):
            return failure("INVALID_INPUT")
        try:
            requester = _requester(asked)
        except ValueError:
            return failure("INVALID_REQUESTER_INFO")
        found = Register(self._context).look_up(country, number)
        if fault is not None and fault.kind == "invalid":
            found = Entry(valid=False, name=NOT_TOLD, address=NOT_TOLD)
        consultation = self._consultation() if requester is not None else ""
        return JSONResponse(self._verdict(country, number, found, consultation))

    def _consultation(self) -> str:
        with self._context.store.transaction():
            return f"WAPIAAAA{self._context.store.counter('vies_consultations'):08d}"

    def _verdict(self, country: str, number: str, found: Entry, consultation: str) -> dict[str, Any]:
        at = datetime.fromtimestamp(self._context.clock.now(), UTC)
        return {
            "countryCode": country,
            "vatNumber": number,
            "requestDate": at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "valid": found.valid,
            "requestIdentifier": consultation,
            "name": found.name,
            "address": found.address,
            "traderName": NOT_TOLD,
            "traderStreet": NOT_TOLD,
            "traderPostalCode": NOT_TOLD,
            "traderCity": NOT_TOLD,
            "traderCompanyType": NOT_TOLD,
            "traderNameMatch": "NOT_PROCESSED",
            "traderStreetMatch": "NOT_PROCESSED",
            "traderPostalCodeMatch": "NOT_PROCESSED",
            "traderCityMatch": "NOT_PROCESSED",
            "traderCompanyTypeMatch": "NOT_PROCESSED",
        }


def _requester(asked: dict[str, Any]) -> str | None:
    """Who asks, None for nobody. Raises ValueError when that is no number of a member state."""
    country, number = asked.get("requesterMemberStateCode"), asked.get("requesterNumber")
    if not country and not number:
        return None
    if not is_askable(str(country), str(number)):
        raise ValueError("not a requester")
    return f"{country}{number}"


class _Admin:
    def __init__(self, context: Context) -> None:
        self._context = context

    async def numbers(self, _request: Request) -> Response:
        return JSONResponse({"numbers": Register(self._context).entries()})

    async def enter(self, request: Request) -> Response:
        body, whole = await read_json(request), str(request.path_params["number"]).upper()
        texts = [body.get("name"), body.get("address")]
        if set(body) - {"valid", "name", "address"} or not isinstance(body.get("valid"), bool):
            return bad_request("fields are valid (true or false), name and address")
        if not all(text is None or isinstance(text, str) for text in texts):
            return bad_request("name and address are texts")
        if not is_askable(whole[:2], whole[2:]):
            return bad_request("a number starts with the letters of a member state")
        with self._context.store.transaction():
            entry = Register(self._context).enter(whole, valid=body["valid"], name=texts[0], address=texts[1])
        return JSONResponse(entry)
