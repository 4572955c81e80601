"""Due work of licenses."""

from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.licenses import repository
from billing.licenses.actions.lifecycle import expire_license
from service_kit.clock import Clock

_BATCH = 200


async def sweep(container: Container) -> int:
    """Mark licenses whose time and grace have passed as expired; return how many.

    Validation goes by time and does not wait for this: the status is for lists and people.
    """
    async with container.get(Database).transaction(Subject.system()) as session:
        overdue = await repository.lock_overdue(session, container.get(Clock).now(), limit=_BATCH)
        for license_row in overdue:
            await expire_license(session, license_row)
    return len(overdue)
