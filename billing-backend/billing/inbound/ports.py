"""What the plumbing needs from above: somebody who knows what an event means, and the vendor's signature check."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from billing.kit.db import Session

UNHANDLED = "nobody handles this type"


class Ignore(Exception):
    """The event means nothing to us; the message says why and is kept with it."""


class TryLater(Exception):
    """The event can't be handled yet: something it needs is down or has not happened. `after` in seconds."""

    def __init__(self, message: str, *, after: float = 0) -> None:
        super().__init__(message)
        self.after = after


@dataclass(frozen=True, slots=True)
class ReceivedEvent:
    """A stored event, detached from any session. `object` is the snapshot the event carried: a hint, not the truth."""

    id: str
    external_id: str
    type: str
    object: Mapping[str, Any]
    created_at: datetime


class EventHandler(Protocol):
    """Handles one kind of event in two phases, so that no transaction is open while the vendor is asked.

    Several events about one object, as told by its `id`, are handled as one: what is fetched is how things stand now,
    not what happened.
    """

    async def fetch(self, event: ReceivedEvent) -> Any:
        """Ask the vendor how things stand now. May raise `Ignore` or `TryLater`."""
        ...

    async def apply(self, session: Session, event: ReceivedEvent, fetched: Any) -> None:
        """Have the effect, in the transaction that also marks the event processed. May raise `Ignore`, `TryLater`."""
        ...


class EventHandlers:
    """Handlers by event type; filled by the composition root."""

    def __init__(self, handlers: Mapping[str, EventHandler]) -> None:
        self._handlers = dict(handlers)

    @property
    def types(self) -> list[str]:
        """The types that somebody handles, sorted."""
        return sorted(self._handlers)

    def get(self, event_type: str) -> EventHandler | None:
        return self._handlers.get(event_type)


class SignatureError(Exception):
    """The payload was not signed by the vendor, or too long ago."""


@dataclass(frozen=True, slots=True)
class VerifiedEvent:
    """`text` is the body as it came: a JSON object."""

    external_id: str
    type: str
    api_version: str | None
    text: str


class WebhookVerifier(Protocol):
    def verify(self, body: bytes, signature: str) -> VerifiedEvent:
        """Return the event of a raw body; raises `SignatureError`."""
        ...
