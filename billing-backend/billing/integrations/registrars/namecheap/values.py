"""Namecheap's ways to write a boolean, a day and an amount."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from billing.kit.money import Money

# Namecheap charges in US dollars only, and says so in some replies.
CURRENCY: Final = "USD"
_DATE_FORMATS: Final = ("%m/%d/%Y", "%m/%d/%Y %I:%M:%S %p", "%Y-%m-%dT%H:%M:%S")


class MalformedReply(ValueError):
    """The reply is well-formed XML, but not what the command answers."""


def read_bool(text: str | None) -> bool | None:
    """Return the boolean of any case, None when absent. Raises MalformedReply."""
    if text is None:
        return None
    match text.lower():
        case "true" | "yes" | "1":
            return True
        case "false" | "no" | "0":
            return False
    raise MalformedReply(f"not a boolean: {text[:40]!r}")


def read_date(text: str | None) -> date:
    """Return the day of `10/13/2027` or `4/30/2021 11:31:13 AM`. Raises MalformedReply."""
    for form in _DATE_FORMATS:
        try:
            # The service names no zone; only the day is used.
            return datetime.strptime((text or "").strip(), form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise MalformedReply(f"not a date: {(text or '')[:40]!r}")


def read_decimal(text: str | None) -> Decimal:
    """Return the number; an absent one is zero. Raises MalformedReply."""
    try:
        number = Decimal((text or "0").strip())
    except InvalidOperation:
        raise MalformedReply(f"not a number: {(text or '')[:40]!r}") from None
    if not number.is_finite() or abs(number) > 10**9:
        raise MalformedReply("a number out of range")
    return number


def read_integer(text: str) -> int:
    """Return the whole number, which may be negative. Raises MalformedReply."""
    try:
        return int(text)
    except ValueError:
        raise MalformedReply(f"not a whole number: {text[:20]!r}") from None


def to_money(number: Decimal, currency: str | None = None) -> Money:
    """Return the amount, rounded to the cent: replies have up to four decimals."""
    return Money.from_decimal(number, currency or CURRENCY)


def read_money(text: str | None, currency: str | None = None) -> Money:
    """Return the amount; an absent one is zero. Raises MalformedReply."""
    return to_money(read_decimal(text), currency)
