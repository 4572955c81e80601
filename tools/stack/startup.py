"""Brings a stack from nothing to healthy, as much side by side as its parts allow."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from node import node

from stack import databases, web
from stack.environment import BROKER_DATABASE, Environments
from stack.layout import Layout, StackError
from stack.merchant import set_merchant
from stack.prepared import Preparation
from stack.procfile import Entry
from stack.steps import ProductCommands
from stack.supervision import Program, Supervisor
from testkit import postgres, redis
from testkit.processes import http_ok

Probe = Callable[[], bool]
START_TIMEOUT_SECONDS = 90.0
_FAILING_FOR_SECONDS = 4.0
_POSTGRES_SETTINGS = {"shared_buffers": "96MB", "max_connections": "150", "log_min_messages": "warning"}


@dataclass(frozen=True)
class Plan:
    """Everything a start needs to know."""

    layout: Layout
    environments: Environments
    entries: list[Entry]

    @property
    def names(self) -> set[str]:
        return {entry.name for entry in self.entries}

    def programs(self) -> list[Program]:
        """Return PostgreSQL, Redis and the Procfile's processes."""
        ports, base = self.environments.ports, self.environments.base()
        server = postgres.server_command(self.layout.postgres_data, port=ports.postgres, settings=_POSTGRES_SETTINGS)
        values = {
            "BILLING_PORT": str(ports.billing),
            "NEXTPANEL_PORT": str(ports.nextpanel),
            "PORTAL_PORT": str(ports.portal),
            "NODE": node(),
            "STATE": str(self.layout.state),
        }
        return [
            # SIGINT is PostgreSQL's "fast" shutdown; sent to the server alone it ends its own children in order.
            Program("postgres", server, base, stop_signal="INT", stop_group=False),
            Program("redis", redis.server_command(self.layout.redis, port=ports.redis), base),
            *(
                Program(entry.name, entry.command(values), self.environments.of_process(entry.name))
                for entry in self.entries
            ),
        ]


def _all_or_first_failure(futures: list[Future[None]]) -> None:
    """Wait for all, but raise what the first failing one raised without waiting for the rest."""
    for future in wait(futures, return_when=FIRST_EXCEPTION).done:
        future.result()


