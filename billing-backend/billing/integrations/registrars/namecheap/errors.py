"""From Namecheap's error numbers to ours.

A number says where the refusal arose: 1… access, 2… our input, 3… the registry's provider, 4… and 5… inside. The first
two are certainly not executed. The others are unknown for a command that charges, unless the table knows better.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from billing.domains.ports import (
    ActionRequired,
    OutcomeUnknown,
    RegistrarError,
    Rejected,
    RejectionCode,
    Retriable,
)
from billing.integrations.registrars.namecheap.envelope import ApiError

RATE_LIMIT_PAUSE: Final = timedelta(minutes=1)
SHORT_PAUSE: Final = timedelta(seconds=15)
NOT_OURS_NUMBERS: Final = frozenset({"2030166", "2019166", "2016166"})
TLD_NUMBERS: Final = frozenset({"2030280", "2011280"})

_REJECTED: Final[Mapping[str, RejectionCode]] = {
    "3019166": RejectionCode.NAME_TAKEN,
    "4019166": RejectionCode.NAME_TAKEN,
    "2011280": RejectionCode.TLD_UNSUPPORTED,
    "2030280": RejectionCode.TLD_UNSUPPORTED,
    "2015167": RejectionCode.YEARS_INVALID,
    "2011168": RejectionCode.NAMESERVERS_INVALID,
    "2515610": RejectionCode.PRICE_CHANGED,
    "2515623": RejectionCode.PRICE_CHANGED,
    "2511623": RejectionCode.PRICE_CHANGED,
    "2015610": RejectionCode.PRICE_CHANGED,
    "2020166": RejectionCode.EXPIRED,
    "2016166": RejectionCode.NOT_OURS,
    "2019166": RejectionCode.NOT_OURS,
    "2030166": RejectionCode.NOT_OURS,
    "4019329": RejectionCode.NOT_FOUND,
}
_ACTION_REQUIRED: Final[Mapping[str, str]] = {
    "2528166": "insufficient_funds",
    "2015182": "contact_invalid",
    "2010323": "contact_invalid",
    "2010324": "contact_invalid",
    "2010325": "contact_invalid",
    "2010326": "contact_invalid",
    "2010327": "contact_invalid",
    "2011322": "tld_attributes_invalid",
    "2011323": "tld_attributes_invalid",
    "2015267": "tld_attributes_invalid",
    "2011331": "privacy_unavailable",
    "2011369": "contact_invalid",
    # Charged, failed, and the refund failed too: only the registrar's support can tell.
    "4026312": "charged_and_failed",
    "5026900": "charged_and_failed",
    "4022337": "charged_and_failed",
}
_NOT_EXECUTED: Final = frozenset({"500000", "1050900"})


def to_error(command: str, errors: Sequence[ApiError], *, charging: bool) -> RegistrarError:
    """Return the error of an ERROR reply. With several numbers the one that is hardest to put right decides."""
    if not errors:
        return _undecided(f"{command}: refused without a number", charging=charging)
    candidates = [_one(command, error, charging=charging) for error in errors]
    return max(candidates, key=_weight)


def unanswered(message: str, *, charging: bool) -> RegistrarError:
    """Return the error of a call that was sent and got no usable answer."""
    return _undecided(message, charging=charging)


def _one(command: str, error: ApiError, *, charging: bool) -> RegistrarError:
    message = f"{command}: {error.number} {error.text}"[:500]
    number = error.number
    if number in _NOT_EXECUTED:
        return Retriable(message, after=RATE_LIMIT_PAUSE)
    if number == "2020166" and command.endswith(".reactivate"):
        return Rejected(RejectionCode.NOT_EXPIRED, message)
    if code := _REJECTED.get(number):
        return Rejected(code, message)
    if action := _ACTION_REQUIRED.get(number):
        return ActionRequired(action, message)
    if number.startswith("1"):
        return ActionRequired("registrar_access", message)
    if number.startswith("2"):
        return ActionRequired("registrar_refused", message)
    return _undecided(message, charging=charging)


def _undecided(message: str, *, charging: bool) -> RegistrarError:
    return OutcomeUnknown(message) if charging else Retriable(message, after=SHORT_PAUSE)


def _weight(error: RegistrarError) -> int:
    match error:
        case ActionRequired(code="charged_and_failed"):
            return 4
        case OutcomeUnknown():
            return 3
        case ActionRequired():
            return 2
        case Rejected():
            return 1
        case _:
            return 0
