"""Create a database: wanted state first, then billing's gate, then the real thing.

Whatever interrupts this, the row says how far it got, and `settle` undoes the rest: an interrupted creation is
never finished behind the customer's back, because nobody has seen its password.
"""

import asyncio
import contextlib
import secrets
import uuid

from sqlalchemy.ext.asyncio import AsyncSession

from billing_client import Resource
from nextpanel.accounts import repository as accounts
from nextpanel.accounts.errors import AccountSuspended
from nextpanel.accounts.models import Account
from nextpanel.audit import service as audit
from nextpanel.databases import repository
from nextpanel.databases.actions.settle import settle
from nextpanel.databases.actions.tools import DatabaseTools
from nextpanel.databases.errors import CreationTimedOut, DatabaseNameTaken
from nextpanel.databases.models import CustomerDatabase, DatabaseStatus, UsageState
from nextpanel.databases.ports import EngineUnavailable
from nextpanel.databases.repository import ClaimLost
from nextpanel.databases.schemas import NewDatabaseOut
from nextpanel.kit import idempotency
from nextpanel.licensing.errors import BillingDown, LicenseRefused, QuotaUsedUp, UsageUnknown
from service_kit.ids import uuid7
from service_kit.logs import get_logger

log = get_logger(__name__)

FEATURE = "create_database"


async def create_database(
    tools: DatabaseTools, *, account_id: uuid.UUID, name: str, idempotency_key: str | None
) -> tuple[NewDatabaseOut, bool]:
    """Create a database for an account; returns it with its password, and whether it is a repeated answer.

    Raises `AccountSuspended`, `DatabaseNameTaken`, `IdempotencyMismatch`, `RequestInProgress`, `QuotaUsedUp`,
    `LicenseRefused`, `BillingDown`, `EngineUnavailable`, `CreationTimedOut`; then nothing is left behind, or it
    is cleaned up shortly.
    """
    begun = await _begin(tools, account_id=account_id, name=name, idempotency_key=idempotency_key)
    if isinstance(begun, NewDatabaseOut):
        return begun, True
    row, license_key = begun
    try:
        async with asyncio.timeout(tools.timeout.total_seconds()):
            return await _make(tools, row, license_key), False
    except UsageUnknown:
        await _undo(tools, row, at_once=False)
        raise
    except (BillingDown, LicenseRefused, QuotaUsedUp):
        await _undo(tools, row, at_once=True, usage=UsageState.NONE)
        raise
    except EngineUnavailable:
        await _undo(tools, row, at_once=True)
        raise
    except TimeoutError as error:
        await _undo(tools, row, at_once=False)
        raise CreationTimedOut from error
    except ClaimLost as error:
        with contextlib.suppress(EngineUnavailable):
            await tools.engine.drop(row.database_name)
        raise CreationTimedOut from error


async def _begin(
    tools: DatabaseTools, *, account_id: uuid.UUID, name: str, idempotency_key: str | None
) -> tuple[CustomerDatabase, str] | NewDatabaseOut:
    """Write the wanted database down, claimed by us; or return the answer given before to this key."""
    row_id, now = uuid7(), tools.clock.now()
    async with tools.database.transaction() as session:
        # Locked, so that a suspension either comes before us or finds the row to lock.
        account = await accounts.get_account_or_raise(session, account_id, lock=True)
        if idempotency_key is not None:
            first = await idempotency.claim(
                session,
                scope=f"{account_id}:create_database",
                key=idempotency_key,
                body={"name": name},
                subject_id=row_id,
                now=now,
            )
            if first is not None:
                return _replay(tools, first)
        return await _write_down(tools, session, account, row_id=row_id, name=name)


def _replay(tools: DatabaseTools, first: idempotency.IdempotencyRecord) -> NewDatabaseOut:
    if first.answer is None:
        raise idempotency.RequestInProgress
    answer = tools.vault.decrypt(first.answer, purpose=f"answer:{first.subject_id}")
    return NewDatabaseOut.model_validate_json(answer)


async def _write_down(
    tools: DatabaseTools, session: AsyncSession, account: Account, *, row_id: uuid.UUID, name: str
) -> tuple[CustomerDatabase, str]:
    if not account.is_active:
        raise AccountSuspended(account.status_reason)
    if await repository.is_name_taken(session, account_id=account.id, name=name):
        raise DatabaseNameTaken
    row = CustomerDatabase(
        id=row_id,
        account_id=account.id,
        name=name,
        database_name=f"{account.username}_{name}",
        status=DatabaseStatus.CREATING,
        usage=UsageState.RESERVING,
        claim=uuid.uuid4(),
        due_at=tools.clock.now() + tools.lease,
    )
    session.add(row)
    return row, tools.license_key(account)


async def _make(tools: DatabaseTools, row: CustomerDatabase, license_key: str) -> NewDatabaseOut:
    await tools.gate.check(license_key, FEATURE)
    quota_remaining = await tools.gate.reserve(license_key, Resource.DATABASES, row.id)
    async with tools.database.transaction() as session:
        await repository.write(session, row, usage=UsageState.RESERVED)
    password = secrets.token_urlsafe(24)
    await tools.engine.create(row.database_name, password=password)
    answer = NewDatabaseOut.reveal(
        row, tools.engine.endpoint, password=password, quota_remaining=quota_remaining
    ).model_copy(update={"status": DatabaseStatus.ACTIVE.value})
    async with tools.database.transaction() as session:
        await repository.write(session, row, status=DatabaseStatus.ACTIVE, claim=None, due_at=tools.clock.now())
        sealed = tools.vault.encrypt(answer.model_dump_json(), purpose=f"answer:{row.id}")
        await idempotency.store_answer(session, subject_id=row.id, answer=sealed)
        audit.record(
            session,
            actor=audit.customer(row.account_id),
            action="database.created",
            account_id=row.account_id,
            detail={"database_id": str(row.id), "name": row.name},
        )
    return answer


async def _undo(tools: DatabaseTools, row: CustomerDatabase, *, at_once: bool, usage: UsageState | None = None) -> None:
    """Mark the creation as failed and its key as free; clean up now when `at_once`, else leave it to the sweep."""
    values: dict[str, object] = {"status": DatabaseStatus.UNDOING}
    if usage is not None:
        values["usage"] = usage
    if not at_once:
        values |= {"claim": None, "due_at": tools.clock.now()}
    try:
        async with tools.database.transaction() as session:
            await repository.write(session, row, **values)
            await idempotency.release(session, subject_id=row.id)
    except ClaimLost:
        log.warning("creation was taken over", database_id=str(row.id))
        return
    if at_once:
        await settle(tools, row)
