import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, select

from billing.flows.reconcile.models import FindingList, ObjectKind, ReconcileFinding, ReconcileRun, RunStatus
from billing.kit.db import Session
from billing.kit.pagination import keyset


async def get_run(session: Session, run_id: uuid.UUID) -> ReconcileRun | None:
    return await session.get(ReconcileRun, run_id)


async def get_running(session: Session, started_after: datetime) -> ReconcileRun | None:
    """Return a run that is under way; one that began before was left by a process that died."""
    statement = select(ReconcileRun).where(
        ReconcileRun.status == RunStatus.RUNNING, ReconcileRun.started_at > started_after
    )
    return (await session.execute(statement.limit(1))).scalar_one_or_none()


async def get_latest(session: Session) -> ReconcileRun | None:
    statement = select(ReconcileRun).order_by(ReconcileRun.id.desc()).limit(1)
    return (await session.execute(statement)).scalar_one_or_none()


async def has_finished(session: Session) -> bool:
    """Return whether there was ever a run that came to its end."""
    return (await session.execute(select(exists().where(ReconcileRun.status == RunStatus.FINISHED)))).scalar_one()


async def list_runs(session: Session, cursor: str | None, limit: int) -> Sequence[ReconcileRun]:
    statement = keyset(select(ReconcileRun), ReconcileRun.id, cursor, limit)
    return (await session.execute(statement)).scalars().all()


async def list_findings(
    session: Session,
    run_id: uuid.UUID,
    *,
    on_list: FindingList | None,
    kind: ObjectKind | None,
    is_repaired: bool | None,
    cursor: str | None,
    limit: int,
) -> Sequence[ReconcileFinding]:
    statement = select(ReconcileFinding).where(ReconcileFinding.run_id == run_id)
    if on_list is not None:
        statement = statement.where(ReconcileFinding.list == on_list)
    if kind is not None:
        statement = statement.where(ReconcileFinding.object_kind == kind)
    if is_repaired is not None:
        statement = statement.where(ReconcileFinding.is_repaired == is_repaired)
    return (await session.execute(keyset(statement, ReconcileFinding.id, cursor, limit))).scalars().all()
