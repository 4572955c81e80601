"""Stripe's published test cards: what each number, and each `pm_card_*` name, does when it is charged."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Decline:
    """Why a charge fails: API `code`, bank's `decline_code`, the customer's text and what the merchant
    should do.
    """

    code: str
    decline_code: str | None
    message: str
    advice_code: str | None


@dataclass(frozen=True, slots=True)
class TestCard:
    """Behaviour of one number. `challenge`: never, always, or unless the card was set up before. `dispute`: why
    its owner complains after paying; an `inquiry` asks first and takes no money back.
    """

    number: str
    brand: str = "visa"
    country: str = "US"
    funding: str = "credit"
    decline: Decline | None = None
    declines_attach: bool = False
    challenge: str = "never"
    refund: str = "succeeded"
    dispute: str | None = None
    inquiry: bool = False

    @property
    def last4(self) -> str:
        """The four digits people see."""
        return self.number[-4:]


def _card_declined(decline_code: str, message: str, advice: str | None) -> Decline:
    return Decline("card_declined", decline_code, message, advice)


GENERIC: Final = _card_declined("generic_decline", "Your card was declined.", "try_again_later")
FUNDS: Final = _card_declined("insufficient_funds", "Your card has insufficient funds.", "try_again_later")
LOST: Final = _card_declined("lost_card", "Your card was declined.", "do_not_try_again")
STOLEN: Final = _card_declined("stolen_card", "Your card was declined.", "do_not_try_again")
VELOCITY: Final = _card_declined(
    "card_velocity_exceeded",
    "Your card was declined for making repeated attempts too frequently or exceeding its amount limit.",
    "try_again_later",
)
EXPIRED: Final = Decline("expired_card", "expired_card", "Your card has expired.", "do_not_try_again")
CVC: Final = Decline("incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect.", "confirm_card_data")
PROCESSING: Final = Decline(
    "processing_error",
    "processing_error",
    "An error occurred while processing your card. Try again in a little bit.",
    "try_again_later",
)
LIVE_CARD: Final = _card_declined(
    "test_mode_live_card",
    "Your card was declined. Your request was in test mode, but used a non test (live) card.",
    None,
)
AUTHENTICATION: Final = Decline(
    "authentication_required",
    "authentication_required",
    "Your card was declined. This transaction requires authentication.",
    None,
)

_CARDS: Final = (
    TestCard("4242424242424242"),
    TestCard("4000056655665556", funding="debit"),
    TestCard("5555555555554444", "mastercard"),
    TestCard("2223003122003222", "mastercard"),
    TestCard("5200828282828210", "mastercard", funding="debit"),
    TestCard("378282246310005", "amex"),
    TestCard("371449635398431", "amex"),
    TestCard("6011111111111117", "discover"),
    TestCard("3056930009020004", "diners"),
    TestCard("3566002020360505", "jcb", "JP"),
    TestCard("6200000000000005", "unionpay", "CN"),
    TestCard("4000002760000016", country="DE"),
    TestCard("4000000000000002", decline=GENERIC, declines_attach=True),
    TestCard("4000000000009995", decline=FUNDS, declines_attach=True),
    TestCard("4000000000009987", decline=LOST, declines_attach=True),
    TestCard("4000000000009979", decline=STOLEN, declines_attach=True),
    TestCard("4000000000006975", decline=VELOCITY, declines_attach=True),
    TestCard("4000000000000069", decline=EXPIRED, declines_attach=True),
    TestCard("4000000000000127", decline=CVC, declines_attach=True),
    TestCard("4000000000000119", decline=PROCESSING, declines_attach=True),
    TestCard("4000000000000341", decline=GENERIC),
    TestCard("4000002500003155", country="IE", challenge="unless_set_up"),
    TestCard("4000002760003184", country="DE", challenge="always"),
    TestCard("4000008260003178", country="GB", challenge="always", decline=FUNDS),
    TestCard("4000003800000446", country="ES", challenge="off_session_ok"),
    TestCard("4000000000003220", challenge="always"),
    TestCard("4000008400001629", challenge="always", decline=GENERIC),
    TestCard("4000000000000259", dispute="fraudulent"),
    TestCard("4000000000002685", dispute="product_not_received"),
    TestCard("4000000000001976", dispute="fraudulent", inquiry=True),
    TestCard("4000000000007726", refund="pending"),
    TestCard("4000000000005126", refund="failed"),
)

BY_NUMBER: Final = {card.number: card for card in _CARDS}

NAMED: Final = {
    "pm_card_visa": "4242424242424242",
    "pm_card_visa_debit": "4000056655665556",
    "pm_card_mastercard": "5555555555554444",
    "pm_card_mastercard_debit": "5200828282828210",
    "pm_card_amex": "378282246310005",
    "pm_card_discover": "6011111111111117",
    "pm_card_diners": "3056930009020004",
    "pm_card_jcb": "3566002020360505",
    "pm_card_unionpay": "6200000000000005",
    "pm_card_de": "4000002760000016",
    "pm_card_visa_chargeDeclined": "4000000000000002",
    "pm_card_chargeDeclined": "4000000000000002",
    "pm_card_visa_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_visa_chargeDeclinedLostCard": "4000000000009987",
    "pm_card_visa_chargeDeclinedStolenCard": "4000000000009979",
    "pm_card_chargeDeclinedExpiredCard": "4000000000000069",
    "pm_card_chargeDeclinedIncorrectCvc": "4000000000000127",
    "pm_card_chargeDeclinedProcessingError": "4000000000000119",
    "pm_card_chargeCustomerFail": "4000000000000341",
    "pm_card_authenticationRequiredOnSetup": "4000002500003155",
    "pm_card_authenticationRequired": "4000002760003184",
    "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds": "4000008260003178",
    "pm_card_authenticationRequiredSetupForOffSession": "4000003800000446",
    "pm_card_threeDSecure2Required": "4000000000003220",
    "pm_card_threeDSecureRequired": "4000000000003220",
    "pm_card_createDispute": "4000000000000259",
    "pm_card_createDisputeProductNotReceived": "4000000000002685",
    "pm_card_createDisputeInquiry": "4000000000001976",
    "pm_card_pendingRefund": "4000000000007726",
    "pm_card_refundFail": "4000000000005126",
}


def luhn_valid(number: str) -> bool:
    """Whether the check digit is right."""
    total = 0
    for position, digit in enumerate(reversed(number)):
        value = int(digit)
        if position % 2:
            value = value * 2 - 9 if value > 4 else value * 2
        total += value
    return total % 10 == 0
