"""All SQL about customers' databases. Every read for a customer names the account in the query."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from nextpanel.accounts.models import Account, AccountStatus
from nextpanel.databases.models import UNSETTLED, VISIBLE, CustomerDatabase, DatabaseStatus
from nextpanel.kit.pages import fetch_page


class ClaimLost(Exception):
    """Somebody else works on the row now."""


async def get_database(
    session: AsyncSession, *, account_id: uuid.UUID, database_id: uuid.UUID, lock: bool = False
) -> CustomerDatabase | None:
    statement = select(CustomerDatabase).where(
        CustomerDatabase.account_id == account_id,
        CustomerDatabase.id == database_id,
        CustomerDatabase.status.in_(VISIBLE),
    )
    return await session.scalar(statement.with_for_update() if lock else statement)


async def is_name_taken(session: AsyncSession, *, account_id: uuid.UUID, name: str) -> bool:
    statement = select(CustomerDatabase.id).where(
        CustomerDatabase.account_id == account_id,
        CustomerDatabase.name == name,
        CustomerDatabase.status.not_in([DatabaseStatus.FAILED, DatabaseStatus.DELETED]),
    )
    return await session.scalar(statement) is not None


async def list_databases(
    session: AsyncSession, *, account_id: uuid.UUID, cursor: str | None, limit: int
) -> tuple[Sequence[CustomerDatabase], str | None]:
    """Return one page of an account's databases, oldest first, and the next cursor."""
    statement = select(CustomerDatabase).where(
        CustomerDatabase.account_id == account_id, CustomerDatabase.status.in_(VISIBLE)
    )
    return await fetch_page(session, statement, key=CustomerDatabase.id, cursor=cursor, limit=limit)


async def write(session: AsyncSession, row: CustomerDatabase, **values: Any) -> None:
    """Change the row in the database and in hand, if our claim on it still holds; raises `ClaimLost`."""
    changed = await session.scalar(
        update(CustomerDatabase)
        .where(CustomerDatabase.id == row.id, CustomerDatabase.claim == row.claim)
        .values(**values)
        .returning(CustomerDatabase.id)
    )
    if changed is None:
        raise ClaimLost
    for name, value in values.items():
        setattr(row, name, value)


async def claim_due(
    session: AsyncSession, *, condition: Any, now: datetime, lease: timedelta
) -> CustomerDatabase | None:
    """Take over the row that has waited longest among those that meet `condition` and that nobody works on."""
    row = await session.scalar(
        select(CustomerDatabase)
        .join(Account, Account.id == CustomerDatabase.account_id)
        .where(CustomerDatabase.due_at <= now, condition)
        .order_by(CustomerDatabase.due_at)
        .limit(1)
        .with_for_update(of=CustomerDatabase, skip_locked=True)
    )
    if row is not None:
        row.claim, row.due_at = uuid.uuid4(), now + lease
    return row


def needs_settling() -> Any:
    return CustomerDatabase.status.in_(UNSETTLED)


def needs_lock_change() -> Any:
    """Active databases whose log-in does not match their account's status."""
    return and_(
        CustomerDatabase.status == DatabaseStatus.ACTIVE,
        CustomerDatabase.is_locked != (Account.status != AccountStatus.ACTIVE),
    )


def needs_backup() -> Any:
    return and_(
        CustomerDatabase.status == DatabaseStatus.ACTIVE,
        Account.status == AccountStatus.TERMINATED,
        CustomerDatabase.backup_file.is_(None),
    )


def needs_purge(now: datetime) -> Any:
    return and_(
        CustomerDatabase.status == DatabaseStatus.ACTIVE,
        Account.status == AccountStatus.TERMINATED,
        Account.purge_after <= now,
    )
