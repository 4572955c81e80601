"""The listener. It runs in a thread of its own; the store may be used from any."""

import asyncio
from typing import Final, Protocol

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from sandbox.core.context import Context
from sandbox.core.faults import Fault
from sandbox.smtp.messages import read_message

MAILS: Final = "mails"
_LARGEST_MAIL: Final = 25 * 1024 * 1024
_REFUSALS: Final = {
    "temporary_refusal": "451 4.3.0 Temporary failure, try again later",
    "permanent_refusal": "550 5.1.1 No such recipient here",
}
_KINDS: Final = frozenset({*_REFUSALS, "slow"})


class Server(Protocol):
    def stop(self) -> None:
        """End the listener and its thread."""
        ...


class _Handler:
    def __init__(self, context: Context) -> None:
        self._context = context

    async def handle_RCPT(  # noqa: N802 - the library's hook name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        fault = self._context.faults.take("smtp", "rcpt", kinds=_KINDS, recipient=address)
        refusal = await _act(fault)
        if refusal is not None:
            return refusal
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - named by aiosmtpd
        recipient = envelope.rcpt_tos[0] if envelope.rcpt_tos else ""
        kinds = _KINDS | {"drop_after_data"}
        fault = self._context.faults.take("smtp", "data", kinds=kinds, recipient=recipient)
        refusal = await _act(fault)
        if refusal is not None:
            return refusal
        mail_id = self._keep(envelope)
        if fault is not None and fault.kind == "drop_after_data" and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        return f"250 2.0.0 OK: queued as {mail_id}"

    def _keep(self, envelope: Envelope) -> str:
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        context = self._context
        with context.store.transaction():
            mail_id = context.identifiers.new("mail")
            mail = read_message(mail_id, context.clock.now(), envelope.mail_from or "", envelope.rcpt_tos, content)
            context.store.put(MAILS, mail_id, mail)
        context.journal.add(
            vendor="smtp",
            method="DATA",
            path=mail["to"],
            parameters={"from": mail["from"], "subject": mail["subject"]},
            status=250,
            ms=0.0,
        )
        return mail_id


async def _act(fault: Fault | None) -> str | None:
    """Wait if the fault says so; the reply that refuses, if it is one that refuses."""
    if fault is None:
        return None
    if fault.kind == "slow":
        await asyncio.sleep(fault.seconds)
    return _REFUSALS.get(fault.kind)


def start(context: Context) -> Server:
    """Listen on `smtp_port`. Raises OSError when the port is taken."""
    controller: Controller = Controller(
        _Handler(context),
        hostname=context.settings.host,
        port=context.settings.smtp_port,
        data_size_limit=_LARGEST_MAIL,
        enable_SMTPUTF8=True,
        ident="NextPanel sandbox",
    )
    controller.start()
    return controller
