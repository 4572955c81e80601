"""Idempotency keys of our own API: the same key does the thing once and answers the same.

A key belongs to a scope (a user, an API key) and an operation. The row is inserted in the transaction that has the
effect, so a second caller with the same key waits for the first and then reads its answer.
"""

import hashlib
import json
import uuid
from typing import Annotated, Any, cast

from fastapi import Header
from sqlalchemy import Index, String, Table, UniqueConstraint, bindparam, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, mapped_column

from billing.kit.db import Base, Session
from billing.kit.statements import bound, prefixed
from service_kit.db import CreatedAt, UuidPk
from service_kit.errors import BadRequest, Unprocessable
from service_kit.ids import uuid7

REPLAYED_HEADER = "Idempotent-Replayed"

KeyHeader = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="A key of your own, such as a UUID: the same key never does the same thing twice.",
    ),
]


class IdempotencyKeyMissing(BadRequest):
    code, title = "idempotency_key_missing", "The Idempotency-Key header is required"


class IdempotencyMismatch(Unprocessable):
    code, title = "idempotency_mismatch", "This Idempotency-Key was used with another request"


class IdempotencyRecord(Base):
    """What a key did: `resource_id` once something was made, `response` once the answer is final."""

    __tablename__ = "idempotency_records"
    __table_args__ = (UniqueConstraint("scope", "operation", "key"), Index(None, "created_at"))

    id: Mapped[UuidPk]
    scope: Mapped[str] = mapped_column(String(80))
    operation: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(String(255))
    request_hash: Mapped[str] = mapped_column(String(64))
    resource_id: Mapped[uuid.UUID | None]
    status_code: Mapped[int | None]
    response: Mapped[dict[str, object] | None] = mapped_column(JSONB)
    created_at: Mapped[CreatedAt]
    last_used_at: Mapped[CreatedAt]


_RECORD = select(IdempotencyRecord).where(
    IdempotencyRecord.scope == bindparam("scope"),
    IdempotencyRecord.operation == bindparam("operation"),
    IdempotencyRecord.key == bindparam("key"),
)
_LOCKED_RECORD = _RECORD.with_for_update()
_INSERT = (
    insert(cast("Table", IdempotencyRecord.__table__))
    .values(bound(("id", "scope", "operation", "key", "request_hash")))
    .on_conflict_do_nothing()
    .returning(IdempotencyRecord.__table__.c.id)
)


def request_hash(body: Any) -> str:
    """Return the hash of a JSON-able request, independent of key order."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()


def require_key(key: str | None) -> str:
    """Return the key; raises `IdempotencyKeyMissing`."""
    if key is None:
        raise IdempotencyKeyMissing
    return key


async def find(session: Session, *, scope: str, operation: str, key: str, body_hash: str) -> IdempotencyRecord | None:
    """Return the record of `key` if there is one, unlocked; raises `IdempotencyMismatch`."""
    values = {"scope": scope, "operation": operation, "key": key}
    record = (await session.execute(_RECORD, values)).scalar_one_or_none()
    if record is not None and record.request_hash != body_hash:
        raise IdempotencyMismatch
    return record


async def claim(
    session: Session, *, scope: str, operation: str, key: str, body_hash: str
) -> tuple[IdempotencyRecord, bool]:
    """Return the record of `key` and whether it is new, locked until the transaction ends.

    Raises `IdempotencyMismatch` when the key came with another request before.
    """
    values = {"scope": scope, "operation": operation, "key": key}
    row = prefixed({"id": uuid7(), "request_hash": body_hash, **values})
    inserted = (await session.execute(_INSERT, row)).scalar_one_or_none()
    record = (await session.execute(_LOCKED_RECORD, values)).scalar_one()
    if record.request_hash != body_hash:
        raise IdempotencyMismatch
    return record, inserted is not None
