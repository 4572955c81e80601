import uuid
from datetime import timedelta

from billing.kit.db import Session
from billing.orders import repository
from billing.orders.models import FulfillmentAttempt, FulfillmentStep
from service_kit.clock import Clock


async def claim_step(session: Session, clock: Clock, step_id: uuid.UUID, lease: timedelta) -> FulfillmentStep | None:
    """Take a due step for this worker for `lease`, and write the attempt down; None when there is nothing to do."""
    step = await repository.claim_step(session, step_id, now=clock.now(), lease=lease)
    if step is not None:
        session.add(
            FulfillmentAttempt(step_id=step.id, user_id=step.user_id, number=step.attempts, started_at=clock.now())
        )
        await session.flush()
    return step