class Startup:
    """One start of a stack; `report(title, seconds, detail)` is called as each part becomes ready."""

    def __init__(self, plan: Plan, supervisor: Supervisor, report: Callable[[str, float, str], None]) -> None:
        self._plan = plan
        self._supervisor = supervisor
        self._report = report
        self._commands = ProductCommands(plan.layout, plan.environments)
        environments = plan.environments
        self._preparation = Preparation(plan.layout, {**environments.billing_commands(), **environments.nextpanel()})
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """Make every wait of this start end soon."""
        self._cancelled.set()

    def run(self) -> None:
        """Start everything and return when it is healthy. Raises StackError with the reason."""
        plan = self._plan
        with ThreadPoolExecutor(8) as pool:
            try:
                infrastructure = pool.submit(self._postgres)
                cache = pool.submit(self._redis)
                world = pool.submit(self._sandbox)
                futures = [
                    pool.submit(self._billing, infrastructure.result, cache.result, world.result),
                    pool.submit(self._nextpanel, infrastructure.result),
                    pool.submit(self._portal),
                ]
                _all_or_first_failure([infrastructure, cache, world, *futures])
            except BaseException:
                self.cancel()
                raise
        self._preparation.remember()
        others = plan.names - {"sandbox", "billing-api", "billing-worker", "billing-beat", "nextpanel-api", "portal"}
        for name in sorted(others):
            self._process(name, name, None)

    def _postgres(self) -> None:
        port = self._plan.environments.ports.postgres
        started = time.monotonic()
        if not (self._plan.layout.postgres_data / "PG_VERSION").exists():
            password = self._plan.environments.secrets["POSTGRES_PASSWORD"]
            postgres.initialise(self._plan.layout.postgres_data, password=password)
        self._start("postgres", lambda: postgres.is_ready(port))
        databases.prepare(port, self._plan.environments.secrets)
        self._report("PostgreSQL 18", time.monotonic() - started, f"127.0.0.1:{port}")

    def _redis(self) -> None:
        port = self._plan.environments.ports.redis
        self._process("redis", "Redis", lambda: redis.is_ready(port), f"127.0.0.1:{port}")

    def _sandbox(self) -> None:
        url = self._plan.environments.sandbox_url()
        self._process("sandbox", "sandbox", lambda: http_ok(f"{url}/admin/healthz"), url)
        if "sandbox" in self._plan.names:
            set_merchant(url)

    def _billing(self, *needs: Callable[[], None]) -> None:
        """Prepare its data, then start its processes side by side."""
        for need in needs:
            need()
        if "billing-api" not in self._plan.names:
            return
        url = self._plan.environments.billing_url()
        if not self._preparation.is_current():
            self._step("billing: tables, catalog, staff", self._commands.prepare_billing)
        with ThreadPoolExecutor(3) as pool:
            futures = [
                pool.submit(self._process, "billing-api", "billing API", lambda: http_ok(f"{url}/readyz"), url),
                pool.submit(self._process, "billing-worker", "billing worker", self._worker_listens),
                pool.submit(self._process, "billing-beat", "billing beat", None),
            ]
            _all_or_first_failure(futures)

    def _worker_listens(self) -> bool:
        """Once it takes tasks, a Celery worker subscribes (by pattern, in the broker's database) to be controlled."""
        connections = redis.ask(self._plan.environments.ports.redis, "CLIENT LIST").splitlines()
        return any(f" db={BROKER_DATABASE} " in each and " psub=0 " not in each for each in connections)

    def _nextpanel(self, database: Callable[[], None]) -> None:
        database()
        if "nextpanel-api" not in self._plan.names:
            return
        url = self._plan.environments.nextpanel_url()
        if not self._preparation.is_current():
            self._step("NextPanel: tables", self._commands.prepare_nextpanel)
        self._process("nextpanel-api", "NextPanel API", lambda: http_ok(f"{url}/readyz"), url)

    def _portal(self) -> None:
        if "portal" not in self._plan.names:
            return
        if not web.is_built():
            self._step("shop and portal: build", lambda: web.build(self._plan.layout))
        url = self._plan.environments.portal_url()
        self._process("portal", "shop and portal", lambda: http_ok(f"{url}/login"), url)

    def _step(self, title: str, action: Callable[[], object]) -> None:
        started = time.monotonic()
        action()
        self._report(title, time.monotonic() - started, "")

    def _process(self, name: str, title: str, ready: Probe | None, detail: str = "") -> None:
        if name not in self._plan.names | {"redis"}:
            return
        started = time.monotonic()
        self._start(name, ready)
        self._report(title, time.monotonic() - started, detail)

    def _start(self, name: str, ready: Probe | None) -> None:
        """Start a program and wait until `ready` says yes (None: until it has run for a second)."""
        self._supervisor.start(name)
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        failing_since: float | None = None
        while True:
            now = time.monotonic()
            state = self._supervisor.states()[name]["statename"]
            if state == "RUNNING" and ready is None:
                return
            if state in {"RUNNING", "STARTING"} and ready is not None and ready():
                return
            if state in {"BACKOFF", "EXITED", "FATAL"}:
                failing_since = failing_since or now
            if self._cancelled.is_set():
                raise StackError("The start was given up.")
            keeps_failing = failing_since is not None and now - failing_since > _FAILING_FOR_SECONDS
            if state == "FATAL" or keeps_failing or now > deadline:
                raise StackError(f"{name} does not become healthy ({state.lower()}). Its log ends:\n{self._tail(name)}")
            time.sleep(0.1)

    def _tail(self, name: str) -> str:
        path = self._plan.layout.logs / f"{name}.log"
        if not path.exists():
            return "(empty)"
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(f"  {line}" for line in lines[-15:])
