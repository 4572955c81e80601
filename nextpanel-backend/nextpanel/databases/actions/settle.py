"""Bring half-done rows to their end: nothing at the engine, nothing counted by billing."""

import asyncio
from datetime import timedelta

from billing_client import Resource
from nextpanel.accounts import repository as accounts
from nextpanel.databases import repository
from nextpanel.databases.actions.tools import DatabaseTools
from nextpanel.databases.models import CustomerDatabase, DatabaseStatus, UsageState
from nextpanel.databases.ports import EngineUnavailable
from nextpanel.databases.repository import ClaimLost
from nextpanel.kit import idempotency
from nextpanel.licensing.errors import LicenseRefused, QuotaUsedUp, UsageUnknown
from service_kit.errors import AppError
from service_kit.logs import get_logger

log = get_logger(__name__)

_LONGEST_PAUSE = timedelta(minutes=15)


async def settle_next(tools: DatabaseTools) -> bool:
    """Settle the row that waited longest; False when none is due."""
    async with tools.database.transaction() as session:
        row = await repository.claim_due(
            session, condition=repository.needs_settling(), now=tools.clock.now(), lease=tools.lease
        )
        if row is None:
            return False
        if row.status == DatabaseStatus.CREATING:
            log.warning("undoing an interrupted creation", database_id=str(row.id))
            row.status = DatabaseStatus.UNDOING
            await idempotency.release(session, subject_id=row.id)
    await settle(tools, row)
    return True


async def settle(tools: DatabaseTools, row: CustomerDatabase) -> None:
    """Drop what the engine has of a claimed row, set billing's count right, and close the row.

    A part that fails is tried again later; every part may be repeated. Never raises for a failed part.
    """
    try:
        async with asyncio.timeout(tools.timeout.total_seconds()):
            await tools.engine.drop(row.database_name)
            await _settle_usage(tools, row)
            await _close(tools, row)
    except (EngineUnavailable, UsageUnknown) as error:
        await _try_later(tools, row, error)
    except TimeoutError:
        await _try_later(tools, row, EngineUnavailable())
    except ClaimLost:
        log.warning("row was taken over", database_id=str(row.id))


async def _settle_usage(tools: DatabaseTools, row: CustomerDatabase) -> None:
    if row.usage not in {UsageState.RESERVING, UsageState.RESERVED}:
        return
    async with tools.database.transaction() as session:
        account = await accounts.get_account_or_raise(session, row.account_id)
    license_key = tools.license_key(account)
    if row.usage == UsageState.RESERVING:
        # Nobody knows whether billing counted the report: the same key makes it certain.
        try:
            await tools.gate.reserve(license_key, Resource.DATABASES, row.id)
        except (QuotaUsedUp, LicenseRefused):
            await _write(tools, row, usage=UsageState.NONE)
            return
        await _write(tools, row, usage=UsageState.RESERVED)
    await tools.gate.hand_back(license_key, Resource.DATABASES, row.id)
    await _write(tools, row, usage=UsageState.RETURNED)


async def _close(tools: DatabaseTools, row: CustomerDatabase) -> None:
    if row.backup_file is not None and tools.backup_dir is not None:
        (tools.backup_dir / row.backup_file).unlink(missing_ok=True)
    deleted = row.status == DatabaseStatus.DELETING
    final = DatabaseStatus.DELETED if deleted else DatabaseStatus.FAILED
    now = tools.clock.now()
    await _write(tools, row, status=final, claim=None, due_at=now, deleted_at=now, last_error=None, backup_file=None)


async def _write(tools: DatabaseTools, row: CustomerDatabase, **values: object) -> None:
    async with tools.database.transaction() as session:
        await repository.write(session, row, **values)


async def _try_later(tools: DatabaseTools, row: CustomerDatabase, error: AppError) -> None:
    attempts = row.attempts + 1
    pause = min(timedelta(seconds=2) * 2 ** min(attempts, 12), _LONGEST_PAUSE)
    log.warning("row not settled", database_id=str(row.id), attempts=attempts, error=error.code)
    try:
        await _write(
            tools,
            row,
            claim=None,
            due_at=tools.clock.now() + pause,
            attempts=attempts,
            last_error=error.code,
        )
    except ClaimLost:
        log.warning("row was taken over", database_id=str(row.id))
