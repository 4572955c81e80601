"""Keyset pages over UUIDv7 ids, oldest first: a list that is read while it grows neither skips nor repeats."""

import base64
import binascii
import uuid
from collections.abc import Sequence
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel
from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from service_kit.errors import Unprocessable

Row = TypeVar("Row")
Item = TypeVar("Item")

Cursor = Annotated[str | None, Query(max_length=64, description="`next_cursor` of the page before")]
Limit = Annotated[int, Query(ge=1, le=200, description="how many items at most")]


class InvalidCursor(Unprocessable):
    code, title = "invalid_cursor", "The cursor is not one we gave out"


class Page(BaseModel, Generic[Item]):
    """One page of a list; `next_cursor` is null on the last one."""

    items: list[Item]
    next_cursor: str | None


def _decode(cursor: str) -> uuid.UUID:
    try:
        return uuid.UUID(bytes=base64.b64decode(cursor.encode("ascii"), altchars=b"-_", validate=True))
    except (ValueError, binascii.Error) as error:
        raise InvalidCursor from error


def encode_cursor(last: uuid.UUID) -> str:
    return base64.urlsafe_b64encode(last.bytes).decode()


async def fetch_page(
    session: AsyncSession,
    statement: Select[Row],
    *,
    key: InstrumentedAttribute[uuid.UUID],
    cursor: str | None,
    limit: int,
) -> tuple[Sequence[Row], str | None]:
    """Run `statement` for one page ordered by `key`; returns the rows and the next cursor.

    Raises `InvalidCursor`.
    """
    if cursor is not None:
        statement = statement.where(key > _decode(cursor))
    rows = (await session.scalars(statement.order_by(key).limit(limit + 1))).all()
    if len(rows) <= limit:
        return rows, None
    page = rows[:limit]
    return page, encode_cursor(getattr(page[-1], key.key))
