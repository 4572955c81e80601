"""The world of the stories: one sandbox and one panel for all of them, a database of its own for each."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
import redis.asyncio as aioredis

from billing.kit.tasks import RecordingQueue
from billing.settings import Settings
from billing.wiring import build_container, close_container
from service_kit.clock import OffsetClock
from testkit.ports import free_port
from testkit.processes import running_process
from testkit.redis import RedisServer
from tests.conftest import Cluster, Ports, settings_values
from tests.peers import new_panel, panel_environment, sandbox_environment
from tests.shell import Shell
from tests.world import PanelPeer, World, serving

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def sandbox_url(
    tmp_path_factory: pytest.TempPathFactory, sandbox_port: int, smtp_port: int, billing_port: int
) -> Iterator[str]:
    home = tmp_path_factory.mktemp("sandbox")
    url = f"http://127.0.0.1:{sandbox_port}"
    with running_process(
        "sandbox",
        [str(ROOT / "sandbox/.venv/bin/nextpanel-sandbox")],
        log_dir=home,
        health_url=f"{url}/admin/healthz",
        env={**os.environ, **sandbox_environment(home, sandbox_port, smtp_port, billing_port)},
    ):
        yield url


@pytest.fixture(scope="session")
def panel(tmp_path_factory: pytest.TempPathFactory, cluster: Cluster, billing_port: int) -> Iterator[PanelPeer]:
    home = tmp_path_factory.mktemp("panel")
    port = free_port()
    peer = new_panel(port)
    environment = {**os.environ, **panel_environment(peer, cluster, billing_port)}
    binaries = ROOT / "nextpanel-backend/.venv/bin"
    with running_process("migrate", [str(binaries / "nextpanel"), "migrate"], log_dir=home, env=environment) as process:
        process.popen.wait(60)
        assert process.popen.returncode == 0, process.log_tail()
    command = [str(binaries / "uvicorn"), "nextpanel.app:from_environment", "--factory", "--port", str(port)]
    with running_process("panel", command, log_dir=home, health_url=f"{peer.url}/readyz", env=environment):
        yield peer


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Limits on callers are another test's matter."""
    return settings.model_copy(
        update={
            "rate_limit_per_user": 100_000,
            "rate_limit_reads_per_user": 100_000,
            "rate_limit_per_ip": 100_000,
            "rate_limit_sign_ups_per_ip": 100_000,
        }
    )


@pytest.fixture
async def world(
    settings: Settings,
    redis: aioredis.Redis,
    sandbox_url: str,
    panel: PanelPeer,
    billing_port: int,
) -> AsyncIterator[World]:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{billing_port}", timeout=120) as http:
        answer = await http.post(f"{sandbox_url}/admin/reset")
        assert answer.status_code == 200
        clock, queue = OffsetClock(), RecordingQueue()
        api = build_container(settings, clock=clock, queue=queue)
        worker = build_container(settings, clock=clock, queue=queue, worker=True)
        async with serving(api, billing_port):
            world = World(settings, clock, api, worker, queue, panel, http, sandbox_url)
            await world.prepare()
            yield world
        await close_container(worker)
        await close_container(api)


@pytest.fixture
def values(
    cluster: Cluster, database_name: str, redis_process: RedisServer, settings: Settings, token_key: str
) -> dict[str, object]:
    ports = Ports(
        int(settings.base_url.rsplit(":", 1)[1]),
        int(settings.stripe_api_base.removesuffix("/stripe").rsplit(":", 1)[1]),
        int(settings.smtp_url.get_secret_value().rsplit(":", 1)[1]),
    )
    return settings_values(cluster, database_name, redis_process, ports, token_key)


@pytest.fixture
def shell(values: dict[str, object]) -> Shell:
    return Shell(values)
