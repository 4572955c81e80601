"""Every error leaves as `application/problem+json`; nothing internal leaves at all."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
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

from service_kit.errors import AppError, BadRequest, DatabaseUnavailable, PayloadTooLarge, Unprocessable
from service_kit.logs import get_logger

log = get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
_HTTP_CODES = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "payload_too_large",
    415: "unsupported_media_type",
}


class MalformedJson(BadRequest):
    code, title = "malformed_json", "The body is not valid JSON"


class ValidationFailed(Unprocessable):
    """`extra["errors"]` names the fields: `field`, `message`, `type`."""

    code, title = "validation_failed", "Some fields are not valid"


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


def _declare(declared: dict[Any, dict[str, Any]], status: int | str, code: str, title: str) -> None:
    description = f"`{code}`: {title}"
    before = declared.get(status, {})
    if f"`{code}`" in before.get("description", ""):
        return
    if MEDIA_TYPE in before.get("content", {}):
        description = f"{before['description']}<br>{description}"
    content = {**before.get("content", {}), MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    declared[status] = {**before, "description": description, "content": content}


def responses(*errors: type[AppError]) -> dict[int | str, dict[str, Any]]:
    """Return the `responses=` entry that declares these errors in OpenAPI."""
    declared: dict[int | str, dict[str, Any]] = {}
    for error in errors:
        _declare(declared, error.status, error.code, error.title)
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
        return problem_response(MalformedJson())
    return problem_response(ValidationFailed(extra={"errors": items[:50]}))


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


def install_problem_handlers(app: FastAPI, *, everywhere: Sequence[type[AppError]] = ()) -> None:
    """Register the handlers on `app` and complete its OpenAPI document.

    Each operation is said to answer with the errors of `everywhere`, and with those that come of its parameters and
    body.
    """
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
                _declare_edge_errors(operation, everywhere)
        return schema

    app.openapi = openapi  # type: ignore[method-assign] # FastAPI documents replacing this method to extend the schema


def _declare_edge_errors(operation: dict[str, Any], everywhere: Sequence[type[AppError]]) -> None:
    """Add what is answered before an operation's own code runs."""
    answers = operation.setdefault("responses", {})
    if MEDIA_TYPE not in answers.get("422", {}).get("content", {}):
        answers.pop("422", None)
    found = list(everywhere)
    body = operation.get("requestBody", {}).get("content", {})
    if body:
        found += [PayloadTooLarge]
    if "application/json" in body:
        found += [MalformedJson]
    if body or operation.get("parameters"):
        found += [ValidationFailed]
    for error in found:
        _declare(answers, str(error.status), error.code, error.title)
