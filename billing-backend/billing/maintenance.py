"""What runs by the clock: the sweep that makes every message dispensable, partitions made ahead, and tidying up."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from sqlalchemy import delete, text

from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.kit.heartbeats import beat
from billing.kit.idempotency import IdempotencyRecord
from billing.kit.tasks import TaskQueue
from service_kit.clock import Clock
from service_kit.logs import get_logger

log = get_logger(__name__)

Chore = Callable[[Container], Awaitable[int]]

SWEEP_TASK = "maintenance.sweep"
PARTITIONS_TASK = "maintenance.partitions"
TIDY_TASK = "maintenance.tidy"
PARTITIONED = ("payments", "usage_records")
MONTHS_AHEAD = 3
MOST_WAITING = 100
KEEP_IDEMPOTENCY = timedelta(days=30)


class Chores:
    """Every package's sweep (every few seconds) and house-keeping (hourly), by name; filled by the roots."""

    def __init__(self, *, sweeps: Mapping[str, Chore], tidies: Mapping[str, Chore]) -> None:
        self.sweeps = dict(sweeps)
        self.tidies = dict(tidies)


async def _run_all(container: Container, kind: str, chores: Mapping[str, Chore]) -> None:
    """Run each; one that fails does not keep the others from looking."""
    for name, chore in chores.items():
        try:
            found = await chore(container)
        except Exception:
            log.exception("chore failed", kind=kind, chore=name)
        else:
            if found:
                log.info("chore found work", kind=kind, chore=name, found=found)


async def sweep(container: Container) -> None:
    """Let each package look for rows that were left behind.

    While workers are behind nothing is: whatever waits in the database has its message in the queue, and a second one
    for each would only put them further behind.
    """
    async with container.get(Database).transaction(Subject.system()) as session:
        await beat(session, "sweep")
    waiting = await container.get(TaskQueue).backlog()
    if waiting > MOST_WAITING:
        log.info("workers are behind, nothing swept", waiting=waiting)
        return
    await _run_all(container, "sweep", container.get(Chores).sweeps)


async def tidy(container: Container) -> None:
    """Let each package drop what nobody needs any more."""
    await _run_all(container, "tidy", container.get(Chores).tidies)


async def forget_idempotency_keys(container: Container) -> int:
    """Forget keys that nobody will send again; return how many."""
    before = container.get(Clock).now() - KEEP_IDEMPOTENCY
    async with container.get(Database).transaction(Subject.system()) as session:
        statement = delete(IdempotencyRecord).where(IdempotencyRecord.created_at < before)
        return len((await session.execute(statement.returning(IdempotencyRecord.id))).all())


async def ensure_partitions(container: Container) -> None:
    """Make this month's partitions and those of the next months."""
    statement = text(
        "SELECT ensure_month_partition(:parent,"
        " (date_trunc('month', CAST(:now AS timestamptz) AT TIME ZONE 'UTC') + :ahead * interval '1 month')::date)"
    )
    now = container.get(Clock).now()
    async with container.get(Database).transaction(Subject.system()) as session:
        for parent in PARTITIONED:
            for ahead in range(MONTHS_AHEAD + 1):
                await session.execute(statement, {"parent": parent, "now": now, "ahead": ahead})


TASKS = {SWEEP_TASK: sweep, PARTITIONS_TASK: ensure_partitions, TIDY_TASK: tidy}
