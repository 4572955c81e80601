import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from billing.kit.db import Session
from billing.orders import repository
from billing.orders.models import FulfillmentAttempt, FulfillmentStep
from service_kit.clock import Clock


@dataclass(frozen=True, slots=True)
class Claim:
    """Who holds a step: `attempt` counts claims, so it tells this holder from every other one."""

    order_id: uuid.UUID
    step_id: uuid.UUID
    attempt: int

    @classmethod
    def on(cls, step: FulfillmentStep) -> "Claim":
        """Return the claim of whoever claimed `step` just now."""
        return cls(step.order_id, step.id, step.attempts)


async def claim_step(session: Session, clock: Clock, step_id: uuid.UUID, lease: timedelta) -> FulfillmentStep | None:
    """Take a due step for this worker for `lease`, and write the attempt down; None when there is nothing to do."""
    step = await repository.claim_step(session, step_id, now=clock.now(), lease=lease)
    if step is not None:
        await _write_down(session, step, clock.now())
    return step


async def claim_woken_step(session: Session, clock: Clock, step: FulfillmentStep, lease: timedelta) -> None:
    """Take a step that `session` itself has just made due: nobody else can see that yet."""
    now = clock.now()
    step.claim(now, lease)
    await _write_down(session, step, now)


async def _write_down(session: Session, step: FulfillmentStep, at: datetime) -> None:
    session.add(FulfillmentAttempt(step_id=step.id, user_id=step.user_id, number=step.attempts, started_at=at))
    await session.flush()
