"""`/healthz` says the process is alive; `/readyz` asks what it depends on; `/metrics` is for Prometheus."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse

from service_kit.logs import get_logger, mask
from service_kit.metrics import HttpMetrics

log = get_logger(__name__)

Check = Callable[[], Awaitable[None]]
CHECK_TIMEOUT_SECONDS = 3.0


async def run_check(check: Check) -> str:
    """Return "ok", or what is wrong in a few words."""
    try:
        async with asyncio.timeout(CHECK_TIMEOUT_SECONDS):
            await check()
    except TimeoutError:
        return "no answer in time"
    except Exception as error:  # noqa: BLE001 - whatever a dependency throws means "not ready"
        log.warning("readiness check failed", error=repr(error))
        return str(mask(type(error).__name__))
    return "ok"


def install_health(app: FastAPI, metrics: HttpMetrics, checks: Mapping[str, Check]) -> None:
    """Add the three endpoints; each check raises when its dependency can't be used."""

    async def healthz(_: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    async def readyz(_: Request) -> JSONResponse:
        answers = await asyncio.gather(*(run_check(check) for check in checks.values()))
        results = dict(zip(checks, answers, strict=True))
        ready = all(answer == "ok" for answer in answers)
        return JSONResponse(
            {"status": "ok" if ready else "unavailable", "checks": results}, status_code=200 if ready else 503
        )

    app.router.add_route("/healthz", healthz, include_in_schema=False)
    app.router.add_route("/readyz", readyz, include_in_schema=False)
    app.router.add_route("/metrics", metrics.endpoint, include_in_schema=False)
