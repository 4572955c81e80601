"""The admin API of a running process."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.process import SandboxProcess, http


@pytest.fixture(scope="module")
def process() -> Iterator[SandboxProcess]:
    running = SandboxProcess(None, SANDBOX_SEED="fixed").start()
    yield running
    running.stop()


def test_clock(process: SandboxProcess) -> None:
    process.admin.post("/reset")
    assert process.admin.get("/clock").json()["offset"] == 0
    assert process.admin.post("/clock/advance", json={"seconds": 90}).json()["offset"] == 90
    bodies: list[Any] = [{"seconds": -1}, {"seconds": "x"}, {"seconds": True}, {}, []]
    for wrong in bodies:
        assert process.admin.post("/clock/advance", json=wrong).status_code == 400
    assert process.admin.get("/clock").json()["offset"] == 90


def test_others_follow_the_clock_by_its_file(tmp_path: Path) -> None:
    file, state = tmp_path / "clock", tmp_path / "state.sqlite"
    running = SandboxProcess(state, SANDBOX_CLOCK_FILE=str(file)).start()
    assert file.read_text() == "0\n"
    running.admin.post("/clock/advance", json={"seconds": 90})
    assert file.read_text() == "90\n"
    running.stop()
    file.unlink()
    again = SandboxProcess(state, SANDBOX_CLOCK_FILE=str(file)).start()
    assert file.read_text() == "90\n"
    again.admin.post("/reset")
    assert file.read_text() == "0\n"
    again.stop()


def test_faults(process: SandboxProcess) -> None:
    process.admin.post("/reset")
    armed = process.admin.post("/faults", json={"vendor": "stripe", "operation": "*", "kind": "slow", "times": 3})
    assert armed.status_code == 201
    for wrong in ({"vendor": "x"}, {"vendor": "a", "operation": "b", "kind": "c", "more": 1}, {}, "x"):
        assert process.admin.post("/faults", json=wrong).status_code == 400
    assert [fault["times"] for fault in process.admin.get("/faults").json()["faults"]] == [3]
    assert process.admin.delete(f"/faults/{armed.json()['id']}").json() == {"removed": 1}
    process.admin.post("/faults", json={"vendor": "stripe", "operation": "*", "kind": "slow"})
    assert process.admin.delete("/faults").json() == {"removed": 1}


def test_seed_gives_the_same_ids_after_reset(process: SandboxProcess) -> None:
    ids = []
    for _ in range(2):
        process.admin.post("/reset")
        auth = {"Authorization": "Bearer sk_test_sandbox"}
        ids.append(http("POST", f"{process.url}/stripe/v1/customers", headers=auth).json()["id"])
        assert process.admin.get("/state").json()["collections"]["stripe_customer"] == 1
    assert ids[0] == ids[1]


def test_journal_arguments(process: SandboxProcess) -> None:
    assert process.admin.get("/journal", params={"limit": "many"}).status_code == 400
    assert process.admin.get("/journal", params={"vendor": "nobody"}).json() == {"requests": []}


def test_a_big_body_is_refused(process: SandboxProcess) -> None:
    auth = {"Authorization": "Bearer sk_test_sandbox", "Content-Type": "application/x-www-form-urlencoded"}
    answer = http("POST", f"{process.url}/stripe/v1/customers", content=b"name=" + b"x" * 1_100_000, headers=auth)
    assert answer.status_code == 413
