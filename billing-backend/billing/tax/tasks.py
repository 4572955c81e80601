"""VAT numbers in the background."""

import uuid

from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.kit.tasks import TaskFunction
from billing.tax import repository
from billing.tax.actions import check_vat as action
from service_kit.clock import Clock

_AT_ONCE = 100


async def check_vat(container: Container, check_id: str) -> None:
    await action.check_vat(container, uuid.UUID(check_id))


async def sweep(container: Container) -> int:
    """Enqueue every question that is due, whatever became of its message; returns how many."""
    async with container.get(Database).transaction(Subject.system()) as session:
        due = await repository.list_due_checks(session, container.get(Clock).now(), _AT_ONCE)
        for check_id in due:
            session.enqueue(action.CHECK_TASK, str(check_id))
    return len(due)


TASKS: dict[str, TaskFunction] = {action.CHECK_TASK: check_vat}
