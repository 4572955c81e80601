"""All SQL of licenses, their usage and API keys."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Select, column, exists, func, or_, select, table, update
from sqlalchemy.dialects.postgresql import insert

from billing.kit.db import Session
from billing.kit.pagination import keyset
from billing.licenses.models import ApiKey, License, LicenseStatus, Resource, UsageCounter

# Panels live on the same floor, so their table is known here by name only, as in a foreign key.
_PANEL_ACCOUNTS = table("panel_accounts", column("license_id"), column("panel_server_id"))


async def insert_license(session: Session, values: Mapping[str, object]) -> License | None:
    """Insert a license; None when its order item has one already."""
    statement = (
        insert(License).values(**values).on_conflict_do_nothing(index_elements=["order_item_id"]).returning(License)
    )
    return (await session.scalars(statement)).one_or_none()


async def insert_counters(session: Session, license_row: License) -> None:
    rows = [
        {"license_id": license_row.id, "user_id": license_row.user_id, "resource": resource, "used": 0}
        for resource in Resource
    ]
    await session.execute(insert(UsageCounter).values(rows))


async def get_license(session: Session, license_id: uuid.UUID, *, for_update: bool = False) -> License | None:
    statement = select(License).where(License.id == license_id)
    if for_update:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return (await session.scalars(statement)).one_or_none()


async def get_license_of_user(session: Session, license_id: uuid.UUID, user_id: uuid.UUID) -> License | None:
    statement = select(License).where(License.id == license_id, License.user_id == user_id)
    return (await session.scalars(statement)).one_or_none()


async def get_license_by_order_item(session: Session, order_item_id: uuid.UUID | None) -> License | None:
    return (await session.scalars(select(License).where(License.order_item_id == order_item_id))).one_or_none()


async def get_license_by_order_item_or_raise(session: Session, order_item_id: uuid.UUID | None) -> License:
    return (await session.scalars(select(License).where(License.order_item_id == order_item_id))).one()


async def list_licenses_of_user(
    session: Session, user_id: uuid.UUID, *, cursor: str | None, limit: int
) -> Sequence[License]:
    statement = keyset(select(License).where(License.user_id == user_id), License.id, cursor, limit)
    return (await session.scalars(statement)).all()


def _visible_to(statement: Select[License], key: ApiKey) -> Select[License]:
    if key.license_id is not None:
        return statement.where(License.id == key.license_id)
    hosted = exists(
        select(_PANEL_ACCOUNTS.c.license_id).where(
            _PANEL_ACCOUNTS.c.license_id == License.id, _PANEL_ACCOUNTS.c.panel_server_id == key.panel_server_id
        )
    )
    return statement.where(hosted)


async def find_for_caller(session: Session, key: ApiKey, key_hash: str, *, lock: bool = False) -> License | None:
    """Return the license with this key if the caller may ask about it.

    With `lock`, its status and quotas can't change before this transaction ends, while other callers still may count.
    """
    statement = _visible_to(select(License).where(License.license_key_hash == key_hash), key)
    if lock:
        statement = statement.with_for_update(read=True, of=License)
    return (await session.scalars(statement)).one_or_none()


async def used(session: Session, license_id: uuid.UUID) -> dict[Resource, int]:
    """Return what of each quota is used."""
    statement = select(UsageCounter.resource, UsageCounter.used).where(UsageCounter.license_id == license_id)
    return {row.resource: row.used for row in await session.execute(statement)}


async def lock_counters(session: Session, license_id: uuid.UUID) -> dict[Resource, UsageCounter]:
    statement = (
        select(UsageCounter)
        .where(UsageCounter.license_id == license_id)
        .order_by(UsageCounter.resource)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.resource: row for row in await session.scalars(statement)}


async def consume(
    session: Session, license_id: uuid.UUID, resource: Resource, count: int, maximum: int | None
) -> int | None:
    """Add `count` to a counter unless that would pass `maximum`; return the new count, None when it would."""
    statement = (
        update(UsageCounter)
        .where(UsageCounter.license_id == license_id, UsageCounter.resource == resource)
        .values(used=UsageCounter.used + count)
        .returning(UsageCounter.used)
        .execution_options(synchronize_session=False)
    )
    if maximum is not None:
        statement = statement.where(UsageCounter.used + count <= maximum)
    return (await session.execute(statement)).scalar_one_or_none()


async def hand_back(session: Session, license_id: uuid.UUID, resource: Resource, count: int) -> int:
    """Take `count` off a counter, not below zero; return the new count."""
    statement = (
        update(UsageCounter)
        .where(UsageCounter.license_id == license_id, UsageCounter.resource == resource)
        .values(used=func.greatest(UsageCounter.used - count, 0))
        .returning(UsageCounter.used)
        .execution_options(synchronize_session=False)
    )
    return (await session.execute(statement)).scalar_one()


async def lock_overdue(session: Session, now: datetime, *, limit: int) -> Sequence[License]:
    """Return active licenses whose time and grace have passed, locked; those somebody is changing are left out."""
    due = (
        select(License)
        .where(
            License.status == LicenseStatus.ACTIVE,
            License.expiry_date <= now,
            or_(License.grace_until.is_(None), License.grace_until <= now),
        )
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return (await session.scalars(due)).all()


async def get_key_by_public_id(session: Session, public_id: str) -> ApiKey | None:
    return (await session.scalars(select(ApiKey).where(ApiKey.public_id == public_id))).one_or_none()


async def list_keys(session: Session, license_id: uuid.UUID, *, cursor: str | None, limit: int) -> Sequence[ApiKey]:
    statement = keyset(select(ApiKey).where(ApiKey.license_id == license_id), ApiKey.id, cursor, limit)
    return (await session.scalars(statement)).all()


async def get_key_of_license(session: Session, key_id: uuid.UUID, license_id: uuid.UUID) -> ApiKey | None:
    statement = select(ApiKey).where(ApiKey.id == key_id, ApiKey.license_id == license_id)
    return (await session.scalars(statement)).one_or_none()


async def count_active_keys(session: Session, license_id: uuid.UUID) -> int:
    statement = select(func.count()).select_from(ApiKey).where(ApiKey.license_id == license_id, ApiKey.is_active)
    return (await session.execute(statement)).scalar_one()


async def platform_keys(session: Session, server_id: uuid.UUID) -> Sequence[ApiKey]:
    statement = select(ApiKey).where(ApiKey.panel_server_id == server_id).with_for_update()
    return (await session.scalars(statement)).all()


async def touch_key(session: Session, key_id: uuid.UUID, now: datetime) -> None:
    """Note that a key was used; skipped when somebody else is noting it, so that callers never wait for each other."""
    free = (
        select(ApiKey.id).where(ApiKey.id == key_id).with_for_update(key_share=True, skip_locked=True).scalar_subquery()
    )
    await session.execute(
        update(ApiKey).where(ApiKey.id == free).values(last_used_at=now).execution_options(synchronize_session=False)
    )
