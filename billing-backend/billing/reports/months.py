"""Months as reports take and give them: UTC, `2026-01`."""

from calendar import monthrange
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Path, Query
from pydantic import AfterValidator

from service_kit.errors import BadRequest

MOST_MONTHS = 60


class InvalidPeriod(BadRequest):
    code, title = "invalid_period", "The months are not a period of at most five years"


def _check(value: str) -> str:
    if not 1970 <= int(value[:4]) <= 9998:
        raise ValueError("the year is out of range")
    return value


_PATTERN = r"^\d{4}-(0[1-9]|1[0-2])$"
Month = Annotated[
    str, Query(pattern=_PATTERN, description="A month in UTC.", examples=["2026-01"]), AfterValidator(_check)
]
MonthPath = Annotated[
    str, Path(pattern=_PATTERN, description="A month in UTC.", examples=["2026-01"]), AfterValidator(_check)
]
Currency = Annotated[str, Query(pattern=r"^[A-Z]{3}$", description="ISO 4217.", examples=["USD"])]


def first_instant(month: str) -> datetime:
    """Return when a month (`2026-01`) begins."""
    return datetime(int(month[:4]), int(month[5:7]), 1, tzinfo=UTC)


def following(at: datetime, months: int = 1) -> datetime:
    """Return the first instant of the month `months` after that of `at`."""
    number = at.year * 12 + at.month - 1 + months
    return datetime(number // 12, number % 12 + 1, 1, tzinfo=UTC)


def month_before(at: datetime) -> datetime:
    """Return the same time of the month before, or that of its last day when it is shorter."""
    begins = following(at, -1)
    day = min(at.day, monthrange(begins.year, begins.month)[1])
    return at.replace(year=begins.year, month=begins.month, day=day)


def month_of(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m")


def spans(first: str, last: str) -> list[tuple[datetime, datetime]]:
    """Return (begins, ends) of each month from `first` to `last`, both included; raises `InvalidPeriod`."""
    begin, end = first_instant(first), first_instant(last)
    count = (end.year - begin.year) * 12 + end.month - begin.month + 1
    if not 1 <= count <= MOST_MONTHS:
        raise InvalidPeriod
    return [(following(begin, number), following(begin, number + 1)) for number in range(count)]
