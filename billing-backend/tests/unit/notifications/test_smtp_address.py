"""Reading the relay's address."""

import pytest

from billing.integrations.mail.smtp import SmtpAddress, SmtpMailer


@pytest.mark.parametrize(
    ("url", "port", "tls", "starttls"),
    [
        ("smtp://127.0.0.1:8025", 8025, False, None),
        ("smtp://mail.example", 25, False, None),
        ("smtp://mail.example?starttls=off", 25, False, False),
        ("smtp://mail.example?starttls=required", 25, False, True),
        ("smtp://ada:secret@mail.example", 587, False, True),
        ("smtp://ada:secret@mail.example:2525?starttls=auto", 2525, False, None),
        ("smtps://ada:secret@mail.example", 465, True, False),
        ("smtp://[::1]:25", 25, False, None),
    ],
)
def test_ports_and_encryption(url: str, port: int, tls: bool, starttls: bool | None) -> None:
    address = SmtpAddress.parse(url)
    assert (address.port, address.tls, address.starttls) == (port, tls, starttls)


def test_credentials_are_decoded_and_not_shown() -> None:
    address = SmtpAddress.parse("smtps://api%40key:p%2Fw%3A%40@mail.example")
    assert (address.username, address.password) == ("api@key", "p/w:@")
    assert "p/w" not in repr(address)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mail.example",
        "http://ada:secret@mail.example",
        "smtp://",
        "smtp://ada:secret@mail.example?starttls=maybe",
        "smtps://ada:secret@mail.example?starttls=off",
        "smtp://ada:secret@mail.example?tls=off",
    ],
)
def test_other_addresses_stop_the_start_without_repeating_the_password(url: str) -> None:
    with pytest.raises(ValueError, match="smtp") as caught:
        SmtpAddress.parse(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("sender", ["", "NextPanel", "NextPanel <>", "a@b\r\nBcc: eve@example.com"])
def test_a_sender_without_an_address_stops_the_start(sender: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        SmtpMailer("smtp://127.0.0.1:25", sender=sender)
