import contextlib
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime

import httpx
import pytest
import pytest_asyncio

from nextpanel.app import create_app
from nextpanel.engines.postgresql.cluster import prepare_cluster
from nextpanel.kit import migrations
from nextpanel.settings import Settings
from service_kit.clock import FixedClock
from service_kit.passwords import PasswordHasher
from testkit.postgres import PostgresServer, postgres_server
from testkit.reused_database import ReusedDatabase
from tests.support.billing import FakeBilling
from tests.support.panel import PROVISIONER, PROVISIONER_PASSWORD, Panel, environment
from tests.support.serving import listen, serving

PanelFactory = Callable[..., AbstractAsyncContextManager[Panel]]


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with postgres_server() as server:
        prepare_cluster(server.superuser_dsn, provisioner=PROVISIONER, password=PROVISIONER_PASSWORD)
        server.create_database("panel_template")
        migrations.upgrade(server.dsn("panel_template", driver="postgresql+asyncpg"))
        yield server


@pytest.fixture(scope="session")
def reused_database(postgres: PostgresServer) -> Iterator[ReusedDatabase]:
    reused = ReusedDatabase(postgres, f"panel_{os.getpid()}", template="panel_template", private=True)
    yield reused
    reused.drop()


@pytest.fixture
def panel_database(reused_database: ReusedDatabase) -> Iterator[str]:
    """A database as the migrations leave it."""
    yield reused_database.name
    reused_database.clean()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime.now(UTC).replace(microsecond=0))


@pytest_asyncio.fixture
async def billing(clock: FixedClock) -> AsyncIterator[FakeBilling]:
    listener, url = listen()
    fake = FakeBilling(clock=clock, base_url=url)
    with listener:
        async with serving(fake.app(), listener):
            yield fake


@pytest.fixture
def panel_factory(
    postgres: PostgresServer,
    panel_database: str,
    billing: FakeBilling,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> PanelFactory:
    """Start a panel in this process; further settings by name."""

    @contextlib.asynccontextmanager
    async def start(**more: str) -> AsyncIterator[Panel]:
        listener, base_url = listen()
        with listener:
            variables = environment(
                postgres, database=panel_database, base_url=base_url, billing_url=billing.base_url, **more
            )
            with monkeypatch.context() as patch:
                for name, value in variables.items():
                    patch.setenv(name, value)
                settings = Settings()
            app = create_app(settings, clock=clock, hasher=PasswordHasher(rounds=4))
            async with serving(app, listener, lifespan=True), httpx.AsyncClient(base_url=base_url, timeout=60) as http:
                yield Panel(http, billing, postgres, panel_database, settings, app)

    return start


@pytest_asyncio.fixture
async def panel(panel_factory: PanelFactory) -> AsyncIterator[Panel]:
    async with panel_factory() as running:
        yield running
