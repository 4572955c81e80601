"""Runs commands two at a time with captured output, so that what is printed stays in one piece per command."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGKILL
from subprocess import TimeoutExpired

from gates.projects import RESULTS, ROOT
from testkit.processes import ChildProcess, start_process

_PRODUCT_SETTINGS = ("BILLING_", "NEXTPANEL_", "SANDBOX_", "PORT_OFFSET", "VIRTUAL_ENV", "PYTHONPATH", "MAKE", "MFLAGS")


@dataclass(frozen=True)
class Job:
    """A command with a name; `timeout` in seconds, `alone` when nothing else may run beside it."""

    name: str
    command: Sequence[str]
    directory: Path = ROOT
    timeout: float = 900
    alone: bool = False
    extra_environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """How a job ended: its exit code (None: timed out), its seconds and everything it printed."""

    job: Job
    code: int | None
    seconds: float
    output: str

    @property
    def ok(self) -> bool:
        return self.code == 0


def neutral_environment() -> dict[str, str]:
    """Return our environment without anything that belongs to a running stack or an outer environment."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_PRODUCT_SETTINGS)}


class Runner:
    """Runs jobs side by side and lets none outlive an interruption."""

    def __init__(self) -> None:
        self._running: set[ChildProcess] = set()

    def run_all(self, jobs: Sequence[Job], *, at_once: int = 2, report: Callable[[Outcome], None]) -> list[Outcome]:
        """Run the jobs, `at_once` side by side, those marked `alone` afterwards; `report` each as it ends."""
        outcomes: list[Outcome] = []
        for batch, width in ([job for job in jobs if not job.alone], at_once), ([job for job in jobs if job.alone], 1):
            for outcome in self._as_completed(batch, width):
                report(outcome)
                outcomes.append(outcome)
        return outcomes

    def _as_completed(self, jobs: Sequence[Job], width: int) -> Iterator[Outcome]:
        with ThreadPoolExecutor(width) as pool:
            pending: set[Future[Outcome]] = {pool.submit(self.run, job) for job in jobs}
            try:
                while pending:
                    done, pending = wait(pending, return_when=FIRST_COMPLETED)
                    yield from (future.result() for future in done)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                for child in list(self._running):
                    child.signal(SIGKILL)
                raise

    def run(self, job: Job) -> Outcome:
        """Run one command to its end; its whole process group is gone afterwards."""
        logs = RESULTS / "output"
        (logs / f"{job.name}.log").unlink(missing_ok=True)
        started = time.monotonic()
        if not Path(job.command[0]).is_file():
            return Outcome(job, 127, 0.0, f"{job.command[0]} is missing")
        child = start_process(
            job.name,
            job.command,
            log_dir=logs,
            env={**neutral_environment(), **job.extra_environment},
            cwd=job.directory,
        )
        self._running.add(child)
        try:
            code = _wait(child, job.timeout)
        finally:
            child.kill()
            self._running.discard(child)
        return Outcome(job, code, time.monotonic() - started, child.log_text())


def _wait(child: ChildProcess, timeout: float) -> int | None:
    with suppress(TimeoutExpired):
        return child.popen.wait(timeout)
    return None
