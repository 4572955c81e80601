"""Tax in whole minor units: rounded half up on each line, the sum never rounded again. The provider does the same."""

from collections.abc import Iterable
from decimal import Decimal

from billing.kit.money import rounded


def tax_on(amount: int, percentage: Decimal, *, inclusive: bool, currency: str) -> int:
    """Return the tax of one line in minor units: contained in `amount` when inclusive, else on top of it."""
    whole = Decimal(amount)
    net = whole * 100 / (100 + percentage) if inclusive else whole
    return rounded(net * percentage / 100, currency)


def taxes_on(amounts: Iterable[int], percentage: Decimal, *, inclusive: bool, currency: str) -> list[int]:
    return [tax_on(amount, percentage, inclusive=inclusive, currency=currency) for amount in amounts]
