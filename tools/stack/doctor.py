"""`make doctor`: a table of everything the stack needs, green or red, each with what was seen."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx
from rich.console import Console
from rich.table import Table

from stack.environment import Environments, product_program
from stack.layout import ROOT, StackError, layout_of, option_parser
from stack.lifecycle import Stack
from stack.merchant import check_merchant
from stack.procfile import read_procfile
from testkit import redis
from testkit.postgres import PostgresError, run_sql

_TIMEOUT_SECONDS = 5.0
_COMMAND_TIMEOUT_SECONDS = 60.0
_MAX_CLOCK_SKEW_SECONDS = 2.0


@dataclass(frozen=True)
class Check:
    """One row: what was looked at, whether it is as it should be, and what was seen."""

    name: str
    ok: bool
    detail: str


def main(arguments: list[str]) -> int:
    """Print the table and return 1 when a row is red."""
    options = option_parser("doctor").parse_args(arguments)
    checks = list(examine(Stack(layout_of(options))))
    table = Table(title="The local stack", title_justify="left")
    table.add_column("")
    table.add_column("part", no_wrap=True)
    table.add_column("what was seen", overflow="fold")
    for check in checks:
        colour, sign = ("green", "ok") if check.ok else ("red", "BAD")
        table.add_row(f"[{colour}]{sign}[/]", check.name, check.detail, style="" if check.ok else "red")
    Console().print(table)
    red = [check.name for check in checks if not check.ok]
    print(
        f"{len(red)} of {len(checks)} checks are red: {', '.join(red)}"
        if red
        else f"all {len(checks)} checks are green"
    )
    return 1 if red else 0


def examine(stack: Stack) -> Iterator[Check]:
    """Yield every check; without a running stack only what can be known."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    yield Check("Python", sys.version_info >= (3, 11), version)
    if not stack.is_running():
        yield Check("stack", False, "not running; `make up` starts it")
        return
    environments = stack.environments()
    yield from _processes(stack)
    yield _guarded("PostgreSQL", lambda: _postgres(environments))
    yield _guarded("clock", lambda: _clock(environments))
    yield _guarded("Redis", lambda: _redis(environments))
    names = {entry.name for entry in read_procfile(stack.layout.procfile)}
    if "sandbox" in names:
        yield _guarded("sandbox", lambda: _http(f"{environments.sandbox_url()}/admin/healthz"))
        yield _guarded("sandbox settings", lambda: check_merchant(environments.sandbox_url()))
    if "nextpanel-api" in names:
        yield _guarded("panel", lambda: _http(f"{environments.nextpanel_url()}/readyz"))
    if "portal" in names:
        yield _guarded("shop and portal", lambda: _http(f"{environments.portal_url()}/plans"))
    if "billing-api" in names:
        yield _guarded("billing API", lambda: _http(f"{environments.billing_url()}/readyz"))
        yield _guarded("webhook reachability", lambda: _webhook(environments))
        yield from _billing_doctor(environments)


def _guarded(name: str, look: Callable[[], str]) -> Check:
    """Turn what `look` returns into a green row and what it raises into a red one."""
    try:
        return Check(name, True, look())
    except (StackError, PostgresError, OSError, ValueError, httpx.HTTPError) as error:
        return Check(name, False, str(error) or type(error).__name__)


def _processes(stack: Stack) -> Iterator[Check]:
    for name, info in stack.supervisor.states().items():
        running = info["statename"] in {"RUNNING", "STARTING"}
        yield Check(f"process {name}", running, info["description"] or info["statename"].lower())


def _sql(environments: Environments, sql: str) -> str:
    return run_sql(environments.ports.postgres, sql, password=environments.secrets["POSTGRES_PASSWORD"])


def _postgres(environments: Environments) -> str:
    version = _sql(environments, "SHOW server_version")
    if not version.startswith("18"):
        raise StackError(f"version {version}, expected 18")
    known = _sql(environments, "SELECT datname FROM pg_database").splitlines()
    missing = {"billing", "nextpanel"} - set(known)
    if missing:
        raise StackError(f"version {version}, but no database {', '.join(sorted(missing))}")
    return f"version {version}, port {environments.ports.postgres}, databases billing and nextpanel"


def _clock(environments: Environments) -> str:
    skew = float(_sql(environments, "SELECT extract(epoch FROM clock_timestamp())")) - time.time()
    if abs(skew) > _MAX_CLOCK_SKEW_SECONDS:
        raise StackError(f"the database's clock is {skew:+.1f} s off ours")
    return f"the database's clock is within {_MAX_CLOCK_SKEW_SECONDS:g} s of ours"


def _redis(environments: Environments) -> str:
    answer = redis.ask(environments.ports.redis, "INFO server")
    versions = [line.split(":", 1)[1] for line in answer.splitlines() if line.startswith("redis_version:")]
    if not versions:
        raise StackError("something listens, but it is not Redis")
    return f"version {versions[0]}, port {environments.ports.redis}"


def _http(url: str) -> str:
    answer = httpx.get(url, timeout=_TIMEOUT_SECONDS, trust_env=False)
    if not answer.is_success:
        raise StackError(f"{url} answers {answer.status_code}: {answer.text[:200]}")
    return url


def _webhook(environments: Environments) -> str:
    """An unsigned event must reach the address and be refused there."""
    url = f"{environments.billing_url()}/api/v1/webhooks/stripe"
    answer = httpx.post(url, content=b"{}", timeout=_TIMEOUT_SECONDS, trust_env=False)
    if answer.status_code not in {400, 401}:
        raise StackError(f"{url} answers an unsigned event with {answer.status_code}")
    return f"{url} is reached and refuses an unsigned event"


def _billing_doctor(environments: Environments) -> Iterator[Check]:
    program = str(product_program("billing-backend", "billing"))
    try:
        done = subprocess.run(
            [program, "doctor", "--json"],
            env=environments.billing_commands(),
            cwd=ROOT / "billing-backend",
            capture_output=True,
            text=True,
            check=False,
            timeout=_COMMAND_TIMEOUT_SECONDS,
        )
        rows = json.loads(done.stdout)
    except (OSError, subprocess.TimeoutExpired, json.JSONDecodeError) as error:
        yield Check("billing doctor", False, f"gave no answer: {type(error).__name__}")
        return
    for row in rows:
        yield Check(f"billing: {row['name']}", bool(row["ok"]), str(row["detail"]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
