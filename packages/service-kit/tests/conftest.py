"""An app wearing everything a service wears, and its log lines."""

import io
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest
import structlog
from fastapi import FastAPI
from pydantic import BaseModel

from service_kit.errors import Conflict, TooManyRequests
from service_kit.fields import Line
from service_kit.health import install_health
from service_kit.http import BodyLimitMiddleware, ObservabilityMiddleware
from service_kit.logs import configure_logging, get_logger
from service_kit.metrics import HttpMetrics
from service_kit.problems import install_problem_handlers

MAX_BODY = 1000


class NameTaken(Conflict):
    code, title = "name_taken", "The name is taken"


class Thing(BaseModel):
    name: Line
    secret: Line | None = None


@pytest.fixture
def logged() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Configure logging as a service does and return a function that reads the lines written so far."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    configure_logging("kit-test")
    buffer = io.StringIO()
    handler = root.handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(buffer)
    yield lambda: [json.loads(line) for line in buffer.getvalue().splitlines()]
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def checks() -> dict[str, str]:
    """Readiness checks of the app: the value is what goes wrong, empty for nothing."""
    return {"database": "", "redis": ""}


@pytest.fixture
def app(checks: dict[str, str]) -> FastAPI:
    built = FastAPI()
    metrics = HttpMetrics()

    @built.get("/things/{number}")
    async def show(number: int) -> dict[str, int]:
        get_logger("things").info("looked up", number=number)
        return {"number": number}

    @built.post("/things")
    async def create(thing: Thing) -> Thing:
        if thing.name == "taken":
            raise NameTaken(extra={"name": thing.name})
        return thing

    @built.get("/busy")
    async def busy() -> None:
        raise TooManyRequests(0)

    @built.get("/broken")
    async def broken() -> None:
        raise RuntimeError("the key is sk_test_verysecret")

    def check(name: str) -> Callable[[], Any]:
        async def run() -> None:
            if checks[name]:
                raise ConnectionError(checks[name])

        return run

    install_problem_handlers(built)
    install_health(built, metrics, {name: check(name) for name in checks})
    built.add_middleware(BodyLimitMiddleware, max_bytes=MAX_BODY)
    built.add_middleware(ObservabilityMiddleware, metrics=metrics)
    return built


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://kit.test") as http:
        yield http
