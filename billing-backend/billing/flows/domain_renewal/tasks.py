"""Every hour: which domains near their end, and what is to be done about them."""

import uuid

from billing.flows.domain_renewal import carry_out as action
from billing.flows.domain_renewal import repository
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.kit.tasks import TaskFunction
from service_kit.clock import Clock

CARRY_OUT_TASK = "domains.carry_out_renewal"
_BATCH = 500


async def carry_out(container: Container, renewal_id: str) -> None:
    await action.carry_out(container, uuid.UUID(renewal_id))


async def tidy(container: Container) -> int:
    """Begin the stages that domains have come to, and enqueue what is open; return how many that are."""
    now = container.get(Clock).now()
    async with container.get(Database).transaction(Subject.system()) as session:
        await repository.begin_due(session, now.date(), now, _BATCH)
        found = await repository.list_open(session, now, _BATCH)
        for renewal_id in found:
            session.enqueue(CARRY_OUT_TASK, str(renewal_id))
    return len(found)


TASKS: dict[str, TaskFunction] = {CARRY_OUT_TASK: carry_out}
