"""Leaves no child behind, even when the process that started it is killed with SIGKILL.

A small second process holds the read end of a pipe. When this process ends in whatever way, the pipe closes,
and the second process kills every child still on its list and removes their directories.
"""

import atexit
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO

_WATCHDOG = Path(__file__).with_name("watchdog.py")


class Guard:
    """The list of process groups and directories that must not outlive this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def add_group(self, group: int) -> None:
        """Kill this process group should we die; call it right after the start of its leader."""
        self._send(f"+{group}")

    def remove_group(self, group: int) -> None:
        """Forget a process group that has ended; its number may belong to somebody else soon."""
        self._send(f"-{group}")

    def add_directory(self, directory: Path) -> None:
        """Remove this directory after the groups are gone."""
        self._send(f"d{directory}")

    def _send(self, line: str) -> None:
        with self._lock:
            pipe = self._pipe()
            pipe.write(line + "\n")
            pipe.flush()

    def _pipe(self) -> IO[str]:
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603 - our own script under our own interpreter
                [sys.executable, "-I", "-S", str(_WATCHDOG)],
                stdin=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
            atexit.register(self._close)
        if self._process.stdin is None:
            raise RuntimeError("the watchdog was started without a pipe")
        return self._process.stdin

    def _close(self) -> None:
        process = self._process
        if process is not None and process.stdin is not None:
            process.stdin.close()
            process.wait(timeout=30)


guard = Guard()
