"""Rules of currencies: how many decimals, which steps, what is too little to charge."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from sandbox.stripe.errors import invalid

_ZERO_DECIMAL: Final = frozenset(
    {"bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"}
)
_THREE_DECIMAL: Final = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})
# Without decimals in daily life, yet written with two for historical reasons; the last two are always 00.
_ROUND_HUNDREDS: Final = frozenset({"isk", "ugx"})
_MINIMUM: Final = {
    "aed": 200,
    "bgn": 100,
    "czk": 1500,
    "dkk": 250,
    "gbp": 30,
    "hkd": 400,
    "huf": 17500,
    "jpy": 50,
    "mxn": 1000,
    "myr": 200,
    "nok": 300,
    "pln": 200,
    "ron": 200,
    "sek": 300,
    "thb": 1000,
}
_USUAL_MINIMUM: Final = 50


def decimals(code: str) -> int:
    """Digits after the point in an amount of minor units: 0, 2 or 3."""
    if code in _ZERO_DECIMAL:
        return 0
    return 3 if code in _THREE_DECIMAL else 2


def step(code: str) -> int:
    """Amounts are whole multiples of this many minor units."""
    if code in _THREE_DECIMAL:
        return 10
    return 100 if code in _ROUND_HUNDREDS else 1


def minimum(code: str) -> int:
    """The least amount a card is charged, in minor units."""
    if code in _MINIMUM:
        return _MINIMUM[code]
    return {0: _USUAL_MINIMUM, 2: _USUAL_MINIMUM, 3: 10 * _USUAL_MINIMUM}[decimals(code)] * max(1, step(code) // 10)


def check_step(amount: int, code: str, param: str) -> None:
    """Refuse amounts a currency cannot express. Raises StripeError."""
    unit = step(code)
    if amount % unit:
        message = f"Invalid amount: amounts in {code} must be evenly divisible by {unit}, and {amount} is not."
        raise invalid(message, param, "parameter_invalid_integer")


def rounded(exact: Decimal, code: str) -> int:
    """The nearest amount the currency can express; halves away from zero."""
    unit = step(code)
    return int((exact / unit).quantize(Decimal(1), rounding=ROUND_HALF_UP)) * unit
