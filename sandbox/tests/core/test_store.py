"""The store: all or nothing, newest first, found by field, there again after a restart."""

import threading
from pathlib import Path
from typing import Any

import pytest

from sandbox.core.store import Store


def test_transaction_is_all_or_nothing() -> None:
    store = Store()
    store.put("things", "a", {"n": 1})

    def half() -> None:
        with store.transaction():
            store.put("things", "a", {"n": 2})
            with store.transaction():
                store.put("things", "b", {"n": 3})
            store.delete("things", "a")
            assert store.find("things", "n", 3) == [{"n": 3}]
            assert store.counter("c") == 1
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half()
    assert store.scan("things") == [{"n": 1}]
    assert store.counter("c") == 1
    assert store.find("things", "n", 1) == [{"n": 1}], "an index made inside the undone transaction is made again"


def test_order_is_by_first_put() -> None:
    store = Store()
    for name in ("a", "b", "c"):
        store.put("things", name, {"id": name, "v": 1})
    store.put("things", "a", {"id": "a", "v": 2})
    assert [item["id"] for item in store.scan("things")] == ["c", "b", "a"]
    assert [item["id"] for item in store.scan("things", oldest_first=True, limit=2)] == ["a", "b"]
    assert [item["id"] for item in store.browse("things", beyond="c")] == ["b", "a"]
    assert [item["id"] for item in store.browse("things", beyond="a", newer=True)] == ["b", "c"]
    assert list(store.browse("things", beyond="none")) == []
    assert [item["id"] for item in store.browse("things", batch=1)] == ["c", "b", "a"]
    assert store.counts() == {"things": 3}


def test_documents_are_copies() -> None:
    store = Store()
    document = {"list": [1]}
    store.put("things", "a", document)
    document["list"].append(2)
    got = store.get("things", "a")
    assert got == {"list": [1]}
    got["list"].append(3)
    assert store.get("things", "a") == {"list": [1]}


def test_find_refuses_names_that_are_no_identifiers() -> None:
    with pytest.raises(ValueError, match="identifiers"):
        Store().find("things", "a') OR 1=1 --", "x")


def test_file_survives_and_threads_share(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "s.sqlite"))

    def add(name: str) -> None:
        for number in range(50):
            with store.transaction():
                store.put("things", f"{name}{number}", {"n": store.counter("n")})

    threads = [threading.Thread(target=add, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store.close()
    again = Store(str(tmp_path / "s.sqlite"))
    assert sorted(item["n"] for item in again.scan("things")) == list(range(1, 151))
    again.clear()
    assert again.count("things") == 0
    again.close()


def test_browse_by_a_field_pages_in_both_directions() -> None:
    store = Store()
    for number in range(1, 13):
        store.put("things", f"t{number}", {"id": f"t{number}", "color": "red" if number % 3 else "blue"})

    def ids(**options: Any) -> list[str]:
        return [found["id"] for found in store.browse("things", where=("color", "red"), batch=2, **options)]

    assert ids() == ["t11", "t10", "t8", "t7", "t5", "t4", "t2", "t1"]
    assert ids(beyond="t7") == ["t5", "t4", "t2", "t1"]
    assert ids(beyond="t6") == ["t5", "t4", "t2", "t1"], "the cursor itself need not fit"
    assert ids(beyond="t7", newer=True) == ["t8", "t10", "t11"]
    assert ids(beyond="none") == []
    plan = store._connection.execute(
        "EXPLAIN QUERY PLAN SELECT seq FROM documents WHERE collection = 'things'"
        " AND json_extract(doc, '$.color') = 'red' AND seq < 9 ORDER BY seq DESC LIMIT 2"
    ).fetchall()
    assert ["find_things__color" in row[3] for row in plan] == [True], "one walk along the index, nothing sorted"
