"""Billing on a database and a Redis of its own, for benchmarks that fill or empty them; gone afterwards."""

import base64
import contextlib
import os
import secrets
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

import billing.tables  # noqa: F401 - so that foreign keys by name resolve
from billing.kit.db import Database
from billing.kit.tasks import RecordingQueue
from billing.migrate import upgrade
from service_kit.db import create_engine
from testkit.ports import free_port
from testkit.postgres import PostgresServer, postgres_server
from testkit.processes import ChildProcess, running_process
from testkit.redis import redis_server

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "billing"
# As in production: an acknowledged event has to survive the machine.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "shared_buffers": "256MB"}
NO_LIMIT = "1000000000"


@dataclass(frozen=True)
class House:
    """Where things are, and the environment billing's processes get."""

    server: PostgresServer
    environment: Mapping[str, str]
    webhook_secret: str
    api_port: int
    sandbox_port: int
    home: Path

    @property
    def sandbox(self) -> str:
        return f"http://127.0.0.1:{self.sandbox_port}"

    def psql(self, statement: str) -> str:
        """Run SQL as the superuser, past row-level security."""
        return self.server.execute(statement, database=DATABASE)

    @contextlib.asynccontextmanager
    async def database(self) -> AsyncIterator[Database]:
        """Yield the workers' way into the database."""
        engine = create_engine(self.environment["BILLING_WORKER_DATABASE_URL"], pool_size=2, application_name="bench")
        yield Database(engine, RecordingQueue())
        await engine.dispose()

    def api(self) -> contextlib.AbstractContextManager[ChildProcess]:
        command = ["-m", "uvicorn", "billing.app:create_app", "--factory", "--no-access-log", "--no-proxy-headers"]
        return self._run("api", [*command, "--port", str(self.api_port)], f"http://127.0.0.1:{self.api_port}/readyz")

    def bare(self, port: int) -> contextlib.AbstractContextManager[ChildProcess]:
        """An ASGI application that reads the body and answers, on the same server program."""
        command = ["-m", "uvicorn", "bare:app", "--no-access-log", "--no-proxy-headers", "--lifespan", "off"]
        return self._run("bare", [*command, "--port", str(port)], f"http://127.0.0.1:{port}/")

    def worker(self, name: str) -> contextlib.AbstractContextManager[ChildProcess]:
        command = ["-m", "celery", "-A", "billing.worker", "worker", "--pool", "threads", "--concurrency", "16"]
        return self._run(name, [*command, "-n", f"{name}@%h"])

    def stripe(self) -> contextlib.AbstractContextManager[ChildProcess]:
        environment = {
            **os.environ,
            "SANDBOX_PORT": str(self.sandbox_port),
            "SANDBOX_SMTP_PORT": str(free_port()),
            "SANDBOX_STRIPE_SECRET_KEY": "sk_test_sandbox",
        }
        program = str(ROOT / "sandbox" / ".venv" / "bin" / "nextpanel-sandbox")
        health = f"{self.sandbox}/admin/healthz"
        return running_process("sandbox", [program], log_dir=self.home, health_url=health, env=environment)

    def _run(
        self, name: str, arguments: list[str], health: str | None = None
    ) -> contextlib.AbstractContextManager[ChildProcess]:
        return running_process(
            name, [sys.executable, *arguments], log_dir=self.home, health_url=health, env=self.environment
        )


@contextlib.contextmanager
def house() -> Iterator[House]:
    """Yield a migrated database with billing's roles and an environment; no process of billing runs yet."""
    with (
        postgres_server(settings=DURABLE) as server,
        redis_server() as redis,
        tempfile.TemporaryDirectory(prefix="bench-") as home,
    ):
        password, webhook_secret = secrets.token_urlsafe(24), f"whsec_{secrets.token_urlsafe(24)}"
        for role in ("billing_owner", "billing_app", "billing_worker"):
            server.execute(f"CREATE ROLE {role} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD '{password}'")
        server.create_database(DATABASE, owner="billing_owner")
        urls = {
            role: server.dsn(DATABASE, user=f"billing_{role}", password=password, driver="postgresql+asyncpg")
            for role in ("owner", "app", "worker")
        }
        upgrade(urls["owner"])
        api_port, sandbox_port = free_port(), free_port()
        environment = {
            **os.environ,
            "BILLING_PROFILE": "local",
            "BILLING_BASE_URL": f"http://127.0.0.1:{api_port}",
            "BILLING_DATABASE_URL": urls["app"],
            "BILLING_WORKER_DATABASE_URL": urls["worker"],
            "BILLING_REDIS_URL": redis.url(0),
            "BILLING_BROKER_URL": redis.url(1),
            "BILLING_LOG_LEVEL": "WARNING",
            "BILLING_STRIPE_SECRET_KEY": "sk_test_sandbox",
            "BILLING_STRIPE_PUBLISHABLE_KEY": "pk_test_sandbox",
            "BILLING_STRIPE_WEBHOOK_SECRET": webhook_secret,
            "BILLING_STRIPE_API_BASE": f"http://127.0.0.1:{sandbox_port}/stripe",
            "BILLING_NAMESERVERS": '["ns1.nextpanel.example", "ns2.nextpanel.example"]',
            "BILLING_SMTP_URL": "smtp://127.0.0.1:1",
            "BILLING_MAIL_FROM": "Billing <billing@nextpanel.example>",
            "BILLING_RATE_LIMIT_PER_USER": NO_LIMIT,
            "BILLING_RATE_LIMIT_PER_IP": NO_LIMIT,
            **_keys(),
        }
        yield House(server, environment, webhook_secret, api_port, sandbox_port, Path(home))


def _keys() -> dict[str, str]:
    """Return keys made for this run only."""
    key = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    encryption = base64.b64encode(secrets.token_bytes(32)).decode()
    return {
        "BILLING_ENCRYPTION_KEYS": f'[{{"id": "k1", "key": "{encryption}"}}]',
        "BILLING_BLIND_INDEX_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "BILLING_TOKEN_PRIVATE_KEY": base64.b64encode(key).decode(),
    }
