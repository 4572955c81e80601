"""Processes of a stack that outlived their runner, found by the mark in their environment; and who holds a port."""

import os
import time
from contextlib import suppress
from pathlib import Path

import psutil

from stack.environment import MARKER

# These two write their titles over their environment; their working directory gives them away.
_SERVERS = {"postgres": "postgres", "redis-server": "redis"}


def find(state: Path) -> list[psutil.Process]:
    """Return all processes (except ours) that belong to the stack with this state directory."""
    found: list[psutil.Process] = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and _belongs(process, state):
                found.append(process)
    return found


def _belongs(process: psutil.Process, state: Path) -> bool:
    if process.status() == psutil.STATUS_ZOMBIE:
        return False
    directory = _SERVERS.get(process.name())
    if directory is not None and Path(process.cwd()) == (state / directory).resolve():
        return True
    return process.environ().get(MARKER) == str(state)


def end(state: Path, *, patience: float = 5) -> int:
    """End every leftover, by SIGTERM and after `patience` seconds by SIGKILL; return how many there were."""
    found = find(state)
    for process in found:
        with suppress(psutil.Error):
            process.terminate()
    _, alive = psutil.wait_procs(found, timeout=patience)
    for process in alive:
        with suppress(psutil.Error):
            process.kill()
    # A child may have been started between the two; the second look is nearly always empty.
    deadline = time.monotonic() + patience
    while (late := find(state)) and time.monotonic() < deadline:
        for process in late:
            with suppress(psutil.Error):
                process.kill()
        time.sleep(0.05)
    return len(found)


def holder_of_port(port: int) -> str | None:
    """Return "name (pid N)" of the process that listens on a port, or None when we may not know."""
    with suppress(psutil.Error, OSError):
        for connection in psutil.net_connections(kind="tcp"):
            listens = connection.status == psutil.CONN_LISTEN and getattr(connection.laddr, "port", None) == port
            if listens and connection.pid:
                return f"{psutil.Process(connection.pid).name()} (pid {connection.pid})"
    return None
