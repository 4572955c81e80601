"""State of all stand-ins: named collections of JSON documents in one SQLite file.

The interface::

    with store.transaction():                      # one per vendor request; an exception undoes everything
        store.put("namecheap_domains", name, {...})   # insert or replace; documents are plain JSON dicts
        doc = store.get("namecheap_domains", name)    # a fresh dict each time, or None
        store.delete("namecheap_domains", name)       # True if it was there
        number = store.counter("namecheap_orders")    # 1, 2, 3, … per name
    store.scan("mails", limit=50)                  # newest first (by first put), or oldest_first=True
    store.first_between("jobs", "slot", "a", "b")  # the smallest of a range
    store.find("mails", "recipient", "a@b.test")   # same, where the top-level field equals; indexed on demand
    store.count("mails")

Collection and field names are lower-case identifiers; prefix a collection with its vendor. A committed
transaction survives `kill -9` of the process (WAL in the page cache), not a power cut.

Calls are synchronous and take microseconds. They may come from any thread (one lock, re-entrant); inside
`transaction()` there must be no `await`, else another coroutine of the same thread would join the
transaction. A nested `transaction()` joins the outer one.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Any

import orjson

Document = dict[str, Any]

_NAME = re.compile(r"[a-z_][a-z0-9_]*")
_LAST = 2**62
_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, collection TEXT NOT NULL, id TEXT NOT NULL, doc TEXT NOT NULL,
    UNIQUE (collection, id));
CREATE INDEX IF NOT EXISTS documents_by_age ON documents (collection, seq);
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
"""


