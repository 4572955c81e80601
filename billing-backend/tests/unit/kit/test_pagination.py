"""Cursors stand for ids; what is none of ours is a 400 and nothing else."""

import uuid
from contextlib import suppress
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.kit.idempotency import IdempotencyKeyMissing, request_hash, require_key
from billing.kit.pagination import InvalidCursor, cut, decode_cursor, encode_cursor


@dataclass(frozen=True)
class Row:
    id: uuid.UUID


@given(value=st.uuids())
def test_a_cursor_leads_back_to_its_id(value: uuid.UUID) -> None:
    cursor = encode_cursor(value)
    assert decode_cursor(cursor) == value
    assert cursor.replace("-", "").replace("_", "").isalnum()


@given(text=st.text(max_size=64))
def test_any_other_text_is_refused_or_names_an_id(text: str) -> None:
    with suppress(InvalidCursor):
        assert isinstance(decode_cursor(text), uuid.UUID)
    assert (InvalidCursor.status, InvalidCursor.code) == (400, "invalid_cursor")


@pytest.mark.parametrize("count", [0, 1, 19, 20])
def test_a_page_that_holds_everything_has_no_next(count: int) -> None:
    rows = [Row(uuid.uuid4()) for _ in range(count)]
    assert cut(rows, 20) == (rows, None)


def test_one_row_more_makes_a_next_page_after_the_last_one_shown() -> None:
    rows = [Row(uuid.uuid4()) for _ in range(21)]
    page, cursor = cut(rows, 20)
    assert page == rows[:20]
    assert cursor is not None
    assert decode_cursor(cursor) == rows[19].id


def test_a_request_is_the_same_whatever_the_order_of_its_members() -> None:
    assert request_hash({"a": 1, "b": [1, 2]}) == request_hash({"b": [1, 2], "a": 1})
    assert request_hash({"a": 1}) != request_hash({"a": "1"})
    assert request_hash([1, 2]) != request_hash([2, 1])


def test_a_key_has_to_be_given() -> None:
    assert require_key("k") == "k"
    with pytest.raises(IdempotencyKeyMissing):
        require_key(None)
