"""Idempotency keys: the same key from the same caller does a thing once.

A record is made in the transaction that begins the work. `answer` holds the sealed JSON answer once the work
is done and the answer can't be made again from the data; a failed attempt removes its record, so the caller
may try again with the same key.
"""

import hashlib
import json
import uuid
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import Header
from sqlalchemy import Index, String, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from nextpanel.kit.db import Base
from service_kit.db import Timestamp
from service_kit.errors import Conflict, Unprocessable

REPLAYED_HEADER = "Idempotent-Replayed"
KEPT_FOR = timedelta(hours=24)

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[!-~]+$",
        description="a unique text of yours, such as a UUID: repeating the request with it does the thing once",
    ),
]


class IdempotencyMismatch(Unprocessable):
    code, title = "idempotency_mismatch", "This Idempotency-Key came with another request before"


class RequestInProgress(Conflict):
    code, title = "request_in_progress", "The first request with this Idempotency-Key is still being worked on"


class IdempotencyRecord(Base):
    """What came with a key. `scope` is the caller and the operation."""

    __tablename__ = "idempotency_records"
    __table_args__ = (Index(None, "expires_at"), Index(None, "subject_id"))

    scope: Mapped[str] = mapped_column(String(120), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    subject_id: Mapped[uuid.UUID | None]
    answer: Mapped[str | None]
    expires_at: Mapped[Timestamp]


def request_hash(body: dict[str, Any]) -> str:
    """Return the hash of a JSON body, whatever the order of its members."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()


async def claim(
    session: AsyncSession, *, scope: str, key: str, body: dict[str, Any], subject_id: uuid.UUID | None, now: datetime
) -> IdempotencyRecord | None:
    """Take the key for this request: None when it is new, else the record of the first request with it.

    Raises `IdempotencyMismatch` when the first request had another body.
    """
    values = {
        "scope": scope,
        "key": key,
        "request_hash": request_hash(body),
        "subject_id": subject_id,
        "expires_at": now + KEPT_FOR,
    }
    await session.execute(
        delete(IdempotencyRecord).where(
            IdempotencyRecord.scope == scope, IdempotencyRecord.key == key, IdempotencyRecord.expires_at <= now
        )
    )
    inserted = await session.scalar(
        insert(IdempotencyRecord).values(values).on_conflict_do_nothing().returning(IdempotencyRecord.key)
    )
    if inserted is not None:
        return None
    first = (
        await session.scalars(
            select(IdempotencyRecord).where(IdempotencyRecord.scope == scope, IdempotencyRecord.key == key)
        )
    ).one_or_none()
    if first is None:
        # Its owner gave up between our two statements: the caller's next try finds the key free.
        raise RequestInProgress
    if first.request_hash != values["request_hash"]:
        raise IdempotencyMismatch
    return first


async def store_answer(session: AsyncSession, *, subject_id: uuid.UUID, answer: str) -> None:
    """Keep the sealed answer of the request that made `subject_id`, if it came with a key."""
    record = await session.scalar(select(IdempotencyRecord).where(IdempotencyRecord.subject_id == subject_id))
    if record is not None:
        record.answer = answer


async def release(session: AsyncSession, *, subject_id: uuid.UUID) -> None:
    """Forget the key of a request that failed."""
    await session.execute(delete(IdempotencyRecord).where(IdempotencyRecord.subject_id == subject_id))


async def remove_expired(session: AsyncSession, now: datetime) -> None:
    await session.execute(delete(IdempotencyRecord).where(IdempotencyRecord.expires_at <= now))
