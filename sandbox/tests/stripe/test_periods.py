"""Laws of the billing calendar."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sandbox.stripe.objects.subscriptions.periods import advance, next_boundary, whole_period

RECURRING = st.builds(
    lambda interval, count: {"interval": interval, "interval_count": count},
    st.sampled_from(["day", "week", "month", "year"]),
    st.integers(1, 3),
)
ANCHOR = st.integers(1_600_000_000, 2_400_000_000)


@given(anchor=ANCHOR, moment=ANCHOR, recurring=RECURRING)
def test_every_second_lies_in_exactly_one_period(anchor: int, moment: int, recurring: dict[str, Any]) -> None:
    start, end = whole_period(anchor, recurring, moment)
    assert start <= moment < end
    assert whole_period(anchor, recurring, start) == whole_period(anchor, recurring, end - 1) == (start, end)
    assert whole_period(anchor, recurring, end)[0] == end, "the next one follows without a gap"


@given(anchor=ANCHOR, count=st.integers(1, 40))
def test_months_keep_the_anchors_day_or_the_last_one(anchor: int, count: int) -> None:
    first = datetime.fromtimestamp(anchor, UTC)
    later = datetime.fromtimestamp(advance(anchor, {"interval": "month", "interval_count": 1}, count), UTC)
    assert (later.time(), (later.year - first.year) * 12 + later.month - first.month) == (first.time(), count)
    tomorrow = datetime.fromtimestamp(int(later.timestamp()) + 86400, UTC)
    assert later.day == first.day or (later.day < first.day and tomorrow.day == 1)


@given(anchor=ANCHOR, recurring=RECURRING)
def test_an_anchor_in_the_future_is_the_next_boundary(anchor: int, recurring: dict[str, Any]) -> None:
    assert next_boundary(anchor, recurring, anchor - 1) == anchor
    assert next_boundary(anchor, recurring, anchor) == advance(anchor, recurring)
