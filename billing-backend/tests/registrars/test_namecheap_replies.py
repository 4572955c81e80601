"""What Namecheap's XML can look like, and what each error number means for an order."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from billing.domains.ports import (
    ActionRequired,
    OutcomeUnknown,
    RegistrarError,
    Rejected,
    RejectionCode,
    Retriable,
    TransferState,
)
from billing.integrations.registrars.namecheap.envelope import ApiError, UnreadableReply, read_envelope
from billing.integrations.registrars.namecheap.errors import to_error
from billing.integrations.registrars.namecheap.transfers import state_of
from billing.integrations.registrars.namecheap.values import (
    MalformedReply,
    read_bool,
    read_date,
    read_decimal,
    read_money,
)
from billing.kit.money import Money

ENVELOPE = """<?xml version="1.0" encoding="utf-8"?>
<ApiResponse Status="{status}" xmlns="http://api.namecheap.com/xml.response">
  <Errors>{errors}</Errors><Warnings /><RequestedCommand>namecheap.domains.getinfo</RequestedCommand>
  {response}<Server>X</Server><GMTTimeDifference>--4:00</GMTTimeDifference><ExecutionTime>0.014</ExecutionTime>
</ApiResponse>"""


def reply(status: str = "OK", errors: str = "", response: str = "") -> bytes:
    return ENVELOPE.format(status=status, errors=errors, response=response).encode()


def test_names_are_matched_in_any_case() -> None:
    envelope = read_envelope(reply(response='<COMMANDRESPONSE><domaingetInfoRESULT iSoWNER="True"/></COMMANDRESPONSE>'))
    assert envelope.is_ok
    assert envelope.response is not None
    result = envelope.response.get("DomainGetInfoResult")
    assert read_bool(result.attribute("IsOwner")) is True


def test_an_empty_attribute_counts_as_absent() -> None:
    envelope = read_envelope(reply(response='<CommandResponse><Row Price="" YourPrice="8.88"/></CommandResponse>'))
    assert envelope.response is not None
    assert envelope.response.get("Row").attribute("Price", "YourPrice") == "8.88"
    with pytest.raises(MalformedReply):
        envelope.response.get("Row").require("Price")


def test_an_error_reply_keeps_its_numbers_and_its_nonsense() -> None:
    envelope = read_envelope(
        reply(
            "ERROR",
            '<Error Number="2030166">Domain is invalid</Error><Error Number="2019166">not found</Error>',
            '<CommandResponse><DomainGetInfoResult ID="0" IsOwner="false"/></CommandResponse>',
        )
    )
    assert not envelope.is_ok
    assert envelope.errors == (ApiError("2030166", "Domain is invalid"), ApiError("2019166", "not found"))
    assert envelope.response is not None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>Just a moment...</body></html>",
        b"not xml",
        reply()[: len(reply()) // 2],
        reply("MAYBE"),
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><ApiResponse Status="OK">&a;</ApiResponse>',
    ],
)
def test_what_is_no_envelope_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableReply):
        read_envelope(body)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("10/13/2027", date(2027, 10, 13)),
        ("4/30/2021 11:31:13 AM", date(2021, 4, 30)),
        ("12/1/2021 1:05:00 PM", date(2021, 12, 1)),
        ("0001-01-01T00:00:00", date(1, 1, 1)),
    ],
)
def test_days(text: str, day: date) -> None:
    assert read_date(text) == day


@pytest.mark.parametrize("text", [None, "", "13/13/2027", "soon"])
def test_no_days(text: str | None) -> None:
    with pytest.raises(MalformedReply):
        read_date(text)


@pytest.mark.parametrize(
    ("text", "value"), [("true", True), ("True", True), ("YES", True), ("false", False), (None, None)]
)
def test_booleans(text: str | None, value: bool | None) -> None:
    assert read_bool(text) is value


def test_numbers() -> None:
    assert read_money("10.8700") == Money(1087, "USD")
    assert read_money("13000.0000") == Money(1_300_000, "USD")
    assert read_money("9.5650") == Money(957, "USD")
    assert read_money(None) == Money(0, "USD")
    assert read_decimal("0.18") == Decimal("0.18")
    for nonsense in ("ten", "NaN", "1e30"):
        with pytest.raises(MalformedReply):
            read_decimal(nonsense)


def outcome(command: str, *numbers: str, charging: bool = True) -> RegistrarError:
    return to_error(f"namecheap.{command}", [ApiError(number, "text") for number in numbers], charging=charging)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("3019166", RejectionCode.NAME_TAKEN),
        ("4019166", RejectionCode.NAME_TAKEN),
        ("2030280", RejectionCode.TLD_UNSUPPORTED),
        ("2011280", RejectionCode.TLD_UNSUPPORTED),
        ("2015167", RejectionCode.YEARS_INVALID),
        ("2011168", RejectionCode.NAMESERVERS_INVALID),
        ("2515610", RejectionCode.PRICE_CHANGED),
        ("2515623", RejectionCode.PRICE_CHANGED),
        ("2511623", RejectionCode.PRICE_CHANGED),
        ("2020166", RejectionCode.EXPIRED),
        ("2016166", RejectionCode.NOT_OURS),
    ],
)
def test_numbers_that_end_it(number: str, code: RejectionCode) -> None:
    error = outcome("domains.create", number)
    assert isinstance(error, Rejected)
    assert error.code is code
    assert number in error.message


def test_reactivating_too_early_is_told_by_the_number_of_renewing_too_late() -> None:
    error = outcome("domains.reactivate", "2020166")
    assert isinstance(error, Rejected)
    assert error.code is RejectionCode.NOT_EXPIRED


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("2528166", "insufficient_funds"),
        ("2015182", "contact_invalid"),
        ("2010323", "contact_invalid"),
        ("2011322", "tld_attributes_invalid"),
        ("4026312", "charged_and_failed"),
        ("5026900", "charged_and_failed"),
        ("1011102", "registrar_access"),
        ("1011150", "registrar_access"),
        ("2011170", "registrar_refused"),
        ("2099999", "registrar_refused"),
    ],
)
def test_numbers_that_need_a_person(number: str, code: str) -> None:
    error = outcome("domains.create", number)
    assert isinstance(error, ActionRequired)
    assert error.code == code


@pytest.mark.parametrize("number", ["4023166", "5050900", "4023271", "3031510", "3031900", "3999999", "5999999"])
def test_numbers_that_leave_an_order_open(number: str) -> None:
    assert isinstance(outcome("domains.create", number), OutcomeUnknown)
    assert isinstance(outcome("domains.getInfo", number, charging=False), Retriable)


@pytest.mark.parametrize("number", ["500000", "1050900"])
def test_numbers_that_come_before_the_command(number: str) -> None:
    error = outcome("domains.create", number)
    assert isinstance(error, Retriable)
    assert error.after >= timedelta(seconds=30)


def test_of_several_numbers_the_worst_counts() -> None:
    assert isinstance(outcome("domains.create", "3019166", "4023166"), OutcomeUnknown)
    worst = outcome("domains.create", "4023166", "4026312", "3019166")
    assert isinstance(worst, ActionRequired)
    assert worst.code == "charged_and_failed"
    assert isinstance(outcome("domains.create"), OutcomeUnknown)


@pytest.mark.parametrize(
    ("states", "numbers"),
    [
        (TransferState.DONE, [5]),
        (TransferState.PAYMENT_PROBLEM, [6, 7]),
        (TransferState.WAITING, [-1, -2, -5, -22, -202, 0, 1, 3, 9, 10, 11, 12, 13, 14, 28, 29, 35, 999]),
        (TransferState.CANCELLED, [-4, 2, 4, 8, *range(15, 28), 30, 31, 32, 33, 34, 36, 37, 45, 48, 49, 50, 51]),
    ],
)
def test_transfer_states(states: TransferState, numbers: list[int]) -> None:
    assert {state_of(number) for number in numbers} == {states}
