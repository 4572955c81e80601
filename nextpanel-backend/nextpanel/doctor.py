"""Is this installation healthy? One line for each thing that has to be right."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx

from nextpanel import __version__
from nextpanel.databases.ports import EngineUnavailable
from nextpanel.engines.postgresql.engine import PostgresEngine
from nextpanel.kit.migrations import NotMigrated, check_migrated
from nextpanel.settings import Settings
from service_kit.db import create_engine, ping

_TIMEOUT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One check; `detail` says what was found, without secrets."""

    name: str
    ok: bool
    detail: str


async def examine(settings: Settings) -> list[Finding]:
    """Check everything; never raises for a failed check."""
    checks: dict[str, Callable[[Settings], Awaitable[str]]] = {
        "database": _database,
        "migrations": _migrations,
        "postgresql engine": _engine,
        "billing keys": _billing,
    }
    findings = await asyncio.gather(*(_check(name, check, settings) for name, check in checks.items()))
    return [Finding("nextpanel", ok=True, detail=f"version {__version__}, profile {settings.profile}"), *findings]


async def _check(name: str, check: Callable[[Settings], Awaitable[str]], settings: Settings) -> Finding:
    try:
        async with asyncio.timeout(_TIMEOUT_SECONDS):
            return Finding(name, ok=True, detail=await check(settings))
    except (NotMigrated, EngineUnavailable, _Unhealthy) as error:
        return Finding(name, ok=False, detail=str(error))
    except TimeoutError:
        return Finding(name, ok=False, detail="no answer in time")
    except Exception as error:  # noqa: BLE001 - a doctor reports whatever is wrong
        return Finding(name, ok=False, detail=f"can't be reached ({type(error).__name__})")


class _Unhealthy(Exception):
    pass


async def _database(settings: Settings) -> str:
    engine = create_engine(settings.database_url.get_secret_value(), pool_size=1, application_name="nextpanel-doctor")
    try:
        await ping(engine)
    finally:
        await engine.dispose()
    return "answers"


async def _migrations(settings: Settings) -> str:
    engine = create_engine(settings.database_url.get_secret_value(), pool_size=1, application_name="nextpanel-doctor")
    try:
        await check_migrated(engine)
    finally:
        await engine.dispose()
    return "up to date"


async def _engine(settings: Settings) -> str:
    engine = PostgresEngine(
        settings.provisioner_database_url.get_secret_value(),
        host=settings.customer_database_host,
        port=settings.customer_database_port,
        connection_limit=settings.customer_connection_limit,
    )
    health = await engine.health()
    if health.problems:
        raise _Unhealthy(" ".join(health.problems))
    return f"PostgreSQL {health.version}, customers are walled off"


async def _billing(settings: Settings) -> str:
    async with httpx.AsyncClient(trust_env=False, timeout=_TIMEOUT_SECONDS) as http:
        answer = await http.get(f"{settings.billing_url}/.well-known/jwks.json")
    if answer.status_code != httpx.codes.OK:
        raise _Unhealthy(f"billing answers {answer.status_code}")
    return f"{len(answer.json()['keys'])} found at {settings.billing_url}"
