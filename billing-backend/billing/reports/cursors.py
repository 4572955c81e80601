"""Keyset pagination over text keys: oldest key first, the cursor is the last key of the page before."""

import base64
from collections.abc import Sequence
from typing import Annotated, TypeVar

from fastapi import Query

from billing.kit.pagination import InvalidCursor

R = TypeVar("R")

TextCursor = Annotated[str | None, Query(max_length=400, description="`next_cursor` of the page before.")]


def decode_text(cursor: str | None) -> str:
    """Return the key a cursor stands for, the empty text for the first page; raises `InvalidCursor`."""
    if cursor is None:
        return ""
    try:
        key = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except ValueError as error:
        raise InvalidCursor from error
    if "\x00" in key:
        raise InvalidCursor
    return key


def cut_text(rows: Sequence[R], keys: Sequence[str], limit: int) -> tuple[Sequence[R], str | None]:
    """Split rows, one more than `limit` if there are more, into the page and its `next_cursor`."""
    if len(rows) <= limit:
        return rows, None
    return rows[:limit], base64.urlsafe_b64encode(keys[limit - 1].encode()).decode().rstrip("=")
