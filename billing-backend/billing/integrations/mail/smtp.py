"""The mailer: one SMTP transaction a mail, to the relay that `smtp_url` names.

`smtp://user:password@host:port?starttls=required|auto|off` or `smtps://…` for TLS from the first byte. With a password
STARTTLS is required unless the address says otherwise: a relay that stops offering it must not get the password.
"""

import asyncio
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime, parseaddr
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib

from billing.notifications.ports import MailDeferred, MailRefused, OutgoingMail
from service_kit.clock import Clock, SystemClock

_MAILBOX = re.compile(r"""[^\s@<>()\[\],;:\\"]+@[^\s@<>()\[\],;:\\"]+""")
_STARTTLS: Mapping[str, bool | None] = {"required": True, "auto": None, "off": False}
_STEP_TIMEOUT = 20.0
# Well below the lease of a delivery, so that no second attempt starts while this one may still succeed.
_WHOLE_TIMEOUT = 90.0


@dataclass(frozen=True, slots=True)
class SmtpAddress:
    """Where the relay is and how to talk to it; `starttls` None means when it is offered."""

    host: str
    port: int
    username: str | None
    password: str | None = field(repr=False)
    tls: bool
    starttls: bool | None

    @classmethod
    def parse(cls, url: str) -> "SmtpAddress":
        """Return what the URL says; raises `ValueError` without repeating it, for it may hold a password."""
        parts = urlsplit(url)
        query = parse_qs(parts.query)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or set(query) - {"starttls"}:
            raise ValueError("the SMTP address must be smtp://host[:port][?starttls=…] or smtps://host[:port]")
        tls = parts.scheme == "smtps"
        wanted = query.get("starttls", ["required" if parts.password else "auto"])[-1]
        if wanted not in _STARTTLS or (tls and "starttls" in query):
            raise ValueError("starttls must be required, auto or off, and has no meaning with smtps")
        return cls(
            host=parts.hostname,
            port=parts.port or (465 if tls else 587 if parts.password else 25),
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            tls=tls,
            starttls=False if tls else _STARTTLS[wanted],
        )


class SmtpMailer:
    """`sender` is the From header, as `NextPanel <billing@example.com>`; its address is the envelope sender too."""

    def __init__(self, url: str, *, sender: str, clock: Clock | None = None) -> None:
        self._relay = SmtpAddress.parse(url)
        name, self._from = parseaddr(sender)
        if "@" not in self._from or not sender.isprintable():
            raise ValueError("the sender needs an e-mail address")
        self._sender = Address(display_name=name, addr_spec=self._from)
        self._clock = clock or SystemClock()
        self._context = ssl.create_default_context()

    async def send(self, mail: OutgoingMail) -> None:
        """Hand the mail to the relay; raises `MailRefused` or `MailDeferred`.

        Only a verdict on the recipient or the content is final. A refused log-in, sender or greeting is our own
        trouble: it gets better when somebody mends it, so the mail waits.
        """
        try:
            message = self._message(mail)
        except (ValueError, MessageError) as error:
            raise MailRefused(f"the message can't be built: {type(error).__name__}") from error
        try:
            async with asyncio.timeout(_WHOLE_TIMEOUT):
                await self._transact(message, mail.to)
        except aiosmtplib.SMTPRecipientsRefused as error:
            refusal = error.recipients[0]
            raise _verdict(refusal.code, refusal.message) from error
        except aiosmtplib.SMTPDataError as error:
            raise _verdict(error.code, error.message) from error
        except aiosmtplib.SMTPNotSupported as error:
            raise MailRefused(f"the relay can't carry this address: {error.message}") from error
        except aiosmtplib.SMTPResponseException as error:
            raise MailDeferred(f"{type(error).__name__} {error.code}: {error.message}") from error
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise MailDeferred(f"{type(error).__name__}: {error}") from error

    async def _transact(self, message: EmailMessage, to: str) -> None:
        relay = self._relay
        client = aiosmtplib.SMTP(
            hostname=relay.host,
            port=relay.port,
            username=relay.username,
            password=relay.password,
            use_tls=relay.tls,
            start_tls=relay.starttls,
            tls_context=self._context,
            timeout=_STEP_TIMEOUT,
        )
        # Leaving the block says QUIT and forgives a relay that just hangs up: the mail is accepted by then.
        async with client:
            await client.send_message(message, sender=self._from, recipients=[to])

    def _message(self, mail: OutgoingMail) -> EmailMessage:
        message = EmailMessage(policy=SMTP_POLICY)
        message["From"] = self._sender
        message["To"] = _recipient(mail.to)
        message["Subject"] = mail.subject
        message["Date"] = format_datetime(self._clock.now())
        message["Message-ID"] = mail.message_id
        # RFC 3834: keeps out-of-office replies away.
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text)
        message.add_alternative(mail.html, subtype="html")
        for file in mail.attachments:
            kind, _, subtype = file.media_type.partition("/")
            message.add_attachment(file.content, maintype=kind, subtype=subtype, filename=file.filename)
        return message


def _recipient(address: str) -> Address:
    """Return the one mailbox that `address` is, international ones included; raises `ValueError` for anything else."""
    if not address.isprintable() or not _MAILBOX.fullmatch(address):
        raise ValueError("not one mailbox")
    local, _, domain = address.partition("@")
    return Address(username=local, domain=domain)


def _verdict(code: int, text: str) -> MailRefused | MailDeferred:
    detail = f"{code} {text}"
    return MailRefused(detail) if 500 <= code < 600 else MailDeferred(detail)
