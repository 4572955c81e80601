"""Both products as they run in production, each process its own, in the hands of a test.

Nothing here is mocked and nobody drains a queue: the worker, beat and the API find their work themselves. What a test
may do beyond killing is to move time: `pass_time` makes due what was put off, and `end_leases` ends the lease that a
dead worker holds, which would otherwise last as long as the slowest registrar may take.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx
import psycopg
from psycopg.rows import dict_row

from billing.kit.tasks import RecordingQueue
from billing.settings import Settings
from billing.wiring import build_container, close_container
from testkit.ports import free_port
from testkit.postgres import PostgresServer, postgres_server
from testkit.processes import PATIENCE, http_ok, running_process
from testkit.redis import RedisServer, redis_server
from tests.conftest import TEMPLATE, Cluster, Ports, prepare_cluster, private_key, settings_values
from tests.faults.parts import ROOT, Part, Service, procfile_command
from tests.peers import new_panel, panel_environment, sandbox_environment
from tests.storefront import Storefront
from tests.world import PanelPeer, stock

# A crash must lose nothing that was committed; the test servers' other shortcuts only risk a power cut.
DURABLE = {"synchronous_commit": "on", "max_connections": "300"}
# Everything that waits, waits briefly; the limits on callers are another test's matter.
QUICK: Mapping[str, object] = {
    "database_pool_size": 48,
    "sweep_interval": 1,
    "sweep_settle": 3,
    "payment_check_after": 4,
    "step_first_backoff": 0.3,
    "step_longest_backoff": 2,
    "step_lease_margin": 1,
    "registrar_recheck_delay": 2,
    "namecheap_timeout": 20,
    "stripe_timeout": 20,
    "rate_limit_per_user": 100_000,
    "rate_limit_reads_per_user": 100_000,
    "rate_limit_per_ip": 100_000,
    "rate_limit_sign_ups_per_ip": 100_000,
}
WORKER_THREADS = 32
CLOCK = "clock"
PASS_TIME = (
    "UPDATE fulfillment_steps SET next_attempt_at = now() - interval '10 seconds'"
    " WHERE status = 'waiting' AND next_attempt_at > now()",
    "UPDATE webhook_events SET next_attempt_at = now() - interval '10 seconds'"
    " WHERE status = 'received' AND next_attempt_at > now()",
    "UPDATE email_messages SET next_attempt_at = now() WHERE status = 'queued' AND next_attempt_at > now()",
)
END_LEASES = (
    "UPDATE fulfillment_steps SET lease_until = now() - interval '1 second' WHERE status = 'running'",
    "UPDATE dunning_cases SET lease_until = now() - interval '1 second' WHERE lease_until IS NOT NULL",
    "UPDATE panel_commands SET lease_until = now() - interval '1 second' WHERE status = 'running'",
    # An event is leased by putting its next attempt off; one that has failed is put off for good reason.
    "UPDATE webhook_events SET next_attempt_at = now() - interval '1 second'"
    " WHERE status = 'received' AND attempts = 0",
    "UPDATE email_messages SET next_attempt_at = now() WHERE status = 'sending'",
)


class Stack(Storefront):
    """The running house; as a `Storefront` it is a customer's way in."""

    def __init__(
        self, http: httpx.AsyncClient, sandbox_url: str, cluster: Cluster, redis: RedisServer, panel: PanelPeer
    ) -> None:
        super().__init__(http, sandbox_url)
        self.cluster = cluster
        self.redis = redis
        self.panel_peer = panel
        self.services: dict[str, Service] = {}
        self.database = ""
        self.panel_database = f"nextpanel_{panel.server_id.hex[:8]}"
        self.environment: Mapping[str, str] = {}
        self._connections: dict[str, psycopg.AsyncConnection[dict[str, Any]]] = {}

    @property
    def server(self) -> PostgresServer:
        return self.cluster.server

    @property
    def parts(self) -> dict[str, Part]:
        """Everything that can be killed, by name."""
        return {**self.services, "postgres": self.server, "redis": self.redis}

    async def connect(self, database: str | None = None) -> psycopg.AsyncConnection[dict[str, Any]]:
        """Open a connection as the superuser, in autocommit."""
        dsn = self.server.dsn(database or self.database)
        return await psycopg.AsyncConnection.connect(dsn, autocommit=True, row_factory=dict_row)

    async def rows(
        self, sql: str, *values: object, database: str | None = None, **named: object
    ) -> list[dict[str, Any]]:
        """Return what a query finds in billing's database, or another one; its values by place or by name."""
        name = database or self.database
        if name not in self._connections:
            self._connections[name] = await self.connect(name)
        cursor = await self._connections[name].execute(sql.encode(), named or values)
        return await cursor.fetchall() if cursor.description else []

    async def close(self) -> None:
        """Let go of the database, as one must before it is killed."""
        for connection in self._connections.values():
            await connection.close()
        self._connections.clear()

    async def one(self, sql: str, *values: object, database: str | None = None) -> Any:
        """Return the only value of the only row."""
        (row,) = await self.rows(sql, *values, database=database)
        (value,) = row.values()
        return value

    async def pass_time(self) -> None:
        """Make due now whatever was put off after a failure."""
        for statement in PASS_TIME:
            await self.rows(statement)

    async def end_leases(self) -> None:
        """End the leases of whoever held one, as time would."""
        for statement in END_LEASES:
            await self.rows(statement)

    async def end_worker_connections(self) -> None:
        """Let the database notice now that the killed worker is gone, also where it waits for a lock."""
        of_worker = "FROM pg_stat_activity WHERE application_name = 'billing-worker'"
        await self.rows(f"SELECT pg_terminate_backend(pid) {of_worker}")

        async def gone() -> bool:
            return int(await self.one(f"SELECT count(*) {of_worker}")) == 0

        await self.until("the dead worker's connections end", gone)

    async def ready(self) -> None:
        """Wait until every service answers."""
        for service in self.services.values():
            if service.process is None:
                service.start()
        for service in self.services.values():
            await asyncio.to_thread(service.wait_ready)

    async def events_of(self, event_type: str, customer_email: str) -> list[dict[str, Any]]:
        """Return Stripe's events of a type about a customer, as Stripe sends them, newest first."""
        events = await self.stripe("events", type=event_type)
        return [event for event in events if event["data"]["object"].get("customer_email") == customer_email]

    async def sandbox_admin(self, method: str, path: str, body: object = None) -> Any:
        """Call the sandbox's own API below /admin."""
        answer = await self.http.request(method, f"{self.sandbox_url}/admin/{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json()

    async def mail_headers(self, mail_id: str) -> dict[str, str]:
        answer = await self.http.get(f"{self.sandbox_url}/mails/{mail_id}.json")
        assert answer.status_code == 200, answer.text
        return {name: str(value) for name, value in answer.json()["headers"]}

    async def run_billing(self, *arguments: str) -> str:
        """Run the `billing` command as an operator does; return what it prints. AssertionError if it fails."""
        process = await asyncio.create_subprocess_exec(
            str(ROOT / "billing-backend/.venv/bin/billing"),
            *arguments,
            env=dict(self.environment),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate()
        assert process.returncode == 0, output.decode()
        return output.decode()


def environment_of(values: Mapping[str, object]) -> dict[str, str]:
    """Return settings as a process gets them."""
    return {
        f"BILLING_{name.upper()}": value if isinstance(value, str) else json.dumps(value)
        for name, value in values.items()
    }


@contextmanager
def infrastructure() -> Iterator[tuple[Cluster, RedisServer]]:
    with postgres_server("18", settings=DURABLE) as server, redis_server() as redis:
        yield prepare_cluster(server), redis


def _panel_service(home: Path, peer: PanelPeer, environment: Mapping[str, str], port: int) -> Service:
    migrate = [str(ROOT / "nextpanel-backend/.venv/bin/nextpanel"), "migrate"]
    with running_process("panel-migrate", migrate, log_dir=home, env=environment) as process:
        process.popen.wait(PATIENCE)
        assert process.popen.returncode == 0, process.log_tail()
    command = procfile_command("nextpanel-api", {"NEXTPANEL_PORT": str(port)})
    return Service("panel", command, environment, home, lambda: http_ok(f"{peer.url}/readyz"))


def _billing_services(home: Path, ports: Ports, environment: Mapping[str, str], workers: int) -> list[Service]:
    base = f"http://127.0.0.1:{ports.billing}"
    api = procfile_command("billing-api", {"BILLING_PORT": str(ports.billing)})
    threads = ("--concurrency", str(WORKER_THREADS))
    names = ["worker", *(f"worker-{number}" for number in range(2, workers + 1))]
    beat = procfile_command("billing-beat", {"STATE": str(home)})
    return [
        Service("api", api, environment, home, lambda: http_ok(f"{base}/readyz")),
        *(
            Service(name, procfile_command("billing-worker", {}, *threads, "-n", name), environment, home, lambda: True)
            for name in names
        ),
        Service("beat", beat, environment, home, lambda: True),
    ]


@asynccontextmanager
async def running_stack(
    home: Path, *, workers: int = 1, settings: Mapping[str, object] = MappingProxyType({})
) -> AsyncIterator[Stack]:
    """Bring everything up, with a filled catalog, and end it all afterwards. `settings` are billing's, by field name.

    All processes live by the sandbox's clock.
    """
    ports = Ports(free_port(), free_port(), free_port())
    panel_port = free_port()
    peer = new_panel(panel_port)
    sandbox_url = f"http://127.0.0.1:{ports.sandbox}"
    base_url = f"http://127.0.0.1:{ports.billing}"
    with infrastructure() as (cluster, redis):
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=0)
        async with httpx.AsyncClient(base_url=base_url, timeout=120, limits=limits, trust_env=False) as http:
            stack = Stack(http, sandbox_url, cluster, redis, peer)
            stack.database = "billing_faults"
            cluster.server.create_database(stack.database, template=TEMPLATE, owner="billing_owner")
            clock = str(home / CLOCK)
            values = {
                **settings_values(cluster, stack.database, redis, ports, private_key()),
                **QUICK,
                "clock_file": clock,
                **settings,
            }
            stack.environment = environment_of(values)
            sandbox = Service(
                "sandbox",
                procfile_command("sandbox", {}),
                {**sandbox_environment(home, ports.sandbox, ports.smtp, ports.billing), "SANDBOX_CLOCK_FILE": clock},
                home,
                lambda: http_ok(f"{sandbox_url}/admin/healthz"),
            )
            environment = {**panel_environment(peer, cluster, ports.billing), "NEXTPANEL_CLOCK_FILE": clock}
            panel = _panel_service(home, peer, environment, panel_port)
            services = [sandbox, panel, *_billing_services(home, ports, stack.environment, workers)]
            stack.services = {service.name: service for service in services}
            try:
                sandbox.start()
                sandbox.wait_ready()
                await _stock(Settings.model_validate(values), peer)
                await stack.ready()
                yield stack
            finally:
                for service in reversed(services):
                    service.kill()
                await stack.close()


async def _stock(settings: Settings, peer: PanelPeer) -> None:
    container = build_container(settings, queue=RecordingQueue(), worker=True)
    await stock(container, peer)
    await close_container(container)
