"""Money is an integer of minor units and a currency, always together."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

# ISO 4217 exponents that differ from two, for the currencies Stripe settles. https://docs.stripe.com/currencies
_EXPONENTS = {
    **dict.fromkeys(["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA"], 0),
    **dict.fromkeys(["PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"], 0),
    **dict.fromkeys(["BHD", "JOD", "KWD", "OMR", "TND"], 3),
}
_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies were combined."""


def exponent(currency: str) -> int:
    """Return how many decimal places `currency` (ISO 4217) has."""
    return _EXPONENTS.get(currency.upper(), 2)


def smallest(currency: str) -> int:
    """Return the smallest amount that can be charged, in minor units: cards know no third decimal but zero."""
    return 10 if exponent(currency) == 3 else 1


def rounded(exact: Decimal, currency: str) -> int:
    """Return an amount of minor units that can be charged, rounded half up as the payment provider does."""
    unit = smallest(currency)
    return int((exact / unit).quantize(Decimal(1), rounding=ROUND_HALF_UP)) * unit


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """`amount` in minor units of `currency` (ISO 4217, upper case)."""

    amount: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def __mul__(self, factor: int) -> "Money":
        return Money(self.amount * factor, self.currency)

    def _same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")

    @classmethod
    def from_decimal(cls, value: str | Decimal, currency: str) -> "Money":
        """Return the amount of a vendor's decimal string, rounded half up to the minor unit."""
        scaled = Decimal(value).scaleb(exponent(currency)).quantize(Decimal(1), rounding=ROUND_HALF_UP)
        return cls(int(scaled), currency.upper())

    def to_decimal(self) -> Decimal:
        return Decimal(self.amount).scaleb(-exponent(self.currency))

    def __str__(self) -> str:
        places = exponent(self.currency)
        number = f"{abs(self.to_decimal()):,.{places}f}"
        sign = "-" if self.amount < 0 else ""
        symbol = _SYMBOLS.get(self.currency)
        return f"{sign}{symbol}{number}" if symbol else f"{sign}{number} {self.currency}"
