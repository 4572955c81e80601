"""Send one mail: claim it, hand it over, write down what came of it.

Once as far as SMTP allows. Nothing is sent without a committed claim, and a claim excludes everybody else until its
lease is over. What remains is the moment between the server's "250" and our commit: when the process dies there, the
mail is sent again. Both copies carry the same Message-ID, by which a receiver can drop the second.
"""

import asyncio
import random
import uuid
from collections.abc import Sequence
from datetime import timedelta
from email.utils import parseaddr

from sqlalchemy.exc import DBAPIError

from billing.kit.container import Container
from billing.kit.crypto import DecryptionFailed, Vault
from billing.kit.db import Database, Subject
from billing.notifications.models import BODY_PURPOSE, EmailMessage, MailStatus
from billing.notifications.ports import (
    AttachedFile,
    Attachment,
    AttachmentGone,
    AttachmentMakers,
    MailDeferred,
    Mailer,
    MailRefused,
    OutgoingMail,
)
from billing.notifications.repository import claim, get_for_update
from billing.notifications.service import DELIVER_TASK
from billing.settings import Settings
from service_kit.clock import Clock
from service_kit.logs import get_logger

log = get_logger(__name__)

# Longer than any hand-over may take, or two processes would send at once.
LEASE = timedelta(minutes=3)
MOST_ATTEMPTS = 30
# Seconds between tries to write down what became of a mail; together less than the lease.
_FINISH_PAUSES = (0.2, 0.5, 1, 2, 5, 10, 30, 60)
_FIRST_BACKOFF = timedelta(seconds=15)
_LONGEST_BACKOFF = timedelta(hours=1)


def message_id(mail_id: uuid.UUID, sender: str) -> str:
    """Return the Message-ID that belongs to a mail for good; `sender` is the From address."""
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    return f"<{mail_id}@{domain}>"


def backoff(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts: doubling up to an hour, spread by a quarter either way."""
    doubled = min(_FIRST_BACKOFF * (1 << min(attempts - 1, 20)), _LONGEST_BACKOFF)
    return doubled * random.uniform(0.75, 1.25)  # noqa: S311 - spreads load, guards nothing


async def deliver(container: Container, mail_id: uuid.UUID) -> None:
    """Make one attempt at a mail that is due; does nothing when it isn't, or somebody else is at it."""
    mail = await _claim(container, mail_id)
    if mail is None:
        return
    error: MailDeferred | MailRefused | DecryptionFailed | None = None
    try:
        files = await _make_attachments(container, mail)
        await container.get(Mailer).send(_outgoing(mail, container.get(Vault), files))
    except (MailDeferred, MailRefused, DecryptionFailed) as failure:
        error = failure
    await _finish_surely(container, mail, error)


async def _finish_surely(
    container: Container, mail: EmailMessage, error: MailDeferred | MailRefused | DecryptionFailed | None
) -> None:
    """Write down what became of the mail, however long the database is away: not noted as sent, it goes out again."""
    for pause in _FINISH_PAUSES:
        try:
            await _finish(container, mail, error)
        except (DBAPIError, OSError, TimeoutError) as failure:
            log.warning("mail not noted yet", mail_id=str(mail.id), error=type(failure).__name__)
            await asyncio.sleep(pause)
        else:
            return
    await _finish(container, mail, error)


async def _claim(container: Container, mail_id: uuid.UUID) -> EmailMessage | None:
    now, sender = container.get(Clock).now(), container.get(Settings).mail_from
    async with container.get(Database).transaction(Subject.system()) as session:
        return await claim(session, mail_id, now, until=now + LEASE, message_id=message_id(mail_id, sender))


async def _make_attachments(container: Container, mail: EmailMessage) -> list[AttachedFile]:
    """Make what goes with the mail; raises `MailRefused` for what is gone and `MailDeferred` for what fails."""
    if not mail.attachments:
        return []
    wanted = [_wanted(entry) for entry in mail.attachments]
    makers = container.get(AttachmentMakers)
    try:
        async with container.get(Database).transaction(Subject.system()) as session:
            return [await makers.make(session, attachment) for attachment in wanted]
    except AttachmentGone as error:
        raise MailRefused(f"an attachment can't be made: {error}") from error
    except Exception as error:
        log.exception("attachment failed", mail_id=str(mail.id), template=mail.template)
        raise MailDeferred(f"an attachment failed: {type(error).__name__}") from error


def _wanted(entry: object) -> Attachment:
    assert isinstance(entry, dict)
    return Attachment(str(entry["kind"]), uuid.UUID(str(entry["id"])))


def _outgoing(mail: EmailMessage, vault: Vault, files: Sequence[AttachedFile] = ()) -> OutgoingMail:
    if mail.message_id is None or mail.body_text is None or mail.body_html is None:
        raise MailRefused("the body was blanked before the mail was sent")
    return OutgoingMail(
        message_id=mail.message_id,
        to=mail.to_address,
        subject=mail.subject,
        text=vault.decrypt(mail.body_text, purpose=BODY_PURPOSE),
        html=vault.decrypt(mail.body_html, purpose=BODY_PURPOSE),
        attachments=files,
    )


async def _finish(
    container: Container, claimed: EmailMessage, error: MailDeferred | MailRefused | DecryptionFailed | None
) -> None:
    now = container.get(Clock).now()
    async with container.get(Database).transaction(Subject.system()) as session:
        mail = await get_for_update(session, claimed.id)
        if mail is None or mail.status is MailStatus.SENT:
            return
        if error is None:
            mail.mark_sent(now)
            log.info("mail sent", mail_id=str(mail.id), template=mail.template, attempts=mail.attempts)
            return
        if mail.attempts != claimed.attempts:
            # The lease ran out and another attempt is under way: its outcome is the one that counts.
            return
        if isinstance(error, DecryptionFailed):
            mail.mark_dead("the body can't be decrypted with the keys at hand")
        elif isinstance(error, MailRefused):
            mail.mark_failed(str(error))
        elif mail.attempts >= MOST_ATTEMPTS:
            mail.mark_dead(str(error))
        else:
            wait = backoff(mail.attempts)
            mail.postpone(now + wait, str(error))
            session.enqueue(DELIVER_TASK, str(mail.id), countdown=wait.total_seconds())
        log.warning("mail not sent", mail_id=str(mail.id), template=mail.template, status=mail.status)
