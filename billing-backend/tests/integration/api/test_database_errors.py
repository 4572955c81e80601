"""What PostgreSQL says stays inside: no SQL and no value of a statement in an answer, no value in the log."""

import io
import json
import logging
from collections.abc import Iterator

import httpx
import pytest
import structlog
from fastapi import APIRouter, FastAPI
from sqlalchemy import text

from billing.accounts.dependencies import PublicSession
from service_kit.logs import configure_logging

router = APIRouter()
SECRET = "hunter2-in-a-statement"


@router.get("/broken/{kind}")
async def broken(kind: str, session: PublicSession) -> None:
    statement = {
        "constraint": "INSERT INTO users (id, email) VALUES (gen_random_uuid(), :value)",
        "syntax": "SELEKT :value",
        "cast": "SELECT cast(:value AS uuid)",
        "permission": "SELECT :value FROM pg_authid",
        "timeout": "SELECT pg_sleep(5), :value",
    }[kind]
    if kind == "timeout":
        await session.execute(text("SET LOCAL statement_timeout = 20"))
    await session.execute(text(statement), {"value": SECRET})


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    configure_logging("billing-test")
    written = io.StringIO()
    handler = root.handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written)
    yield written
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


async def test_a_statement_that_fails_is_nobodys_business(
    app: FastAPI, client: httpx.AsyncClient, logged: io.StringIO
) -> None:
    app.include_router(router)
    for kind in ("constraint", "syntax", "cast", "permission", "timeout"):
        answer = await client.get(f"/broken/{kind}")
        assert (answer.status_code, answer.json()["code"]) in {(500, "internal_error"), (503, "database_unavailable")}
        assert answer.headers["content-type"] == "application/problem+json"
        for word in (SECRET, "users", "INSERT", "SELE", "pg_", "asyncpg"):
            assert word not in answer.text, (kind, answer.text)
    lines = [json.loads(line) for line in logged.getvalue().splitlines()]
    assert SECRET not in logged.getvalue()
    errors = [line for line in lines if line["level"] == "error"]
    assert len(errors) >= 4
    assert all(line["request_id"] for line in errors), "a crash can be found by the id the caller got"
