"""Tasks of refunds, and the sweep that finds those nobody finished."""

import uuid

from sqlalchemy import select

from billing.flows.mirror.refund import FINISH_TASK
from billing.flows.refund.finish import finish_refund
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.payments.models import Refund
from service_kit.clock import Clock

SWEEP_BATCH = 200


async def finish(container: Container, refund_id: str) -> None:
    await finish_refund(container, uuid.UUID(refund_id))


async def sweep(container: Container) -> int:
    """Enqueue refunds that still need the provider; returns how many."""
    now = container.get(Clock).now()
    due = select(Refund.id).where(Refund.next_attempt_at <= now).order_by(Refund.next_attempt_at).limit(SWEEP_BATCH)
    async with container.get(Database).transaction(Subject.system()) as session:
        ids = (await session.execute(due)).scalars().all()
        for refund_id in ids:
            session.enqueue(FINISH_TASK, str(refund_id))
    return len(ids)


TASKS = {FINISH_TASK: finish}
