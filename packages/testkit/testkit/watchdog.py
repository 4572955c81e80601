"""The other end of `guard`: reads its list from standard input and cleans up when that closes."""

import os
import shutil
import signal
import sys
import time
from pathlib import Path


def _group_exists(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _kill(groups: set[int]) -> None:
    for group in groups:
        try:
            os.killpg(group, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            continue
    deadline = time.monotonic() + 1
    while any(_group_exists(group) for group in groups) and time.monotonic() < deadline:
        time.sleep(0.05)


def main() -> None:
    """Collect `+group`, `-group` and `d<directory>` lines until the writer is gone, then clean up."""
    groups: set[int] = set()
    directories: list[Path] = []
    for line in sys.stdin:
        kind, value = line[0], line[1:].rstrip("\n")
        if kind == "+":
            groups.add(int(value))
        elif kind == "-":
            groups.discard(int(value))
        elif kind == "d":
            directories.append(Path(value))
    _kill(groups)
    for directory in directories:
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
