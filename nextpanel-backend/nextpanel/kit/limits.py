"""Counting limits in the panel's database: they hold across processes and survive a restart."""

from datetime import datetime, timedelta

from sqlalchemy import Index, String, case, delete, func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from nextpanel.kit.db import Base, Database
from service_kit.db import Timestamp
from service_kit.errors import TooManyRequests
from service_kit.vault import token_hash


class RateWindow(Base):
    """How often something happened since `started_at`; `bucket` is a hash, so no address or name is kept."""

    __tablename__ = "rate_windows"
    __table_args__ = (Index(None, "ends_at"),)

    bucket: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int]
    ends_at: Mapped[Timestamp]


async def hit(database: Database, *, bucket: str, limit: int, window: timedelta, now: datetime) -> None:
    """Count one try and commit it; raises `TooManyRequests` when there were more than `limit` in the window."""
    expired = RateWindow.ends_at <= now
    statement = (
        insert(RateWindow)
        .values(bucket=token_hash(bucket), count=1, ends_at=now + window)
        .on_conflict_do_update(
            index_elements=[RateWindow.bucket],
            set_={
                "count": case((expired, 1), else_=func.least(RateWindow.count, limit) + 1),
                "ends_at": case((expired, now + window), else_=RateWindow.ends_at),
            },
        )
        .returning(RateWindow.count, RateWindow.ends_at)
    )
    async with database.transaction() as session:
        count, ends_at = (await session.execute(statement)).one()
    if count > limit:
        raise TooManyRequests(int((ends_at - now).total_seconds()) + 1)


async def forget(database: Database, *, bucket: str) -> None:
    """Start a bucket over, after a success."""
    async with database.transaction() as session:
        await session.execute(delete(RateWindow).where(RateWindow.bucket == token_hash(bucket)))


async def remove_expired(session: AsyncSession, now: datetime) -> None:
    await session.execute(delete(RateWindow).where(RateWindow.ends_at <= now))
