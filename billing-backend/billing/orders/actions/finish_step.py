"""Write down what came of a step, and wake up what waited for it."""

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from billing.kit.db import Session
from billing.orders import repository
from billing.orders.models import (
    ENDED,
    HELD_UP,
    FulfillmentStep,
    ItemStatus,
    Order,
    OrderItem,
    StepKind,
    StepStatus,
)
from billing.orders.outcomes import Done, Later, NeedsAttention, Outcome, Refunded, Skipped
from service_kit.clock import Clock
from service_kit.logs import get_logger

log = get_logger(__name__)

RUN_TASK = "orders.run_step"
_DELIVERING = frozenset({StepKind.PROVISION_ACCOUNT, StepKind.REGISTER_DOMAIN})


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Back-off doubles from `first` to `longest`, with jitter; after `max_failures` a person looks."""

    max_failures: int
    first: timedelta
    longest: timedelta

    def pause(self, failures: int) -> timedelta:
        seconds = min(self.first.total_seconds() * 2 ** min(max(failures - 1, 0), 20), self.longest.total_seconds())
        return timedelta(seconds=seconds * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, not a secret


async def finish_step(
    session: Session, clock: Clock, policy: RetryPolicy, *, step_id: uuid.UUID, attempt: int, outcome: Outcome
) -> bool:
    """Record `outcome` of `attempt`; False when another attempt holds the step by now, and nothing is changed.

    The order is locked first, so that two steps ending at once can't both miss that they were the last.
    """
    step = await repository.get_step(session, step_id)
    assert step is not None
    order = await repository.lock_order(session, step.order_id)
    assert order is not None
    step = await repository.lock_claimed_step(session, step_id, attempt)
    if step is None:
        return False
    item = await session.get(OrderItem, step.order_item_id) if step.order_item_id else None
    now = clock.now()
    await _apply(session, policy, order, item, step, outcome, now)
    await _close_attempt(session, step, attempt, outcome, now)
    await session.flush()
    await advance(session, order, now)
    return True


async def _apply(
    session: Session,
    policy: RetryPolicy,
    order: Order,
    item: OrderItem | None,
    step: FulfillmentStep,
    outcome: Outcome,
    now: datetime,
) -> None:
    match outcome:
        case Done(result=result, effect=effect):
            step.end(StepStatus.DONE, now, result)
            if item is not None and step.kind in _DELIVERING:
                item.mark_delivered()
            await effect(session)
        case Skipped(reason=reason):
            step.end(StepStatus.SKIPPED, now, {"reason": reason})
        case Refunded():
            step.end(StepStatus.REFUNDED, now, {"refund_id": outcome.refund_id, "amount": outcome.amount})
            step.last_error_code, step.last_error = outcome.code, outcome.message
            if item is not None and item.status is not ItemStatus.REFUNDED:
                item.mark_refunded(outcome.amount, outcome.refund_id)
                order.refunded_amount += outcome.amount
            await outcome.effect(session)
        case NeedsAttention(code=code, message=message):
            step.give_up(now, code, message)
        case Later(counts=True) if step.failures + 1 >= policy.max_failures:
            step.give_up(now, outcome.code, outcome.message)
        case Later():
            step.failures += int(outcome.counts)
            pause = outcome.after or policy.pause(step.failures)
            step.postpone(now + pause, outcome.code, outcome.message)
            session.enqueue(RUN_TASK, str(step.id), countdown=pause.total_seconds())
    if step.status is StepStatus.NEEDS_ATTENTION:
        log.error("step needs attention", order_id=str(order.id), step=step.kind, code=step.last_error_code)


async def _close_attempt(session: Session, step: FulfillmentStep, number: int, outcome: Outcome, now: datetime) -> None:
    attempt = await repository.latest_attempt(session, step.id, number)
    assert attempt is not None
    attempt.finished_at = now
    attempt.outcome = step.status
    if isinstance(outcome, Later | NeedsAttention | Refunded):
        attempt.error_code, attempt.error = outcome.code, outcome.message


async def advance(session: Session, order: Order, now: datetime) -> None:
    """Make steps due whose turn has come, skip those that lost what they build on, and settle the order at the end.

    The caller holds the order's lock.
    """
    steps = await repository.list_steps(session, [order.id])
    by_id = {str(step.id): step for step in steps}
    changed = True
    while changed:
        changed = False
        for step in steps:
            if step.status is StepStatus.PENDING and step.next_attempt_at is None:
                changed = _wake(session, step, by_id, now) or changed
    if all(step.status in ENDED for step in steps):
        order.mark_settled(now)
    await session.flush()


def _wake(session: Session, step: FulfillmentStep, by_id: dict[str, FulfillmentStep], now: datetime) -> bool:
    """Decide about one step that waits for others; return whether it ended, which may free or doom further ones."""
    needed: Sequence[FulfillmentStep] = [by_id[str(key)] for key in step.depends_on]
    followed: Sequence[FulfillmentStep] = [by_id[str(key)] for key in step.follows]
    if any(other.status in {StepStatus.REFUNDED, StepStatus.SKIPPED} for other in needed):
        step.end(StepStatus.SKIPPED, now, {"reason": "what it builds on was not delivered"})
        return True
    if all(other.status is StepStatus.DONE for other in needed) and all(_is_settled(o, by_id) for o in followed):
        step.mark_due(now)
        session.enqueue(RUN_TASK, str(step.id))
    return False


def _is_settled(step: FulfillmentStep, by_id: dict[str, FulfillmentStep]) -> bool:
    """Whether followers need not wait for the step: it ended, or it (or what it needs) is held up."""
    if step.status is StepStatus.PENDING and step.next_attempt_at is None:
        return any(by_id[str(key)].status in HELD_UP for key in step.depends_on)
    return step.status in ENDED or step.status in HELD_UP
