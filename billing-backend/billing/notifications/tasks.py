"""Mail in the background."""

import uuid
from datetime import timedelta

from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.kit.tasks import TaskFunction
from billing.notifications import delivery
from billing.notifications.repository import blank_bodies, list_due
from billing.notifications.service import DELIVER_TASK
from service_kit.clock import Clock

# Long enough for support to see what a customer was told.
BODIES_KEPT_FOR = timedelta(days=30)
_AT_ONCE = 200


async def deliver(container: Container, mail_id: str) -> None:
    await delivery.deliver(container, uuid.UUID(mail_id))


async def sweep(container: Container) -> int:
    """Enqueue every mail that is due, whatever became of its message, and blank old bodies; returns how many."""
    now = container.get(Clock).now()
    async with container.get(Database).transaction(Subject.system()) as session:
        due = await list_due(session, now, limit=_AT_ONCE)
        for mail_id in due:
            session.enqueue(DELIVER_TASK, str(mail_id))
        blanked = await blank_bodies(session, before=now - BODIES_KEPT_FOR, limit=_AT_ONCE)
    return len(due) + blanked


TASKS: dict[str, TaskFunction] = {DELIVER_TASK: deliver}
