"""The sandbox as a real process, and every adapter with the world it talks to."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from pathlib import Path

import httpx
import pytest

from billing.domains.ports import Registrar
from billing.kit.db import Database
from billing.kit.tasks import RecordingQueue
from service_kit.db import create_engine
from testkit.ports import free_port
from testkit.processes import running_process
from tests.conftest import Cluster
from tests.registrars.worlds import WORLDS, World

REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def sandbox_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A sandbox of this test run: nobody else changes its state or its clock."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "SANDBOX_PORT": str(port),
        "SANDBOX_SMTP_PORT": str(free_port()),
        "SANDBOX_RATE_LIMITS": "0",
    }
    command = [str(REPOSITORY / "sandbox" / ".venv" / "bin" / "python"), "-m", "sandbox.main"]
    with running_process(
        "sandbox",
        command,
        log_dir=tmp_path_factory.mktemp("sandbox"),
        health_url=f"{url}/admin/healthz",
        env=environment,
        cwd=REPOSITORY / "sandbox",
    ):
        yield url


@pytest.fixture(params=sorted(WORLDS))
async def world(request: pytest.FixtureRequest, sandbox_url: str) -> AsyncIterator[World]:
    """A registrar as it is on the first day, one for each adapter."""
    async with httpx.AsyncClient(base_url=sandbox_url) as admin:
        (await admin.post("/admin/reset")).raise_for_status()
        yield WORLDS[request.param](sandbox_url, admin)


@pytest.fixture
async def registrar(world: World) -> AsyncIterator[Registrar]:
    async with aclosing(world.connect()) as adapter:
        yield adapter


@pytest.fixture
async def shop(cluster: Cluster, database_name: str) -> AsyncIterator[Database]:
    """A database without customers and domains, as the workers' role sees it."""
    engine = create_engine(cluster.url("billing_worker", database_name), application_name="test")
    database = Database(engine, RecordingQueue())
    yield database
    await database.dispose()


@pytest.fixture
async def silent_port() -> AsyncIterator[int]:
    """A port that takes connections and never answers."""

    async def hold(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held.append(writer)

    held: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()
    for writer in held:
        writer.close()
        await writer.wait_closed()
    await server.wait_closed()
