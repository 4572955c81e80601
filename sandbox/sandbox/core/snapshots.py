"""Named copies of all state, kept in memory until the process ends."""

import sqlite3

from sandbox.core.store import Store


class Snapshots:
    """`save` and `load` by name; a later one of the same name takes the place of the earlier."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: dict[str, sqlite3.Connection] = {}

    def save(self, name: str) -> None:
        """Keep everything as it is now."""
        self.drop(name)
        self._kept[name] = self._store.copy()

    def load(self, name: str) -> None:
        """Put the store back. Raises KeyError for an unknown name."""
        self._store.replace(self._kept[name])

    def drop(self, name: str) -> bool:
        """Forget one; False if there was none."""
        kept = self._kept.pop(name, None)
        if kept is not None:
            kept.close()
        return kept is not None

    def names(self) -> list[str]:
        """What is kept, oldest first."""
        return list(self._kept)
