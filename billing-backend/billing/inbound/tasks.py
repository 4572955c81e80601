from billing.inbound import repository
from billing.inbound.drain import Drain
from billing.inbound.inbox import DRAIN_TASK
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.settings import Settings
from service_kit.clock import Clock


async def drain(container: Container) -> None:
    await container.get(Drain).run()


async def sweep(container: Container) -> int:
    """Have events taken up whose message was lost; those that just came are left to their message."""
    due = container.get(Clock).now() - container.get(Settings).sweep_settle
    async with container.get(Database).transaction(Subject.system()) as session:
        found = await repository.count_due(session, due)
        if found:
            session.enqueue(DRAIN_TASK)
    return found


TASKS = {DRAIN_TASK: drain}
