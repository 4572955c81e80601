"""Why a line costs what it costs, in words that a customer can follow with a calculator."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from billing.kit.money import Money, rounded
from billing.subscriptions.ports import PreviewLine


@dataclass(frozen=True, slots=True)
class Period:
    """What a price costs for a whole period, and how many seconds that period has."""

    price: Money
    seconds: int


def share(price: Money, part: int, whole: int) -> Money:
    """Return `part`/`whole` seconds of a price, rounded half up to what can be charged."""
    return Money(rounded(Decimal(price.amount) * part / whole, price.currency), price.currency)


def explain(line: PreviewLine, periods: Mapping[str, Period], currency: str) -> str:
    """Return the line's calculation; where discounts took part, the price shown is the one after them."""
    amount = Money(line.amount, currency)
    period = periods.get(line.price_id or "")
    if not line.is_proration or period is None:
        off = f" − {Money(line.discount_amount, currency)} discount" if line.discount_amount else ""
        return f"1 × {amount}{off}"
    left = (line.period_end - line.period_start) // timedelta(seconds=1)
    size = Money(abs(line.amount), currency)
    sign = "−" if line.amount < 0 else ""
    priced = str(period.price)
    if share(period.price, left, period.seconds) != size:
        # A share of what was billed for it, which a discount or an earlier change had made another amount.
        billed = Decimal(size.amount) * period.seconds / left if left else Decimal()
        priced = f"{Money(rounded(billed, currency), currency)} (as billed)"
    return f"{sign}{priced} × {left:,} s of {period.seconds:,} s = {sign}{size}"
