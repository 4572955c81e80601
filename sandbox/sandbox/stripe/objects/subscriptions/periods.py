"""Calendar arithmetic of billing periods, in UTC."""

import calendar
from datetime import UTC, datetime

from sandbox.core.store import Document

_SECONDS = {"day": 86400, "week": 7 * 86400}
_MONTHS = {"month": 1, "year": 12}


def advance(anchor: int, recurring: Document, periods: int = 1) -> int:
    """The time `periods` billing periods after the anchor; short months end on their last day."""
    count = recurring["interval_count"] * periods
    if recurring["interval"] in _SECONDS:
        return int(anchor + _SECONDS[recurring["interval"]] * count)
    months = count * _MONTHS[recurring["interval"]]
    start = datetime.fromtimestamp(anchor, UTC)
    index = start.year * 12 + start.month - 1 + months
    year, month = divmod(index, 12)
    last_day = calendar.monthrange(year, month + 1)[1]
    moved = start.replace(year=year, month=month + 1, day=min(start.day, last_day))
    return int(moved.timestamp())


def whole_period(anchor: int, recurring: Document, at: int) -> tuple[int, int]:
    """Start and end of the period `at` lies in, counted from the anchor, which may lie in the future.

    Months are always counted from the anchor, so that a 31st comes back after February.
    """
    periods = _whole_periods(anchor, recurring, at)
    while advance(anchor, recurring, periods) > at:
        periods -= 1
    while advance(anchor, recurring, periods + 1) <= at:
        periods += 1
    return advance(anchor, recurring, periods), advance(anchor, recurring, periods + 1)


def next_boundary(anchor: int, recurring: Document, at: int) -> int:
    """The first boundary of periods after `at`."""
    return whole_period(anchor, recurring, at)[1]


def _whole_periods(anchor: int, recurring: Document, at: int) -> int:
    count = recurring["interval_count"]
    if recurring["interval"] in _SECONDS:
        return int((at - anchor) // (_SECONDS[recurring["interval"]] * count))
    first, now = datetime.fromtimestamp(anchor, UTC), datetime.fromtimestamp(at, UTC)
    months = (now.year - first.year) * 12 + now.month - first.month
    return int(months // (_MONTHS[recurring["interval"]] * count))
