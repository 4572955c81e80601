"""What working on a fulfillment step can come to."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

from billing.kit.db import Session

Effect = Callable[[Session], Awaitable[None]]


async def no_effect(_: Session) -> None:
    """Change nothing else in the finishing transaction."""


@dataclass(frozen=True, slots=True)
class Done:
    """The effect is there. `effect` runs in the transaction that ends the step."""

    result: dict[str, object] = field(default_factory=dict)
    effect: Effect = no_effect


@dataclass(frozen=True, slots=True)
class Skipped:
    """There is nothing to do, for a reason kept in the result."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refunded:
    """The item can never be delivered; its price went back. `amount` in minor units of the order's currency."""

    amount: int
    refund_id: str
    code: str
    message: str
    effect: Effect = no_effect


@dataclass(frozen=True, slots=True)
class Later:
    """Not yet: try again after `after`, or after the usual back-off. `counts` is false for waiting that is
    no failure."""

    code: str
    message: str
    after: timedelta | None = None
    counts: bool = True


@dataclass(frozen=True, slots=True)
class NeedsAttention:
    """A person has to look."""

    code: str
    message: str


Outcome = Done | Skipped | Refunded | Later | NeedsAttention
