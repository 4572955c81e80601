"""Money is whole minor units with their currency, from and to anybody's decimals."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.kit.money import CurrencyMismatch, Money, exponent, rounded, smallest

AMOUNTS = st.integers(min_value=-(2**62), max_value=2**62)
CURRENCIES = st.sampled_from(["USD", "EUR", "JPY", "KWD", "GBP", "ISK"])


@pytest.mark.parametrize(
    ("value", "currency", "amount"),
    [
        ("13.99", "USD", 1399),
        ("13.9900", "USD", 1399),
        ("0", "USD", 0),
        ("1e3", "USD", 100_000),
        ("1300", "JPY", 1300),
        ("1300.4", "JPY", 1300),
        ("1300.5", "JPY", 1301),
        ("1.2345", "KWD", 1235),
        ("0.005", "USD", 1),
        ("-0.005", "USD", -1),
        ("92233720368547758.07", "USD", 9_223_372_036_854_775_807),
    ],
)
def test_a_vendors_decimal_is_rounded_half_up_to_minor_units(value: str, currency: str, amount: int) -> None:
    assert Money.from_decimal(value, currency.lower()) == Money(amount, currency)


@given(amount=AMOUNTS, currency=CURRENCIES)
def test_decimals_lead_there_and_back(amount: int, currency: str) -> None:
    money = Money(amount, currency)
    assert Money.from_decimal(money.to_decimal(), currency) == money
    assert Money.from_decimal(str(money.to_decimal()), currency) == money


@given(a=AMOUNTS, b=AMOUNTS, currency=CURRENCIES, factor=st.integers(0, 100))
def test_sums_are_exact(a: int, b: int, currency: str, factor: int) -> None:
    left, right = Money(a, currency), Money(b, currency)
    assert left + right - right == left
    assert (left + right) * factor == left * factor + right * factor
    assert isinstance((left * factor).amount, int)


def test_currencies_do_not_mix() -> None:
    for combine in (Money.__add__, Money.__sub__):
        with pytest.raises(CurrencyMismatch):
            combine(Money(1, "USD"), Money(1, "EUR"))


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(2_900, "USD"), "$29.00"),
        (Money(-5, "USD"), "-$0.05"),
        (Money(123_456_789, "EUR"), "€1,234,567.89"),
        (Money(1_300, "JPY"), "1,300 JPY"),
        (Money(1_235, "KWD"), "1.235 KWD"),
    ],
)
def test_people_read_it_with_its_currency(money: Money, text: str) -> None:
    assert str(money) == text


def test_exponents_are_isos() -> None:
    assert [exponent(code) for code in ("usd", "JPY", "BHD", "XXX")] == [2, 0, 3, 2]
    assert Money(1300, "JPY").to_decimal() == Decimal(1300)


@pytest.mark.parametrize(
    ("exact", "currency", "charged"),
    [
        ("385.5", "EUR", 386),
        ("385.4", "JPY", 385),
        ("385.4", "KWD", 390),
        ("384.9", "KWD", 380),
        ("385", "KWD", 390),
        ("-166.5", "USD", -167),
        ("0", "TND", 0),
    ],
)
def test_what_is_charged_is_rounded_half_up_to_what_can_be(exact: str, currency: str, charged: int) -> None:
    assert rounded(Decimal(exact), currency) == charged
    assert charged % smallest(currency) == 0
