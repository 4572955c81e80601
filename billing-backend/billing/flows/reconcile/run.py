"""One comparison, from the lists of both sides to what was repaired."""

import uuid
from datetime import datetime, timedelta

from billing.flows.reconcile import repository
from billing.flows.reconcile.books import compare_books, import_movements
from billing.flows.reconcile.compare import Difference, compare, differs
from billing.flows.reconcile.errors import ReconcileRunning
from billing.flows.reconcile.local import get_known, list_known
from billing.flows.reconcile.models import FindingList, ObjectKind, ReconcileFinding, ReconcileRun
from billing.flows.reconcile.panels import compare_panels
from billing.flows.reconcile.ports import ProviderBooks, Seen
from billing.flows.reconcile.repair import Repair, repair
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from service_kit.clock import Clock
from service_kit.ids import uuid7
from service_kit.logs import get_logger, mask

log = get_logger(__name__)

WINDOW = timedelta(days=30)
LONGEST = timedelta(hours=2)
# Invoices first: their events bring payments, subscriptions and licenses along.
_KINDS = (ObjectKind.INVOICE, ObjectKind.PAYMENT, ObjectKind.REFUND, ObjectKind.SUBSCRIPTION)
_BATCH = 500


async def reconcile(container: Container, *, started_by: str, window: timedelta = WINDOW) -> uuid.UUID:
    """Compare and repair; return the run's id. Raises `ReconcileRunning`, and what the provider raises.

    The findings are written as they come, so that a run that breaks off still tells what it did.
    """
    database, now = container.get(Database), container.get(Clock).now()
    run = ReconcileRun(id=uuid7(), started_by=started_by, since=now - window, started_at=now)
    async with database.transaction(Subject.system()) as session:
        if await repository.get_running(session, now - LONGEST) is not None:
            raise ReconcileRunning
        session.add(run)
    try:
        compared, skipped = await _compare_all(container, run)
    except Exception as error:
        await _end(container, run.id, error=str(mask(f"{type(error).__name__}: {error}"))[:2000])
        raise
    await _end(container, run.id, compared=compared, skipped=skipped)
    return run.id


async def _compare_all(container: Container, run: ReconcileRun) -> tuple[dict[str, object], list[object]]:
    compared: dict[str, object] = {}
    for kind in _KINDS:
        found, compared[kind.value] = await _compare_provider(container, kind, run.since)
        for difference in found:
            await _note(container, run, difference, await repair(container, difference))
    accounts, compared[ObjectKind.PANEL_ACCOUNT.value], skipped = await compare_panels(container)
    for difference in accounts:
        await _note(container, run, difference, Repair(False, "the panel and we disagree: somebody has to look"))
    async with container.get(Database).transaction(Subject.system()) as session:
        is_first = not await repository.has_finished(session)
    # Whatever the provider's balance had seen before we kept books belongs into them.
    compared["movements"] = await import_movements(container, None if is_first else run.since)
    for difference in await compare_books(container):
        await _note(container, run, difference, Repair(False, "the totals differ: see the other findings first"))
    return compared, skipped


async def _compare_provider(container: Container, kind: ObjectKind, since: datetime) -> tuple[list[Difference], int]:
    """Return what differs, and how many objects were looked at."""
    database, books = container.get(Database), container.get(ProviderBooks)
    there = {seen.id: seen async for seen in books.list_seen(kind, since)}
    async with database.transaction(Subject.system()) as session:
        here = {seen.id: seen for seen in await list_known(session, kind, since)}
        missing = [object_id for object_id in there if object_id not in here]
        for start in range(0, len(missing), _BATCH):
            here |= await get_known(session, kind, missing[start : start + _BATCH])
    found = compare(there.values(), here)
    for object_id, known in here.items():
        if object_id not in there:
            difference = await _alone(books, known)
            if difference is not None:
                found.append(difference)
    return found, len({*there, *here})


async def _alone(books: ProviderBooks, known: Seen) -> Difference | None:
    """Ask for a row of ours that no list had: it may be older than the lists go back."""
    seen = await books.get_seen(known.kind, known.id)
    if seen is None:
        return Difference(FindingList.ONLY_HERE, None, known)
    return Difference(FindingList.DIFFERENT, seen, known) if differs(seen, known) else None


async def _note(container: Container, run: ReconcileRun, difference: Difference, done: Repair) -> None:
    finding = ReconcileFinding(
        id=uuid7(),
        run_id=run.id,
        list=difference.list,
        object_kind=difference.kind,
        external_id=difference.id,
        local_id=difference.here.local_id if difference.here else None,
        detail=difference.detail,
        is_repaired=done.is_repaired,
        outcome=done.outcome,
    )
    async with container.get(Database).transaction(Subject.system()) as session:
        row = await session.get_one(ReconcileRun, run.id, with_for_update=True)
        row.count(is_repaired=done.is_repaired)
        session.add(finding)
    log.warning("sides differ", kind=finding.object_kind, list=finding.list, id=finding.external_id, done=done.outcome)


async def _end(
    container: Container,
    run_id: uuid.UUID,
    *,
    compared: dict[str, object] | None = None,
    skipped: list[object] | None = None,
    error: str | None = None,
) -> None:
    now = container.get(Clock).now()
    async with container.get(Database).transaction(Subject.system()) as session:
        row = await session.get_one(ReconcileRun, run_id, with_for_update=True)
        if error is not None:
            row.fail(now, error)
        else:
            row.finish(now, compared=compared or {}, skipped=skipped or [])
