"""What notifications need from outside: something that hands one mail to the world."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """A finished mail. `message_id` with its angle brackets; the same for every attempt at the same mail."""

    message_id: str
    to: str
    subject: str
    text: str
    html: str


class MailDeferred(Exception):
    """Not accepted now, or the outcome is not known; the same mail may be handed over again."""


class MailRefused(Exception):
    """The receiving side refused this mail for good; trying again can't help."""


class Mailer(Protocol):
    async def send(self, mail: OutgoingMail) -> None:
        """Return once the next server has taken responsibility; raises `MailDeferred` or `MailRefused`."""
        ...
