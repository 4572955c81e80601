"""Calendar arithmetic of billing periods, in UTC."""

import calendar
from datetime import UTC, datetime

from sandbox.core.store import Document

_SECONDS = {"day": 86400, "week": 7 * 86400}


def advance(anchor: int, recurring: Document, periods: int = 1) -> int:
    """The time `periods` billing periods after the anchor; short months end on their last day."""
    count = recurring["interval_count"] * periods
    if recurring["interval"] in _SECONDS:
        return int(anchor + _SECONDS[recurring["interval"]] * count)
    months = count * (12 if recurring["interval"] == "year" else 1)
    start = datetime.fromtimestamp(anchor, UTC)
    index = start.year * 12 + start.month - 1 + months
    year, month = divmod(index, 12)
    last_day = calendar.monthrange(year, month + 1)[1]
    moved = start.replace(year=year, month=month + 1, day=min(start.day, last_day))
    return int(moved.timestamp())
