import uuid

from billing.inbound import repository, service
from billing.inbound.ports import EventHandlers
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.settings import Settings
from service_kit.clock import Clock

SWEEP_BATCH = 200


async def process(container: Container, event_id: str) -> None:
    await service.process(
        container.get(Database), container.get(EventHandlers), container.get(Clock), uuid.UUID(event_id)
    )


async def sweep(container: Container) -> int:
    """Take up events whose message was lost; those that just came are left to their message."""
    database = container.get(Database)
    due = container.get(Clock).now() - container.get(Settings).sweep_settle
    async with database.transaction(Subject.system()) as session:
        ids = await repository.list_due(session, due, SWEEP_BATCH)
        for event_id in ids:
            session.enqueue(service.PROCESS_TASK, str(event_id))
    return len(ids)


TASKS = {service.PROCESS_TASK: process}
