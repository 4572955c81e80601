"""Write down what came of a step, and wake up what waited for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from billing.kit.db import Session
from billing.kit.retry import RetryPolicy
from billing.orders import repository
from billing.orders.actions.claim_step import Claim
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
# Done, these give the customer what the item was bought for.
DELIVERING = frozenset({StepKind.PROVISION_ACCOUNT, StepKind.REGISTER_DOMAIN, StepKind.RENEW_DOMAIN})


@dataclass(frozen=True, slots=True)
class Finished:
    """The order after one of its steps ended or was put off; `woken` are due now, and nobody has been told yet."""

    order: Order
    items: Sequence[OrderItem]
    step: FulfillmentStep
    woken: Sequence[FulfillmentStep]


async def finish_step(
    session: Session, clock: Clock, policy: RetryPolicy, claim: Claim, outcome: Outcome
) -> Finished | None:
    """Record `outcome` of `claim`; None when another attempt holds the step by now, and nothing is changed.

    The order is locked first, so that two steps ending at once can't both miss that they were the last. The caller
    claims or enqueues what was woken.
    """
    order = await repository.lock_order(session, claim.order_id)
    assert order is not None
    step = await repository.lock_claimed_step(session, claim.step_id, claim.attempt)
    if step is None:
        return None
    items = await repository.items_of(session, order.id)
    item = next((item for item in items if item.id == step.order_item_id), None)
    now = clock.now()
    await apply_outcome(session, policy, order, item, step, outcome, now)
    error = (outcome.code, outcome.message) if isinstance(outcome, Later | NeedsAttention | Refunded) else None
    await repository.close_attempt(session, step, now, error)
    woken = wake_steps(order, await repository.steps_of(session, order.id), now)
    return Finished(order, items, step, woken)


async def apply_outcome(
    session: Session,
    policy: RetryPolicy,
    order: Order,
    item: OrderItem | None,
    step: FulfillmentStep,
    outcome: Outcome,
    now: datetime,
) -> None:
    """Change the step, its item and the order as `outcome` says, and run its effect."""
    match outcome:
        case Done(result=result, effect=effect):
            step.end(StepStatus.DONE, now, result)
            if item is not None and step.kind in DELIVERING:
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


async def advance(session: Session, order: Order, now: datetime) -> None:
    """Wake the steps whose turn has come, and settle the order at the end. The caller holds the order's lock."""
    for step in wake_steps(order, await repository.steps_of(session, order.id), now):
        session.enqueue(RUN_TASK, str(step.id))
    await session.flush()


def wake_steps(order: Order, steps: Sequence[FulfillmentStep], now: datetime) -> list[FulfillmentStep]:
    """Make steps due whose turn has come and return them; skip those that lost what they build on.

    When all have ended the order is settled. `steps` are all steps of the order.
    """
    by_id = {str(step.id): step for step in steps}
    due: list[FulfillmentStep] = []
    changed = True
    while changed:
        changed = False
        for step in steps:
            if step.status is not StepStatus.PENDING or step.next_attempt_at is not None:
                continue
            needed = [by_id[str(key)] for key in step.depends_on]
            settled = all(_is_settled(by_id[str(key)], by_id) for key in step.follows)
            if any(other.status in {StepStatus.REFUNDED, StepStatus.SKIPPED} for other in needed):
                step.end(StepStatus.SKIPPED, now, {"reason": "what it builds on was not delivered"})
                # That may free or doom further ones.
                changed = True
            elif settled and all(other.status is StepStatus.DONE for other in needed):
                step.mark_due(now)
                due.append(step)
    if all(step.status in ENDED for step in steps):
        order.mark_settled(now)
    return due


def _is_settled(step: FulfillmentStep, by_id: dict[str, FulfillmentStep]) -> bool:
    """Whether followers need not wait for the step: it ended, or it (or what it needs) is held up."""
    if step.status is StepStatus.PENDING and step.next_attempt_at is None:
        return any(by_id[str(key)].status in HELD_UP for key in step.depends_on)
    return step.status in ENDED or step.status in HELD_UP
