"""What notifications need from outside: something that hands one mail to the world, and makers of what goes with it."""

import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from billing.kit.db import Session


@dataclass(frozen=True, slots=True)
class Attachment:
    """What is to go with a mail: a document by its kind and the id of what it is about."""

    kind: str
    id: uuid.UUID


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A finished document."""

    filename: str
    media_type: str
    content: bytes


class AttachmentGone(Exception):
    """What the document is about does not exist (any more): the mail can't be sent as it was meant."""


# Makes one kind of document; raises `AttachmentGone`.
AttachmentMaker = Callable[[Session, uuid.UUID], Awaitable[AttachedFile]]


class AttachmentMakers:
    """Makers by kind; filled by the composition root."""

    def __init__(self, makers: Mapping[str, AttachmentMaker]) -> None:
        self._makers = dict(makers)

    async def make(self, session: Session, wanted: Attachment) -> AttachedFile:
        """Return the document as it is now; raises `AttachmentGone`, also for a kind that nobody makes."""
        maker = self._makers.get(wanted.kind)
        if maker is None:
            raise AttachmentGone(f"nobody makes {wanted.kind!r}")
        return await maker(session, wanted.id)


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """A finished mail. `message_id` with its angle brackets; the same for every attempt at the same mail."""

    message_id: str
    to: str
    subject: str
    text: str
    html: str
    attachments: Sequence[AttachedFile] = ()


class MailDeferred(Exception):
    """Not accepted now, or the outcome is not known; the same mail may be handed over again."""


class MailRefused(Exception):
    """The receiving side refused this mail for good; trying again can't help."""


class Mailer(Protocol):
    async def send(self, mail: OutgoingMail) -> None:
        """Return once the next server has taken responsibility; raises `MailDeferred` or `MailRefused`."""
        ...
