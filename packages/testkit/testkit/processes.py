"""Child processes of tests and of the stack: started with a log file, watched, killed for certain."""

import contextlib
import http.client
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from testkit.guard import guard

# Seconds within which what must come has come, on the slowest and busiest machine there is.
PATIENCE = 300.0


class ProcessFailedError(RuntimeError):
    """A child ended, or did not become healthy in time; the message ends with the tail of its log."""


@dataclass(eq=False)
class ChildProcess:
    """A running child, leader of its own process group; its output goes to `log_path`."""

    name: str
    popen: subprocess.Popen[bytes]
    log_path: Path

    @property
    def pid(self) -> int:
        return self.popen.pid

    def is_running(self) -> bool:
        return self.popen.poll() is None

    def log_text(self) -> str:
        """Return everything the child has printed so far."""
        return self.log_path.read_text(encoding="utf-8", errors="replace")

    def log_tail(self, lines: int = 25) -> str:
        return "\n".join(self.log_text().splitlines()[-lines:])

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the whole process group; nothing happens when it is gone."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.popen.pid, number)

    def kill(self) -> None:
        """Kill -9 the process group and wait for its end."""
        self.signal(signal.SIGKILL)
        self._reap(10)

    def terminate(self, timeout: float = 10) -> None:
        """Ask to end (SIGTERM), kill after `timeout` seconds; returns when the group is gone."""
        self.signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.popen.wait(timeout)
        self.kill()

    def _reap(self, timeout: float) -> None:
        self.popen.wait(timeout)
        guard.remove_group(self.popen.pid)

    def wait_until(self, ready: Callable[[], bool], *, what: str, timeout: float = PATIENCE) -> None:
        """Poll `ready` until it is true; raise ProcessFailedError if the child ends or time is over."""
        deadline = time.monotonic() + timeout
        while not ready():
            if not self.is_running():
                raise ProcessFailedError(
                    f"{self.name} ended with code {self.popen.returncode} before {what}\n{self.log_tail()}"
                )
            if time.monotonic() > deadline:
                raise ProcessFailedError(f"{self.name}: no {what} after {timeout:g} s\n{self.log_tail()}")
            time.sleep(0.03)

    def wait_healthy(self, url: str, timeout: float = PATIENCE) -> None:
        """Wait until `url` answers with a 2xx."""
        self.wait_until(lambda: http_ok(url), what=f"healthy answer from {url}", timeout=timeout)


def start_process(
    name: str,
    command: Sequence[str],
    *,
    log_dir: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> ChildProcess:
    """Start `command` in a new process group. `env` replaces the environment when given."""
    log_dir.mkdir(parents=True, exist_ok=True)
    log_path = log_dir / f"{name}.log"
    with log_path.open("ab") as log:
        popen = subprocess.Popen(  # noqa: S603 - the caller's own command, no shell
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=None if env is None else dict(env),
            cwd=cwd,
            start_new_session=True,
        )
    guard.add_group(popen.pid)
    return ChildProcess(name=name, popen=popen, log_path=log_path)


@contextlib.contextmanager
def running_process(
    name: str,
    command: Sequence[str],
    *,
    log_dir: Path,
    health_url: str | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    timeout: float = PATIENCE,
) -> Iterator[ChildProcess]:
    """Start a child, wait for its health address when one is given, terminate it at the end."""
    child = start_process(name, command, log_dir=log_dir, env=env, cwd=cwd)
    try:
        if health_url is not None:
            child.wait_healthy(health_url, timeout)
        yield child
    finally:
        child.terminate()


def http_ok(url: str, timeout: float = 2) -> bool:
    """Tell whether a plain GET of a loopback http:// address answers 2xx; proxies are never used."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port or 80, timeout=timeout)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("GET", path)
        return 200 <= connection.getresponse().status < 300
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
