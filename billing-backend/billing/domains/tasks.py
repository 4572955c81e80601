"""Due work of domains."""

from collections.abc import Mapping
from datetime import timedelta

from billing.domains.actions.sync import sync_unsynced
from billing.domains.ports import Registrars
from billing.kit.container import Container
from billing.kit.db import Database
from billing.kit.tasks import TaskFunction
from service_kit.clock import Clock

TASKS: Mapping[str, TaskFunction] = {}

_PAUSE = timedelta(minutes=5)
_BATCH = 5


async def sweep(container: Container) -> int:
    """Fetch the dates of domains that were registered while the registrar did not tell them; return how many."""
    return await sync_unsynced(
        container.get(Database), container.get(Registrars), container.get(Clock), pause=_PAUSE, limit=_BATCH
    )