class Store:
    """JSON documents by (collection, id), kept in SQLite; see the module docstring for the rules of use."""

    def __init__(self, path: str = ":memory:") -> None:
        self._lock = RLock()
        self._depth = 0
        self._indexed: set[tuple[str, str]] = set()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=OFF")
        self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file; the store cannot be used afterwards."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All puts and deletes inside happen, or none do. Joins an outer transaction if there is one."""
        with self._lock:
            if self._depth:
                yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            self._depth = 1
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                self._indexed.clear()
                raise
            else:
                self._connection.execute("COMMIT")
            finally:
                self._depth = 0

    @contextmanager
    def rehearsal(self) -> Iterator[None]:
        """Everything inside is undone at the end, whether it succeeds or not; must be inside a transaction."""
        with self._lock:
            self._connection.execute("SAVEPOINT rehearsal")
            try:
                yield
            finally:
                self._connection.execute("ROLLBACK TO rehearsal")
                self._connection.execute("RELEASE rehearsal")
                self._indexed.clear()

    def get(self, collection: str, document_id: str) -> Document | None:
        """The document, as a new dict the caller may change freely, or None."""
        with self._lock:
            row = self._connection.execute(
                "SELECT doc FROM documents WHERE collection = ? AND id = ?", (collection, document_id)
            ).fetchone()
        return None if row is None else _load(row[0])

    def put(self, collection: str, document_id: str, document: Document) -> None:
        """Insert or replace; a replaced document keeps its place in the order of the collection."""
        text = orjson.dumps(document).decode()
        with self._lock:
            self._connection.execute(
                "INSERT INTO documents (collection, id, doc) VALUES (?, ?, ?)"
                " ON CONFLICT (collection, id) DO UPDATE SET doc = excluded.doc",
                (collection, document_id, text),
            )

    def delete(self, collection: str, document_id: str) -> bool:
        """Remove the document; False if it was not there."""
        with self._lock:
            cursor = self._connection.execute(
                "DELETE FROM documents WHERE collection = ? AND id = ?", (collection, document_id)
            )
        return cursor.rowcount == 1

    def scan(self, collection: str, *, limit: int = -1, oldest_first: bool = False) -> list[Document]:
        """Documents of a collection, newest first unless told otherwise; a negative limit means all."""
        order = "ASC" if oldest_first else "DESC"
        with self._lock:
            rows = self._connection.execute(
                f"SELECT doc FROM documents WHERE collection = ? ORDER BY seq {order} LIMIT ?",  # noqa: S608 - one of two words
                (collection, limit),
            ).fetchall()
        return [_load(row[0]) for row in rows]

    def find(self, collection: str, field: str, value: str | int, *, limit: int = -1) -> list[Document]:
        """Documents whose top-level `field` equals `value`, newest first; the first use builds an index."""
        with self._lock:
            self._ensure_index(collection, field)
            rows = self._connection.execute(
                f"SELECT doc FROM documents WHERE collection = '{collection}'"  # noqa: S608 - both names are checked identifiers
                f" AND json_extract(doc, '$.{field}') = ? ORDER BY seq DESC LIMIT ?",
                (value, limit),
            ).fetchall()
        return [_load(row[0]) for row in rows]

    def first_between(self, collection: str, field: str, low: str, high: str) -> Document | None:
        """The document with the smallest text in top-level `field` within [low, high]; found by index, never by
        reading the rest.
        """
        with self._lock:
            self._ensure_index(collection, field)
            row = self._connection.execute(
                f"SELECT doc FROM documents WHERE collection = '{collection}'"  # noqa: S608 - both names are checked identifiers
                f" AND json_extract(doc, '$.{field}') BETWEEN ? AND ?"
                f" ORDER BY json_extract(doc, '$.{field}'), seq LIMIT 1",
                (low, high),
            ).fetchone()
        return None if row is None else _load(row[0])

    def browse(
        self,
        collection: str,
        *,
        where: tuple[str, str | int] | None = None,
        beyond: str | None = None,
        newer: bool = False,
        batch: int = 100,
    ) -> Iterator[Document]:
        """Documents one by one, read in batches: from the newest down, or from the oldest up when `newer`.

        `where` is a top-level field and the value it has to have. With `beyond` it starts next to that document,
        which is not part of the answer. An unknown one gives nothing.
        """
        sign, order = (">", "ASC") if newer else ("<", "DESC")
        values: tuple[str | int, ...] = (collection,)
        condition = "collection = ?"
        if where is not None:
            self._ensure_index(collection, where[0])
            # Spelled out, as SQLite takes the partial index only for a condition it can compare with the index's own.
            condition, values = f"collection = '{collection}' AND json_extract(doc, '$.{where[0]}') = ?", (where[1],)
        query = f"SELECT seq, doc FROM documents WHERE {condition} AND seq {sign} ? ORDER BY seq {order} LIMIT ?"  # noqa: S608 - checked identifiers
        place = self._place(collection, beyond, newer=newer)
        while place is not None:
            with self._lock:
                rows = self._connection.execute(query, (*values, place, batch)).fetchall()
            for _, text in rows:
                yield _load(text)
            place = rows[-1][0] if len(rows) == batch else None

    def count(self, collection: str) -> int:
        """How many documents the collection holds."""
        with self._lock:
            row = self._connection.execute(
                "SELECT count(*) FROM documents WHERE collection = ?", (collection,)
            ).fetchone()
        return int(row[0])

    def counts(self) -> dict[str, int]:
        """Documents per collection, for the admin API."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT collection, count(*) FROM documents GROUP BY collection ORDER BY collection"
            ).fetchall()
        return dict(rows)

    def counter(self, name: str) -> int:
        """Raise the named counter by one and return it; the first value is 1."""
        with self._lock:
            row = self._connection.execute(
                "INSERT INTO counters (name, value) VALUES (?, 1)"
                " ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value",
                (name,),
            ).fetchone()
        return int(row[0])

    def clear(self) -> None:
        """Forget everything, counters included."""
        with self.transaction():
            self._connection.execute("DELETE FROM documents")
            self._connection.execute("DELETE FROM counters")

    def copy(self) -> sqlite3.Connection:
        """Everything as it is now, in a database of its own in memory."""
        target = sqlite3.connect(":memory:", check_same_thread=False)
        with self._lock:
            self._connection.backup(target)
        return target

    def replace(self, source: sqlite3.Connection) -> None:
        """Become what a copy holds; must not be called inside a transaction."""
        with self._lock:
            source.backup(self._connection)
            self._indexed.clear()

    def _place(self, collection: str, document_id: str | None, *, newer: bool) -> int | None:
        if document_id is None:
            return 0 if newer else _LAST
        with self._lock:
            row = self._connection.execute(
                "SELECT seq FROM documents WHERE collection = ? AND id = ?", (collection, document_id)
            ).fetchone()
        return None if row is None else int(row[0])

    def _ensure_index(self, collection: str, field: str) -> None:
        if (collection, field) in self._indexed:
            return
        if not _NAME.fullmatch(collection) or not _NAME.fullmatch(field):
            raise ValueError("collection and field must be lower-case identifiers")
        self._connection.execute(
            f"CREATE INDEX IF NOT EXISTS find_{collection}__{field}"
            f" ON documents (json_extract(doc, '$.{field}'), seq) WHERE collection = '{collection}'"
        )
        self._indexed.add((collection, field))


def _load(text: str) -> Document:
    document: Document = orjson.loads(text)
    return document
