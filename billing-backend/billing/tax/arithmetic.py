"""Tax in whole minor units: rounded half up on each line, the sum never rounded again. The provider does the same."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal


def tax_on(amount: int, percentage: Decimal, *, inclusive: bool) -> int:
    """Return the tax of one line in minor units: contained in `amount` when inclusive, else on top of it."""
    whole = Decimal(amount)
    net = whole * 100 / (100 + percentage) if inclusive else whole
    return int((net * percentage / 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def taxes_on(amounts: Iterable[int], percentage: Decimal, *, inclusive: bool) -> list[int]:
    return [tax_on(amount, percentage, inclusive=inclusive) for amount in amounts]
