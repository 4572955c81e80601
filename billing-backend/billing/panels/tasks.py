"""Panel commands in the background."""

import uuid

from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.kit.tasks import TaskFunction
from billing.panels.actions import converge as action
from billing.panels.actions.want_status import CONVERGE_TASK
from billing.panels.command_repository import list_due
from billing.settings import Settings
from service_kit.clock import Clock

_BATCH = 200


async def converge(container: Container, command_id: str) -> None:
    await action.converge(container, uuid.UUID(command_id))


async def sweep(container: Container) -> int:
    """Re-enqueue commands that are due, and those whose worker died; return how many."""
    now = container.get(Clock).now()
    settled = now - container.get(Settings).sweep_settle
    async with container.get(Database).transaction(Subject.system()) as session:
        due = await list_due(session, now=now, settled=settled, limit=_BATCH)
        for command_id in due:
            session.enqueue(CONVERGE_TASK, str(command_id))
    return len(due)


TASKS: dict[str, TaskFunction] = {CONVERGE_TASK: converge}
