"""Card data as customers type it: which test card a number is, whether its date can be."""

import time
from dataclasses import dataclass

from sandbox.stripe.cards import BY_NUMBER, LIVE_CARD, Decline, TestCard, luhn_valid
from sandbox.stripe.errors import StripeError
from sandbox.stripe.parameters import Params
from sandbox.stripe.work import Work


@dataclass(frozen=True, slots=True)
class CardData:
    """A test card with a date; whether a security code came along, the code itself is never kept."""

    card: TestCard
    month: int
    year: int
    cvc_given: bool

    @property
    def cvc_check(self) -> str | None:
        """What the bank said about the code: nothing without one."""
        if not self.cvc_given:
            return None
        return "fail" if self.card.number.endswith("0127") else "unchecked"


def typed(work: Work, params: Params) -> CardData:
    """Number, date and code of a `card` hash. Raises StripeError (402) as for a refused card."""
    card = _known(params.require("number").replace(" ", ""), params)
    month, year = _expiry(work, params)
    return CardData(card, month, year, params.text("cvc") is not None)


def of_number(work: Work, number: str) -> CardData:
    """A test card used by name: valid for another year, no code."""
    return CardData(BY_NUMBER[number], 8, _year(work) + 1, cvc_given=False)


def card_error(decline: Decline, param: str | None = None) -> StripeError:
    """402 for a card refused before any charge exists."""
    details = {"decline_code": decline.decline_code, "advice_code": decline.advice_code}
    return StripeError(
        402,
        decline.message,
        kind="card_error",
        code=decline.code,
        param=param,
        details={name: value for name, value in details.items() if value is not None},
    )


def _known(number: str, params: Params) -> TestCard:
    path = params.path("number")
    if not number.isdecimal() or not 12 <= len(number) <= 19:
        raise card_error(
            Decline("invalid_number", None, "The card number is not a valid credit card number.", None), path
        )
    if not luhn_valid(number):
        raise card_error(Decline("incorrect_number", None, "Your card number is incorrect.", None), path)
    card = BY_NUMBER.get(number)
    if card is None:
        raise card_error(LIVE_CARD, path)
    return card


def _expiry(work: Work, params: Params) -> tuple[int, int]:
    month, year = _whole(params, "exp_month"), _whole(params, "exp_year")
    if month is None or not 1 <= month <= 12:
        message = "Your card's expiration month is invalid."
        raise card_error(Decline("invalid_expiry_month", None, message, None), params.path("exp_month"))
    if year is not None and year < 100:
        year += 2000
    if year is None or not _year(work) <= year <= _year(work) + 50:
        message = "Your card's expiration year is invalid."
        raise card_error(Decline("invalid_expiry_year", None, message, None), params.path("exp_year"))
    return month, year


def _whole(params: Params, name: str) -> int | None:
    """Tokens take these numbers as texts, payment methods as numbers; a customer may type anything."""
    text = params.text(name) or ""
    return int(text) if text.isdecimal() and len(text) <= 4 else None


def _year(work: Work) -> int:
    return time.gmtime(work.now).tm_year
