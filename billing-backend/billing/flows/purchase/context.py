"""What a step handler gets to see and to use."""

from collections.abc import Awaitable, Callable, Sequence
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
    items: Sequence[OrderItem]
    user: User

    @property
    def item(self) -> OrderItem:
        """Return the item that the step delivers; every kind of step has one."""
        return next(item for item in self.items if item.id == self.step.order_item_id)


Handler = Callable[[StepContext], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class StepDefinition:
    """How to work on a kind of step, and how long that may take: the lease is this plus a margin."""

    kind: StepKind
    timeout: timedelta
    handle: Handler
