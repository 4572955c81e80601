"""Is everything that billing needs there? Each check says so in one line."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import httpx
import redis.asyncio as aioredis
from celery import Celery
from sqlalchemy import select, text

from billing.catalog.models import Plan
from billing.flows.dunning.ports import DunningProvider
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.kit.heartbeats import age_seconds
from billing.migrate import require_head
from billing.panels.models import PanelServer
from billing.settings import Settings
from billing.wiring import celery_app
from service_kit.clock import Clock
from service_kit.logs import mask

LIMIT_SECONDS = 5.0
LOOK_BACK = timedelta(days=30)
RETRIES_SETTING = (
    "in Stripe's dashboard, billing settings, failed payments: if all retries fail, leave the subscription past due"
)


class Trouble(Exception):
    """Something is not as it should be; the message is for people."""


@dataclass(frozen=True, slots=True)
class Finding:
    name: str
    ok: bool
    detail: str


async def examine(container: Container) -> list[dict[str, object]]:
    """Run every check and return `{name, ok, detail}` for each."""
    settings = container.get(Settings)
    database, redis = container.get(Database), container.get(aioredis.Redis)
    checks: dict[str, Callable[[], Awaitable[str]]] = {
        "database": lambda: _database(database),
        "migrations": lambda: _migrations(database),
        "redis": lambda: _redis(redis),
        "worker": lambda: _worker(celery_app(settings)),
        "beat": lambda: _beat(database, settings),
        "clock": lambda: _clock(database),
        "catalog": lambda: _catalog(database),
        "webhook": lambda: _webhook(settings),
        "panels": lambda: _panels(database),
        "stripe": lambda: _reachable(settings.stripe_api_base),
        "dunning": lambda: _dunning(container.get(DunningProvider), container.get(Clock).now()),
    }
    found = await asyncio.gather(*(_run(name, check) for name, check in checks.items()))
    return [asdict(finding) for finding in found]


async def _run(name: str, check: Callable[[], Awaitable[str]]) -> Finding:
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            return Finding(name, ok=True, detail=await check())
    except TimeoutError:
        return Finding(name, ok=False, detail="no answer in time")
    except Exception as error:  # noqa: BLE001 - the doctor reports, whatever it is
        return Finding(name, ok=False, detail=str(mask(str(error)))[:300] or type(error).__name__)


async def _database(database: Database) -> str:
    async with database.engine.connect() as connection:
        version = (await connection.execute(text("SHOW server_version"))).scalar_one()
    return f"PostgreSQL {version}"


async def _migrations(database: Database) -> str:
    await require_head(database.engine)
    return "at head"


async def _redis(redis: aioredis.Redis) -> str:
    info = await redis.info("server")
    return f"Redis {info['redis_version']}"


async def _worker(app: Celery) -> str:
    answers = await asyncio.to_thread(app.control.ping, timeout=1.0)
    if not answers:
        raise Trouble("no worker answers; is it running?")
    return f"{len(answers)} worker{'s' if len(answers) > 1 else ''}"


async def _beat(database: Database, settings: Settings) -> str:
    async with database.transaction(Subject.system()) as session:
        age = await age_seconds(session, "sweep")
    limit = settings.sweep_interval.total_seconds() * 4
    if age is None or age > limit:
        raise Trouble("no sweep has run lately; is beat running?")
    return f"last sweep {age:.0f} s ago"


async def _clock(database: Database) -> str:
    async with database.engine.connect() as connection:
        theirs = float((await connection.execute(text("SELECT extract(epoch FROM clock_timestamp())"))).scalar_one())
    skew = abs(time.time() - theirs)
    if skew > 5:
        raise Trouble(f"our clock and the database's differ by {skew:.0f} s")
    return f"skew {skew:.1f} s"


async def _catalog(database: Database) -> str:
    async with database.transaction(Subject.system()) as session:
        plans = (await session.execute(select(Plan).where(Plan.is_active))).scalars().all()
    unsynced = [plan.code for plan in plans if not plan.stripe_price_id_monthly or not plan.stripe_price_id_yearly]
    if not plans or unsynced:
        raise Trouble(
            f"run `billing seed` and `billing sync-stripe`; not for sale: {', '.join(unsynced) or 'anything'}"
        )
    return f"{len(plans)} plans for sale"


async def _webhook(settings: Settings) -> str:
    """An unsigned event must be refused: that shows that the endpoint is reached and checks signatures."""
    async with httpx.AsyncClient(timeout=LIMIT_SECONDS) as http:
        answer = await http.post(f"{settings.base_url}/api/v1/webhooks/stripe", content=b"{}")
    if answer.status_code not in {400, 429}:
        raise Trouble(f"the webhook endpoint answers {answer.status_code}")
    return "reachable, refuses what is unsigned"


async def _reachable(url: str) -> str:
    async with httpx.AsyncClient(timeout=LIMIT_SECONDS) as http:
        answer = await http.get(f"{url}/v1/charges")
    if answer.status_code != 401:
        raise Trouble(f"answers {answer.status_code} without a key")
    return "answers"


async def _dunning(provider: DunningProvider, now: datetime) -> str:
    ended = await provider.find_ended_by_retries(now - LOOK_BACK)
    if ended is not None:
        raise Trouble(f"Stripe itself ended {ended} after its last retry; {RETRIES_SETTING}")
    return f"no subscription ended by Stripe's retries in {LOOK_BACK.days} days"


async def _panels(database: Database) -> str:
    async with database.transaction(Subject.system()) as session:
        servers = (await session.execute(select(PanelServer).where(PanelServer.is_active))).scalars().all()
    if not servers:
        raise Trouble("no panel server is registered")
    async with httpx.AsyncClient(timeout=LIMIT_SECONDS) as http:
        for server in servers:
            answer = await http.get(f"{server.base_url}/readyz")
            if answer.status_code != 200:
                raise Trouble(f"panel {server.name} answers {answer.status_code}")
    return f"{len(servers)} ready"
