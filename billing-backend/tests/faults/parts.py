"""The parts of the house as processes that a test starts, kills and stops at will."""

import os
import shlex
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from testkit.processes import ChildProcess, start_process

ROOT = Path(__file__).resolve().parents[3]


class Part(Protocol):
    """Anything that can be killed and started again with what it had on disk."""

    def start(self) -> None: ...

    def kill(self) -> None: ...


@dataclass
class Service:
    """One process of ours. `start` does not wait until it is ready: nobody waits for that after a crash either."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    log_dir: Path
    is_ready: Callable[[], bool]
    process: ChildProcess | None = field(default=None, repr=False)

    def start(self) -> None:
        assert self.process is None, f"{self.name} runs already"
        environment = {"PATH": os.environ.get("PATH", ""), "PYTHONUNBUFFERED": "1", **self.environment}
        self.process = start_process(self.name, self.command, log_dir=self.log_dir, env=environment, cwd=ROOT)

    def wait_ready(self) -> None:
        """Return when it is up; raises `ProcessFailedError` with the end of its log."""
        assert self.process is not None
        self.process.wait_until(self.is_ready, what="readiness")

    def kill(self) -> None:
        """Kill -9, with all its children."""
        if self.process is not None:
            self.process.kill()
            self.process = None


def procfile_command(name: str, values: Mapping[str, str], *more: str) -> list[str]:
    """Return the command that is shipped for a process, with `more` arguments at its end."""
    lines = (ROOT / "Procfile").read_text(encoding="utf-8").splitlines()
    line = next(line for line in lines if line.startswith(f"{name}:"))
    text = string.Template(line.partition(":")[2]).substitute(values)
    return [*shlex.split(text), *more]
