"""The sweep lets every package look, whatever happens to another one, and leaves a sign of life."""

import pytest

from billing import maintenance
from billing.chores import CHORES, TASKS
from billing.doctor import examine
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.kit.heartbeats import age_seconds


async def test_one_chore_that_fails_keeps_no_other_from_looking(worker: Container) -> None:
    looked: list[str] = []

    async def fine(_: Container) -> int:
        looked.append("fine")
        return 1

    async def broken(_: Container) -> int:
        looked.append("broken")
        raise RuntimeError("no")

    chores = {"first": broken, "second": fine, "third": broken, "fourth": fine}
    worker.put(maintenance.Chores, maintenance.Chores(sweeps=chores, tidies=chores))
    await maintenance.sweep(worker)
    assert looked == ["broken", "fine", "broken", "fine"]
    await maintenance.tidy(worker)
    assert len(looked) == 8


async def test_a_sweep_over_nothing_finds_nothing_and_beats(worker: Container) -> None:
    database = worker.get(Database)
    async with database.transaction(Subject.system()) as session:
        assert await age_seconds(session, "sweep") is None
    worker.put(maintenance.Chores, CHORES)
    for sweep in CHORES.sweeps.values():
        assert await sweep(worker) == 0
    await maintenance.sweep(worker)
    await maintenance.tidy(worker)
    async with database.transaction(Subject.system()) as session:
        age = await age_seconds(session, "sweep")
    assert age is not None
    assert 0 <= age < 60


@pytest.mark.parametrize("task", [maintenance.SWEEP_TASK, maintenance.PARTITIONS_TASK, maintenance.TIDY_TASK])
def test_what_beat_sends_is_known_to_the_workers(task: str) -> None:
    assert task in TASKS


async def test_the_doctor_reports_whatever_is_wrong(worker: Container) -> None:
    """Nothing but the database and Redis is there in this test; the doctor says so and does not fail."""
    found = {str(finding["name"]): finding for finding in await examine(worker)}
    assert {name for name, finding in found.items() if finding["ok"]} == {"database", "migrations", "redis", "clock"}
    assert str(found["database"]["detail"]).startswith("PostgreSQL 1")
    assert "seed" in str(found["catalog"]["detail"])
    assert all(finding["detail"] for finding in found.values())
