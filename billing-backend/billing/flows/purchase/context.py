"""What a step handler gets to see and to use."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from billing.accounts.models import User
from billing.kit.container import Container
from billing.orders.models import FulfillmentStep, Order, OrderItem, StepKind
from billing.orders.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class StepContext:
    """The step as claimed, with its order; rows are detached, changes go through the outcome's effect."""

    container: Container
    step: FulfillmentStep
    order: Order
    item: OrderItem | None
    user: User

    @property
    def item_or_raise(self) -> OrderItem:
        """Return the item of a step that has one by construction."""
        assert self.item is not None
        return self.item


Handler = Callable[[StepContext], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class StepDefinition:
    """How to work on a kind of step, and how long that may take: the lease is this plus a margin."""

    kind: StepKind
    timeout: timedelta
    handle: Handler
