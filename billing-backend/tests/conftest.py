"""Fixtures for every test: a real PostgreSQL with the real roles, a real Redis, the real app on its ASGI interface.

Each test finds a database as the migrations leave it; see `reused_database`.
"""

import base64
import os
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
import pytest
import redis.asyncio as aioredis
import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from fastapi import FastAPI
from hypothesis import settings as hypothesis_settings

from billing.app import create_app
from billing.kit.container import Container
from billing.kit.db import Database
from billing.kit.tasks import RecordingQueue
from billing.migrate import upgrade
from billing.settings import Settings
from billing.wiring import build_container, close_container
from service_kit.clock import FixedClock
from testkit.ports import free_port
from testkit.postgres import PostgresServer, postgres_server
from testkit.redis import RedisServer, redis_server
from testkit.reused_database import ReusedDatabase

# A machine that does other things as well says nothing about how long an example takes.
hypothesis_settings.register_profile("shared-machine", deadline=None)
hypothesis_settings.load_profile("shared-machine")
# The default for a console draws every local variable of every frame, which takes a minute for one traceback of ours.
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)

ROLE_PASSWORD = "test-role-password"
# The real day, so that this month's partitions are the ones that tests write to.
START = datetime.now(UTC).replace(microsecond=0)
TEMPLATE = "billing_template"


def private_key() -> str:
    key = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return base64.b64encode(key).decode()


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL server with billing's roles and a migrated template database."""

    server: PostgresServer

    def url(self, role: str, database: str) -> str:
        return f"postgresql+asyncpg://{role}:{ROLE_PASSWORD}@127.0.0.1:{self.server.port}/{database}"


def prepare_cluster(server: PostgresServer) -> Cluster:
    for role in ("billing_owner", "billing_app", "billing_worker"):
        server.execute(f"CREATE ROLE {role} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD '{ROLE_PASSWORD}'")
    server.create_database(TEMPLATE, owner="billing_owner")
    cluster = Cluster(server)
    upgrade(cluster.url("billing_owner", TEMPLATE))
    return cluster


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    with postgres_server(os.environ.get("TEST_POSTGRES_VERSION", "18")) as server:
        yield prepare_cluster(server)


@pytest.fixture(scope="session")
def redis_process() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest.fixture(scope="session")
def reused_database(cluster: Cluster) -> Iterator[ReusedDatabase]:
    reused = ReusedDatabase(cluster.server, f"t_{uuid.uuid4().hex}", template=TEMPLATE, owner="billing_owner")
    yield reused
    reused.drop()


@pytest.fixture
def database_name(reused_database: ReusedDatabase) -> Iterator[str]:
    yield reused_database.name
    reused_database.clean()


@pytest.fixture(scope="session")
def billing_port() -> int:
    """The port of billing's API in tests that other processes call back."""
    return free_port()


@pytest.fixture(scope="session")
def sandbox_port() -> int:
    return free_port()


@pytest.fixture(scope="session")
def smtp_port() -> int:
    return free_port()


@pytest.fixture(scope="session")
def token_key() -> str:
    return private_key()


@dataclass(frozen=True)
class Ports:
    """Where billing and the sandbox listen in tests where processes call each other."""

    billing: int
    sandbox: int
    smtp: int


def settings_values(
    cluster: Cluster, database: str, redis: RedisServer, ports: Ports, token_key: str
) -> dict[str, object]:
    """Return billing's settings for a test, by field name."""
    sandbox = f"http://127.0.0.1:{ports.sandbox}"
    redis_url = f"redis://127.0.0.1:{redis.port}/0"
    return {
        "profile": "local",
        "base_url": f"http://127.0.0.1:{ports.billing}",
        "database_url": cluster.url("billing_app", database),
        "worker_database_url": cluster.url("billing_worker", database),
        "owner_database_url": cluster.url("billing_owner", database),
        "redis_url": redis_url,
        "broker_url": redis_url,
        "encryption_keys": [{"id": "k1", "key": base64.b64encode(b"k" * 32).decode()}],
        "blind_index_key": base64.b64encode(b"i" * 32).decode(),
        "token_private_key": token_key,
        "bcrypt_rounds": 4,
        "stripe_secret_key": "sk_test_sandbox",
        "stripe_publishable_key": "pk_test_sandbox",
        "stripe_webhook_secret": "whsec_test",
        "stripe_api_base": f"{sandbox}/stripe",
        "webhook_wake_pause": 0,
        "namecheap_endpoint": f"{sandbox}/namecheap/xml.response",
        "vies_endpoint": f"{sandbox}/vies/rest-api",
        "namecheap_api_user": "sandbox",
        "namecheap_api_key": "sandbox-key",
        "namecheap_username": "sandbox",
        "namecheap_client_ip": "127.0.0.1",
        "nameservers": ["ns1.nextpanel.example", "ns2.nextpanel.example"],
        "smtp_url": f"smtp://127.0.0.1:{ports.smtp}",
        "mail_from": "NextPanel <billing@nextpanel.example>",
    }


@pytest.fixture
def settings(
    cluster: Cluster,
    database_name: str,
    redis_process: RedisServer,
    billing_port: int,
    sandbox_port: int,
    smtp_port: int,
    token_key: str,
) -> Settings:
    ports = Ports(billing_port, sandbox_port, smtp_port)
    return Settings.model_validate(settings_values(cluster, database_name, redis_process, ports, token_key))


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(START)


@pytest.fixture
def queue() -> RecordingQueue:
    return RecordingQueue()


@pytest.fixture
async def redis(redis_process: RedisServer) -> AsyncIterator[aioredis.Redis]:
    client = aioredis.Redis(host="127.0.0.1", port=redis_process.port)
    await client.flushall()
    yield client
    await client.aclose()


@pytest.fixture
async def container(
    settings: Settings, clock: FixedClock, queue: RecordingQueue, redis: aioredis.Redis
) -> AsyncIterator[Container]:
    """The composition root's container as the API has it, with the clock and the queue in the test's hands."""
    built = build_container(settings, clock=clock, queue=queue)
    yield built
    await close_container(built)


@pytest.fixture
def database(container: Container) -> Database:
    return container.get(Database)


@pytest.fixture
async def worker(settings: Settings, clock: FixedClock, queue: RecordingQueue) -> AsyncIterator[Container]:
    """The container as a worker has it: the worker's database role."""
    built = build_container(settings, clock=clock, queue=queue, worker=True)
    yield built
    await close_container(built)


@pytest.fixture
def app(container: Container) -> FastAPI:
    return create_app(container=container)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=("127.0.0.1", 50000))
    async with httpx.AsyncClient(transport=transport, base_url="http://billing.test") as http:
        yield http
