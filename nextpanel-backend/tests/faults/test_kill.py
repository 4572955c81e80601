"""kill -9 of the panel at each step of a creation and a deletion; after the restart usage and databases agree."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx
import psycopg
import pytest
import pytest_asyncio

from nextpanel.settings import Settings
from service_kit.clock import SystemClock
from testkit.ports import free_port
from testkit.postgres import PostgresServer
from testkit.processes import PATIENCE, ChildProcess, start_process
from tests.support.billing import FakeBilling
from tests.support.panel import Owner, Panel, environment
from tests.support.serving import listen, serving


class KillablePanel(Panel):
    """A panel in a process of its own."""

    process: ChildProcess
    variables: dict[str, str]
    log_dir: Path
    port: int

    async def start(self) -> None:
        command = [sys.executable, "-m", "uvicorn", "--factory", "nextpanel.app:from_environment"]
        command += ["--host", "127.0.0.1", "--port", str(self.port), "--no-access-log"]
        env = {**{name: value for name, value in os.environ.items() if name in {"PATH", "HOME"}}, **self.variables}
        self.process = start_process("nextpanel", command, log_dir=self.log_dir, env=env)
        await asyncio.to_thread(self.process.wait_healthy, f"http://127.0.0.1:{self.port}/readyz")

    def kill(self) -> None:
        self.process.kill()

    def agrees(self, owner: Owner, *, databases: int) -> bool:
        """Whether billing, the panel and the server count the same and nothing is half-done."""
        rows = self.query(
            "SELECT count(*) FILTER (WHERE status = 'active'), count(*) FROM databases "
            "WHERE status NOT IN ('failed', 'deleted')"
        )
        counts = {*map(int, rows[0]), self.used(owner), len(self.real_databases(owner)), len(self.real_roles(owner))}
        return counts == {databases}


@pytest_asyncio.fixture
async def killable(postgres: PostgresServer, panel_database: str, tmp_path: Path) -> AsyncIterator[KillablePanel]:
    listener, billing_url = listen()
    billing = FakeBilling(clock=SystemClock(), base_url=billing_url)
    port = free_port()
    base_url = f"http://127.0.0.1:{port}"
    variables = environment(
        postgres,
        database=panel_database,
        base_url=base_url,
        billing_url=billing_url,
        operation_timeout="8",
        maintenance_interval="0.3",
    )
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        settings = Settings()
    with listener:
        async with serving(billing.app(), listener), httpx.AsyncClient(base_url=base_url, timeout=60) as http:
            panel = KillablePanel(http, billing, postgres, panel_database, settings)
            panel.variables, panel.log_dir, panel.port = variables, tmp_path, port
            await panel.start()
            yield panel
            panel.process.terminate()


async def _die_during(panel: KillablePanel, call: Awaitable[httpx.Response], at: Callable[[], Awaitable[None]]) -> None:
    """Start a call, kill the panel when `at` says that the moment has come, and start it again."""
    request = asyncio.ensure_future(call)
    await asyncio.wait_for(at(), PATIENCE)
    panel.kill()
    with pytest.raises(httpx.TransportError):
        await request
    panel.billing.held = None
    await panel.start()


@pytest.mark.parametrize("step", ["validate", "created"])
async def test_killed_while_billing_answers(killable: KillablePanel, step: str) -> None:
    """Before the gate nothing is counted; at the gate it is counted and the panel never hears of it."""
    owner = await killable.new_owner(maximum=1)
    killable.billing.held = step

    async def reached() -> None:
        await killable.billing.reached.wait()

    await _die_during(killable, killable.create_database(owner, "shop", "key-1"), reached)
    await killable.until(lambda: killable.agrees(owner, databases=0))
    await killable.log_in(owner)
    assert (await killable.create_database(owner, "shop", "key-1")).status_code == 201
    assert killable.agrees(owner, databases=1)


@contextlib.asynccontextmanager
async def _template_in_use(server: PostgresServer) -> AsyncIterator[None]:
    """CREATE DATABASE waits some seconds while somebody is connected to its template."""
    server.execute("ALTER DATABASE template0 ALLOW_CONNECTIONS true")
    try:
        with psycopg.connect(server.dsn("template0"), autocommit=True):
            yield
    finally:
        server.execute("ALTER DATABASE template0 ALLOW_CONNECTIONS false")


async def test_killed_between_the_gate_and_the_database(killable: KillablePanel) -> None:
    owner = await killable.new_owner(maximum=1)

    async def role_made() -> None:
        while not killable.real_roles(owner):
            await asyncio.sleep(0.05)

    async with _template_in_use(killable.server):
        await _die_during(killable, killable.create_database(owner), role_made)
        assert killable.used(owner) == 1
    await killable.until(lambda: killable.agrees(owner, databases=0))
    assert (await killable.create_database(await killable.log_in(owner))).status_code == 201


async def test_killed_after_the_database_before_the_customer_knows(killable: KillablePanel) -> None:
    owner = await killable.new_owner(maximum=1)
    dsn = killable.server.dsn(killable.database)
    with psycopg.connect(dsn) as blocker:

        async def database_made() -> None:
            while not killable.real_databases(owner):
                await asyncio.sleep(0.02)
            # The panel's last write waits for this lock; a moment for the rest of the engine's work.
            await asyncio.sleep(0.7)

        blocker.execute("LOCK TABLE audit_entries IN EXCLUSIVE MODE")
        await _die_during(killable, killable.create_database(owner), database_made)
        assert killable.used(owner) == len(killable.real_databases(owner)) == 1
        blocker.rollback()
    await killable.until(lambda: killable.agrees(owner, databases=0))


async def test_killed_while_handing_back(killable: KillablePanel) -> None:
    owner = await killable.new_owner(maximum=2)
    created = (await killable.create_database(owner, "one")).json()
    await killable.create_database(owner, "two")
    killable.billing.held = "deleted"

    async def reached() -> None:
        await killable.billing.reached.wait()

    deletion = killable.http.delete(f"/api/v1/databases/{created['id']}", headers=owner.headers)
    await _die_during(killable, deletion, reached)
    await killable.until(lambda: killable.agrees(owner, databases=1))
    assert killable.billing.licenses[owner.license_key].log.count(("databases", "deleted")) == 1


async def test_a_dead_database_server_is_survived(killable: KillablePanel) -> None:
    owner = await killable.new_owner(maximum=1)
    # Tests run with asynchronous commits: without this the crash would take the log-in with it.
    killable.server.execute("CHECKPOINT")
    killable.server.kill()
    assert (await killable.http.get("/healthz")).status_code == 200
    assert (await killable.http.get("/readyz")).status_code == 503
    refused = await killable.create_database(owner)
    assert (refused.status_code, refused.headers["content-type"]) == (503, "application/problem+json")
    killable.server.start()
    assert (await killable.create_database(owner)).status_code == 201
    assert killable.agrees(owner, databases=1)
