"""The running local stack as benchmarks need it: found, or started and stopped again."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATE = ROOT / ".local"


@dataclass(frozen=True)
class Stack:
    """Where the services listen."""

    billing: str
    nextpanel: str
    sandbox: str


def _is_running() -> bool:
    return (STATE / "supervisor.sock").exists()


def make(target: str, *options: str) -> None:
    subprocess.run(["make", "--no-print-directory", target, *options], cwd=ROOT, check=True, stdout=sys.stderr)


@contextlib.contextmanager
def running_stack() -> Iterator[Stack]:
    """Yield the stack of this checkout; one that was not running before is stopped afterwards."""
    was_running = _is_running()
    if not was_running:
        make("up", "DETACH=1")
    try:
        ports = json.loads((STATE / "ports.json").read_text())
        yield Stack(*(f"http://127.0.0.1:{ports[name]}" for name in ("billing", "nextpanel", "sandbox")))
    finally:
        if not was_running:
            make("down")


def processes() -> dict[str, list[int]]:
    """Return the process ids of the stack by service, children included."""
    mark = f"LOCAL_STACK_STATE={STATE}".encode()
    service_of: dict[int, str] = {}
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            marked = mark in (entry / "environ").read_bytes()
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if marked:
            service_of[int(entry.name)] = _service(command)
    # PostgreSQL's children write their titles over the environment they got.
    for pid, parent in sorted(parents.items()):
        if pid not in service_of and parent in service_of:
            service_of[pid] = service_of[parent]
    found: dict[str, list[int]] = {}
    for pid, service in service_of.items():
        found.setdefault(service, []).append(pid)
    return found


_MARKS = {
    "billing.app": "billing API",
    "billing.worker worker": "billing worker",
    "billing.worker beat": "billing beat",
    "nextpanel.app": "panel API",
    "nextpanel-sandbox": "sandbox",
    "redis-server": "Redis",
    "postgres": "PostgreSQL",
}


def _service(command: str) -> str:
    return next((name for mark, name in _MARKS.items() if mark in command), "launcher")


def cpu_seconds() -> dict[str, float]:
    """Return the CPU time used so far by each service of the stack, seconds."""
    tick = os.sysconf("SC_CLK_TCK")
    used: dict[str, float] = {}
    for service, pids in processes().items():
        for pid in pids:
            with contextlib.suppress(OSError):
                fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
                used[service] = used.get(service, 0.0) + (int(fields[11]) + int(fields[12])) / tick
    return used


def memory_mb() -> dict[str, float]:
    """Return the proportional memory (PSS: shared pages counted once) of each service, MiB."""
    used: dict[str, float] = {}
    for service, pids in processes().items():
        for pid in pids:
            with contextlib.suppress(OSError):
                rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
                pss = next(line for line in rollup.splitlines() if line.startswith("Pss:"))
                used[service] = used.get(service, 0.0) + int(pss.split()[1]) / 1024
    return used


def percentile(values: list[float], share: float) -> float:
    """Return the value below which `share` (0 to 1) of `values` lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def report(name: str, figures: dict[str, float | int]) -> None:
    """Print the figures as the last line, for programs."""
    print(json.dumps({"name": name, "figures": figures}))
