"""Rounding: half up on each line, and never again."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.tax.arithmetic import tax_on, taxes_on

AMOUNTS = st.integers(0, 10**12)
PERCENTAGES = st.decimals(0, 100, places=4, allow_nan=False)


@pytest.mark.parametrize(
    ("amount", "percentage", "inclusive", "tax"),
    [
        (29_000, "19", False, 5_510),
        (1_399, "19", False, 266),  # 265.81
        (50, "19", False, 10),  # 9.5: half goes up
        (33, "10", False, 3),
        (999, "8.1", False, 81),  # 80.919
        (1_200, "20", True, 200),
        (29_000, "19", True, 4_630),  # 4630.25
        (1, "19", True, 0),
        (0, "19", False, 0),
        (100, "0", False, 0),
        (100, "100", True, 50),
    ],
)
def test_known_amounts(amount: int, percentage: str, inclusive: bool, tax: int) -> None:
    assert tax_on(amount, Decimal(percentage), inclusive=inclusive, currency="EUR") == tax


@pytest.mark.parametrize(("currency", "tax"), [("EUR", 386), ("JPY", 386), ("KWD", 390)])
def test_three_decimals_are_rounded_to_what_a_card_can_be_charged(currency: str, tax: int) -> None:
    # 19 % of 2030 is 385.7.
    assert tax_on(2_030, Decimal(19), inclusive=False, currency=currency) == tax


@given(AMOUNTS, PERCENTAGES)
def test_on_top_it_is_the_exact_tax_to_half_a_cent(amount: int, percentage: Decimal) -> None:
    exact = Fraction(amount) * Fraction(percentage) / 100
    difference = tax_on(amount, percentage, inclusive=False, currency="EUR") - exact
    assert Fraction(-1, 2) < difference <= Fraction(1, 2)


@given(AMOUNTS, PERCENTAGES)
def test_contained_it_leaves_a_net_that_leads_back_to_the_gross(amount: int, percentage: Decimal) -> None:
    tax = tax_on(amount, percentage, inclusive=True, currency="EUR")
    assert 0 <= tax <= amount
    net = amount - tax
    assert abs(net + Fraction(net) * Fraction(percentage) / 100 - amount) <= 1


@given(st.lists(AMOUNTS, max_size=20), PERCENTAGES, st.booleans())
def test_the_sum_is_the_sum_of_the_lines_and_near_the_tax_of_the_sum(
    amounts: list[int], percentage: Decimal, inclusive: bool
) -> None:
    taxes = taxes_on(amounts, percentage, inclusive=inclusive, currency="EUR")
    assert taxes == [tax_on(amount, percentage, inclusive=inclusive, currency="EUR") for amount in amounts]
    whole = tax_on(sum(amounts), percentage, inclusive=inclusive, currency="EUR")
    assert abs(sum(taxes) - whole) * 2 <= len(amounts) + 1


@given(AMOUNTS, AMOUNTS, PERCENTAGES, st.booleans())
def test_more_is_never_taxed_less(one: int, other: int, percentage: Decimal, inclusive: bool) -> None:
    low, high = sorted((one, other))
    assert tax_on(low, percentage, inclusive=inclusive, currency="EUR") <= tax_on(
        high, percentage, inclusive=inclusive, currency="EUR"
    )
