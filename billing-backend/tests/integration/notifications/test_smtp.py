"""The mailer against a real SMTP server: encryption, log-in, strange addresses."""

import asyncio
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult
from tests.integration.notifications.conftest import Relay

from billing.integrations.mail.smtp import SmtpMailer
from billing.notifications.ports import AttachedFile, MailDeferred, MailRefused, OutgoingMail
from testkit.ports import LOOPBACK, free_port

SENDER = "NextPanel <billing@nextpanel.example>"


def _mail(**changes: Any) -> OutgoingMail:
    values: dict[str, Any] = {
        "message_id": "<1@nextpanel.example>",
        "to": "ada@example.com",
        "subject": "Grüße",
        "text": "Hello\n.\nFrom here on\n",
        "html": "<p>Hellö</p>",
    }
    return OutgoingMail(**{**values, **changes})


def _mailer(relay: Relay, *, query: str = "", user: str = "") -> SmtpMailer:
    return SmtpMailer(f"smtp://{user}{LOOPBACK}:{relay.port}{query}", sender=SENDER)


async def test_text_survives_the_wire(relay: Relay) -> None:
    await _mailer(relay).send(_mail())
    [mail] = relay.received
    assert mail["Subject"] == "Grüße"
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().replace("\r\n", "\n") == "Hello\n.\nFrom here on\n"
    assert "Hellö" in html.get_content()


async def test_a_document_goes_with_it_whole(relay: Relay) -> None:
    content = bytes(range(256)) * 50
    file = AttachedFile("invoice-A-1.pdf", "application/pdf", content)
    await _mailer(relay).send(_mail(attachments=[file]))
    [mail] = relay.received
    [part] = list(mail.iter_attachments())
    assert (part.get_filename(), part.get_content_type()) == ("invoice-A-1.pdf", "application/pdf")
    assert part.get_content() == content


async def test_an_international_address(relay: Relay) -> None:
    await _mailer(relay).send(_mail(to="ädä@example.com"))
    assert relay.envelopes[0].rcpt_tos == ["ädä@example.com"]


@pytest.mark.parametrize(
    "changes",
    [
        {"to": "ada@example.com\r\nRCPT TO:<eve@example.com>"},
        {"to": "ada@example.com, eve@example.com"},
        {"to": ""},
        {"to": "ada"},
        {"subject": "Hi\r\nBcc: eve@example.com"},
        {"message_id": "<1@x>\r\nBcc: eve@example.com"},
    ],
)
async def test_headers_and_envelopes_cannot_be_forged(relay: Relay, changes: dict[str, str]) -> None:
    with pytest.raises(MailRefused):
        await _mailer(relay).send(_mail(**changes))
    assert relay.received == []


async def test_nobody_listening_is_a_delay() -> None:
    mailer = SmtpMailer(f"smtp://{LOOPBACK}:{free_port()}", sender=SENDER)
    with pytest.raises(MailDeferred, match="SMTPConnectError"):
        await mailer.send(_mail())


async def test_encryption_that_is_demanded_but_not_offered_is_a_delay(relay: Relay) -> None:
    with pytest.raises(MailDeferred):
        await _mailer(relay, query="?starttls=required").send(_mail())
    # With a password it is demanded without saying so: the password must not go out in the clear.
    with pytest.raises(MailDeferred):
        await _mailer(relay, user="ada:secret@").send(_mail())
    assert relay.received == []


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")
@pytest.mark.parametrize(("password", "works"), [("secret", True), ("wrong", False)])
async def test_a_refused_log_in_is_our_trouble_and_not_the_mails(relay: Relay, password: str, works: bool) -> None:
    def check(_: SMTP, __: object, ___: object, mechanism: str, data: object) -> AuthResult:
        return AuthResult(success=getattr(data, "password", b"") == b"secret", handled=False)

    def session() -> SMTP:
        return SMTP(relay, authenticator=check, auth_require_tls=False, auth_required=True)

    async with await asyncio.get_running_loop().create_server(session, LOOPBACK, 0) as server:
        port = server.sockets[0].getsockname()[1]
        mailer = SmtpMailer(f"smtp://ada:{password}@{LOOPBACK}:{port}?starttls=off", sender=SENDER)
        if works:
            await mailer.send(_mail())
        else:
            with pytest.raises(MailDeferred, match="SMTPAuthenticationError") as caught:
                await mailer.send(_mail())
            assert password not in str(caught.value)
    assert len(relay.received) == int(works)
