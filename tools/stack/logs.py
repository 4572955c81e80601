"""Follows the log files of the stack, each line with the name of its process before it."""

import threading
from collections.abc import Iterator
from pathlib import Path

from stack.layout import StackError

_LAST_LINES = 15


class Follower:
    """Reads complete lines appended to one file; a file that was rotated away is read from its new beginning."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._offset = 0
        self._rest = b""

    def last(self, count: int) -> list[str]:
        """Return the last complete lines and continue after them."""
        return list(self.new_lines())[-count:]

    def new_lines(self) -> Iterator[str]:
        """Yield the lines added since the last call."""
        size = self.path.stat().st_size if self.path.exists() else 0
        if size < self._offset:
            self._offset, self._rest = 0, b""
        if size == self._offset:
            return
        with self.path.open("rb") as file:
            file.seek(self._offset)
            content = self._rest + file.read(size - self._offset)
        self._offset = size
        *lines, self._rest = content.split(b"\n")
        yield from (line.decode("utf-8", errors="replace") for line in lines)


def followers(directory: Path, names: list[str]) -> list[Follower]:
    """Return one follower per log file, or per name given. Raises StackError for a name without a log."""
    paths = {path.stem: path for path in sorted(directory.glob("*.log"))}
    unknown = [name for name in names if name not in paths]
    if unknown or not paths:
        what = f"of {unknown[0]!r}" if unknown else "yet"
        raise StackError(f"There is no log {what}; there are: {', '.join(paths) or 'none'}.")
    return [Follower(paths[name]) for name in names or paths]


def follow(directory: Path, names: list[str], stop: threading.Event) -> None:
    """Print the last lines of each log and then every new one until `stop` is set."""
    found = followers(directory, names)
    width = max((len(follower.path.stem) for follower in found), default=0)
    for follower in found:
        for line in follower.last(_LAST_LINES):
            print(f"{follower.path.stem:<{width}} | {line}")
    while not stop.wait(0.3):
        for follower in found:
            for line in follower.new_lines():
                print(f"{follower.path.stem:<{width}} | {line}", flush=True)
