"""A month ago, as people say it."""

from datetime import UTC, datetime

import pytest

from billing.reports.months import month_before


@pytest.mark.parametrize(
    ("now", "before"),
    [
        ((2026, 11, 20), (2026, 10, 20)),
        ((2026, 1, 31), (2025, 12, 31)),
        ((2026, 3, 31), (2026, 2, 28)),
        ((2028, 3, 30), (2028, 2, 29)),
    ],
)
def test_the_same_day_or_the_last_one(now: tuple[int, int, int], before: tuple[int, int, int]) -> None:
    assert month_before(datetime(*now, 13, 30, tzinfo=UTC)) == datetime(*before, 13, 30, tzinfo=UTC)
