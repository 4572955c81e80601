"""Shares and taxes as plain numbers: nothing here knows documents, and every sum comes out exact."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sandbox.stripe.objects.currencies import rounded, step


@dataclass(frozen=True, slots=True)
class Rate:
    """A tax in percent, contained in the price or added to it."""

    percentage: Decimal
    inclusive: bool


@dataclass(frozen=True, slots=True)
class Tax:
    """What one rate makes of one amount, and of how much; minor units."""

    amount: int
    taxable: int


def split(total: int, weights: Sequence[int], unit: int = 1) -> list[int]:
    """Shares of `total` in proportion to the weights, never above a weight.

    Each share is rounded down to a multiple of `unit`; what is left goes to the last ones that have room, so
    that 500 over 1000 and 2000 is 166 and 334. `total` must not exceed the sum of the weights, none of which
    may be negative.
    """
    whole = sum(weights)
    if not whole:
        return [0 for _ in weights]
    shares = [total * weight // whole // unit * unit for weight in weights]
    rest = total - sum(shares)
    for position in range(len(shares) - 1, -1, -1):
        more = min(rest, weights[position] - shares[position])
        shares[position] += more
        rest -= more
    return shares


def percent_shares(percent: Decimal, bases: Sequence[int], code: str) -> list[int]:
    """A percentage of all bases together, rounded once and then split over them."""
    whole = sum(bases)
    return split(min(whole, rounded(whole * percent / 100, code)), bases, step(code))


def amount_shares(amount: int, bases: Sequence[int], code: str) -> list[int]:
    """An amount, at most all of the bases, split over them."""
    return split(min(amount, sum(bases)), bases, step(code))


def taxes_on(base: int, rates: Sequence[Rate], code: str) -> list[Tax]:
    """One tax per rate on an amount after discounts, each rounded by itself.

    What is inclusive is taken out of the amount; exclusive rates apply to what is left.
    """
    included = sum((rate.percentage for rate in rates if rate.inclusive), Decimal())
    net = Decimal(base) * 100 / (100 + included)
    inside = {
        position: rounded(net * rate.percentage / 100, code) for position, rate in enumerate(rates) if rate.inclusive
    }
    taxable = base - sum(inside.values())
    return [
        Tax(inside[position] if rate.inclusive else rounded(taxable * rate.percentage / 100, code), taxable)
        for position, rate in enumerate(rates)
    ]


def part_of(whole: int, done: int, more: int, of: int) -> int:
    """The part of `whole` that belongs to the next `more` of `of` after `done` of it, rounded down on the way:
    parts taken one after another add up to the whole exactly.
    """
    return whole * (done + more) // of - whole * done // of


def part_up(whole: int, done: int, more: int, of: int) -> int:
    """As `part_of`, rounded up on the way; never more than `more` when the whole is not more than `of`."""
    return -part_of(-whole, done, more, of)
