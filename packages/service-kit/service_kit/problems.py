"""Every error leaves as `application/problem+json`; nothing internal leaves at all."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from service_kit.errors import AppError, DatabaseUnavailable
from service_kit.logs import get_logger

log = get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
_HTTP_CODES = {
    404: "not_found",
    405: "method_not_allowed",
    413: "payload_too_large",
    415: "unsupported_media_type",
}
# asyncpg raises these for connections that were refused or cut; SQLAlchemy passes some of them on unwrapped.
_CONNECTION_ERRORS = (ConnectionError, OSError, TimeoutError, PoolTimeout, OperationalError, InterfaceError)


class Problem(BaseModel):
    """RFC 9457 problem document; `code` is stable and meant for programs."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    code: str


class ProblemResponse(Response):
    """A problem document; leaves its code in the scope, where the access log and the metrics look for it."""

    media_type = MEDIA_TYPE

    def __init__(self, problem: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> None:
        super().__init__(json.dumps(problem), status_code=problem["status"], headers=headers)
        self._code = problem["code"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["problem_code"] = self._code
        await super().__call__(scope, receive, send)


def problem_response(error: AppError) -> Response:
    return ProblemResponse(error.problem(), error.headers)


def responses(*errors: type[AppError]) -> dict[int | str, dict[str, Any]]:
    """Return the `responses=` entry that declares these errors in OpenAPI."""
    declared: dict[int | str, dict[str, Any]] = {}
    for error in errors:
        description = f"`{error.code}`: {error.title}"
        if error.status in declared:
            description = f"{declared[error.status]['description']}<br>{description}"
        declared[error.status] = {
            "description": description,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    return declared


def _plain(code: str, status: int, title: str, **extra: Any) -> Response:
    body = {
        "type": f"urn:nextpanel:problem:{code}",
        "title": title,
        "status": status,
        "detail": title,
        "code": code,
    }
    return ProblemResponse({**body, **extra})


async def _app_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, AppError)
    return problem_response(error)


async def _validation(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    # `input` and `ctx` are left out: they would echo passwords and keys back.
    items = [
        {"field": ".".join(str(p) for p in e["loc"]), "message": e["msg"], "type": e["type"]} for e in error.errors()
    ]
    if any(item["type"] == "json_invalid" for item in items):
        return _plain("malformed_json", 400, "The body is not valid JSON")
    return _plain("validation_failed", 422, "Some fields are not valid", errors=items[:50])


async def _http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    response = _plain(_HTTP_CODES.get(error.status_code, "http_error"), error.status_code, str(error.detail))
    response.headers.update(error.headers or {})
    return response


async def _database(request: Request, error: Exception) -> Response:
    if isinstance(error, _CONNECTION_ERRORS) or (isinstance(error, DBAPIError) and error.connection_invalidated):
        log.warning("database unavailable", path=request.url.path, error=type(error).__name__)
        return problem_response(DatabaseUnavailable())
    log.error("database error", path=request.url.path, exc_info=error)
    return _plain("internal_error", 500, "Internal error")


async def _unexpected(request: Request, error: Exception) -> Response:
    log.error("unhandled error", path=request.url.path, exc_info=error)
    return _plain("internal_error", 500, "Internal error")


def install_problem_handlers(app: FastAPI) -> None:
    """Register the handlers on `app` and put the `Problem` schema into its OpenAPI document."""
    handlers: list[tuple[type[Exception], Callable[[Request, Exception], Awaitable[Response]]]] = [
        (AppError, _app_error),
        (RequestValidationError, _validation),
        (HTTPException, _http),
        (SQLAlchemyError, _database),
        (ConnectionError, _database),
        (Exception, _unexpected),
    ]
    for error, handler in handlers:
        app.add_exception_handler(error, handler)
    original = app.openapi

    def openapi() -> dict[str, Any]:
        schema = original()
        components = schema.setdefault("components", {}).setdefault("schemas", {})
        components.setdefault("Problem", Problem.model_json_schema())
        components.pop("HTTPValidationError", None)
        components.pop("ValidationError", None)
        for path in schema.get("paths", {}).values():
            for operation in path.values():
                answers = operation.get("responses", {}) if isinstance(operation, dict) else {}
                if "422" in answers and "application/json" in answers["422"].get("content", {}):
                    answers["422"] = {
                        "description": "`validation_failed`: Some fields are not valid",
                        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
                    }
        return schema

    app.openapi = openapi  # type: ignore[method-assign] # FastAPI documents replacing this method to extend the schema
