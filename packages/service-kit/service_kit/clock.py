"""Time as a port: production uses `SystemClock`, tests a `FixedClock` they move by hand, a local stack may use a
`FileClock`."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """Return the current instant, timezone-aware, in UTC."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self._at

    def advance(self, by: timedelta) -> None:
        self._at += by

    def set(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)


class OffsetClock:
    """The real time, moved by an offset: for tests that talk to other processes, whose time goes on."""

    def __init__(self) -> None:
        self.offset = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def advance(self, by: timedelta) -> None:
        self.offset += by


class FileClock:
    """The real time, ahead by the seconds that a file holds; none while there is no such file.

    So all processes of a local stack are sent into next month at once, by whoever replaces the file. Raises
    `ValueError` for a file with anything but a number.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read: tuple[int, int] | None = None
        self._ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._look()

    def _look(self) -> timedelta:
        try:
            found = self._file.stat()
        except FileNotFoundError:
            return timedelta()
        # A replaced file is another inode, even when it was written within the same tick of the file system.
        version = (found.st_ino, found.st_mtime_ns)
        if version != self._read:
            self._ahead = timedelta(seconds=float(self._file.read_text(encoding="ascii")))
            self._read = version
        return self._ahead


def clock_of(file: Path | None) -> Clock:
    """Return the clock a process lives by: the system's, unless its settings name a file."""
    return SystemClock() if file is None else FileClock(file)
