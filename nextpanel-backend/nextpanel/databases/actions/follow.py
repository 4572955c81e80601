"""What an account's state means for its databases: locked while suspended, dumped and purged after the end."""

from datetime import timedelta
from pathlib import Path

from nextpanel.audit import service as audit
from nextpanel.databases import repository
from nextpanel.databases.actions.tools import DatabaseTools
from nextpanel.databases.models import CustomerDatabase, DatabaseStatus
from nextpanel.databases.ports import EngineUnavailable
from nextpanel.databases.repository import ClaimLost
from service_kit.logs import get_logger

log = get_logger(__name__)

_PAUSE = timedelta(seconds=30)
_BACKUP_LEASE = timedelta(hours=2)


async def follow_lock_next(tools: DatabaseTools) -> bool:
    """Lock or unlock one database whose log-in does not match its account; False when none is left."""
    async with tools.database.transaction() as session:
        row = await repository.claim_due(
            session, condition=repository.needs_lock_change(), now=tools.clock.now(), lease=tools.lease
        )
    if row is None:
        return False
    wanted = not row.is_locked
    try:
        await tools.engine.set_login(row.database_name, allowed=not wanted)
    except EngineUnavailable as error:
        await _give_back(tools, row, due_at=tools.clock.now() + _PAUSE, last_error=error.code)
        return True
    await _give_back(tools, row, due_at=tools.clock.now(), is_locked=wanted, last_error=None)
    return True


async def back_up_next(tools: DatabaseTools) -> bool:
    """Dump one database of a terminated account; False when none is left or no dumps are wanted."""
    if tools.backup_dir is None:
        return False
    async with tools.database.transaction() as session:
        row = await repository.claim_due(
            session, condition=repository.needs_backup(), now=tools.clock.now(), lease=_BACKUP_LEASE
        )
    if row is None:
        return False
    name = f"{row.id}.dump"
    try:
        await _dump(tools, row, tools.backup_dir / name)
    except (EngineUnavailable, OSError) as error:
        log.warning("no dump made", database_id=str(row.id), error=type(error).__name__)
        await _give_back(tools, row, due_at=tools.clock.now() + _PAUSE, last_error="backup_failed")
        return True
    await _give_back(tools, row, due_at=tools.clock.now(), backup_file=name, last_error=None)
    return True


async def _dump(tools: DatabaseTools, row: CustomerDatabase, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = target.with_suffix(".part")
    unfinished.unlink(missing_ok=True)
    await tools.engine.dump(row.database_name, unfinished)
    unfinished.rename(target)


async def purge_next(tools: DatabaseTools) -> bool:
    """Mark one database for deletion whose account ended longer ago than backups are kept."""
    now = tools.clock.now()
    async with tools.database.transaction() as session:
        row = await repository.claim_due(session, condition=repository.needs_purge(now), now=now, lease=tools.lease)
        if row is None:
            return False
        row.status, row.claim, row.due_at = DatabaseStatus.DELETING, None, now
        audit.record(
            session,
            actor=audit.PANEL,
            action="database.purged",
            account_id=row.account_id,
            detail={"database_id": str(row.id), "name": row.name},
        )
    return True


async def _give_back(tools: DatabaseTools, row: CustomerDatabase, **values: object) -> None:
    try:
        async with tools.database.transaction() as session:
            await repository.write(session, row, claim=None, **values)
    except ClaimLost:
        log.warning("row was taken over", database_id=str(row.id))
