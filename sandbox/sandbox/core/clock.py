"""The virtual clock every stand-in reads: wall time plus an offset that the admin API can only move
forward. Whoever lives in the same time may follow a file that always holds the offset.
"""

import time
from pathlib import Path

from sandbox.core.store import Store

_COLLECTION = "core_clock"


class Clock:
    """`now()` in whole UTC seconds; the offset is part of the stored state and survives a restart."""

    def __init__(self, store: Store, file: Path | None = None) -> None:
        self._store = store
        self._file = file
        self._offset = 0
        self.reload()

    def now(self) -> int:
        """Virtual time, whole seconds since 1970 UTC."""
        return int(time.time()) + self._offset

    def exact(self) -> float:
        """Virtual time with fractions of a second."""
        return time.time() + self._offset

    @property
    def offset(self) -> int:
        """Seconds the virtual clock is ahead of wall time."""
        return self._offset

    def advance(self, seconds: int) -> int:
        """Move forward and return the new time. Raises ValueError for a negative step."""
        if seconds < 0:
            raise ValueError("the clock only moves forward")
        self._offset += seconds
        self._store.put(_COLLECTION, "clock", {"offset": self._offset})
        self._publish()
        return self.now()

    def reload(self) -> None:
        """Read the offset from the store again, after a reset or at start."""
        saved = self._store.get(_COLLECTION, "clock")
        self._offset = int(saved["offset"]) if saved else 0
        self._publish()

    def _publish(self) -> None:
        """Replace the file in one go: a reader finds the old offset or the new one."""
        if self._file is None:
            return
        written = self._file.with_name(f"{self._file.name}.new")
        written.write_text(f"{self._offset}\n", encoding="ascii")
        written.replace(self._file)
