"""Keyset pagination over UUIDv7 ids: newest first, and page 10,000 costs what page 1 costs."""

import base64
import uuid
from collections.abc import Sequence
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel
from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute

from service_kit.errors import BadRequest

T = TypeVar("T")
S = TypeVar("S", bound=Select[Any])

Limit = Annotated[int, Query(ge=1, le=100, description="How many items at most.")]
Cursor = Annotated[str | None, Query(max_length=64, description="`next_cursor` of the page before.")]


class InvalidCursor(BadRequest):
    code, title = "invalid_cursor", "The cursor is not one of ours"


class Page(BaseModel, Generic[T]):
    """One page of a list; `next_cursor` is null on the last."""

    items: list[T]
    next_cursor: str | None


def encode_cursor(last_id: uuid.UUID) -> str:
    return base64.urlsafe_b64encode(last_id.bytes).decode().rstrip("=")


def decode_cursor(cursor: str) -> uuid.UUID:
    """Return the id a cursor stands for; raises `InvalidCursor`."""
    try:
        return uuid.UUID(bytes=base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError as error:
        raise InvalidCursor from error


def keyset(statement: S, column: InstrumentedAttribute[uuid.UUID], cursor: str | None, limit: int) -> S:
    """Return `statement` for one page, with one row more than `limit` to tell whether a next page exists."""
    if cursor is not None:
        statement = statement.where(column < decode_cursor(cursor))
    return statement.order_by(column.desc()).limit(limit + 1)


def cut(rows: Sequence[Any], limit: int) -> tuple[Sequence[Any], str | None]:
    """Split the rows of `keyset` into the page and its `next_cursor`."""
    if len(rows) <= limit:
        return rows, None
    page = rows[:limit]
    return page, encode_cursor(page[-1].id)
