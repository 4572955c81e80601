"""A real SMTP server on loopback whose answers the test chooses."""

import asyncio
from collections.abc import AsyncIterator
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from pydantic import SecretStr

from billing.settings import Settings
from testkit.ports import LOOPBACK


class Relay:
    """Takes mails; `rcpt` and `data` are what it answers instead of 250."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.envelopes: list[Envelope] = []
        self.rcpt: str | None = None
        self.data: str | None = None
        self.port = 0
        self.connections = 0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's hook
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.rcpt is not None:
            return self.rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's hook
        if self.data is not None:
            return self.data
        content = envelope.content
        assert isinstance(content, bytes)
        parsed = message_from_bytes(content, policy=policy.SMTPUTF8)
        assert isinstance(parsed, EmailMessage)
        self.received.append(parsed)
        self.envelopes.append(envelope)
        return "250 taken"


@pytest.fixture
async def relay() -> AsyncIterator[Relay]:
    made = Relay()

    def session() -> SMTP:
        made.connections += 1
        return SMTP(made, enable_SMTPUTF8=True)

    server = await asyncio.get_running_loop().create_server(session, LOOPBACK, 0)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    server.close()
    await server.wait_closed()


@pytest.fixture
def settings(settings: Settings, relay: Relay) -> Settings:
    return settings.model_copy(update={"smtp_url": SecretStr(f"smtp://{LOOPBACK}:{relay.port}")})
