"""What happens without anybody asking: half-done work is finished or undone, databases follow their accounts.

Any number of processes may run this at once: each piece of work is claimed in the database first.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

from nextpanel.accounts import repository as accounts
from nextpanel.databases.actions.follow import back_up_next, follow_lock_next, purge_next
from nextpanel.databases.actions.settle import settle_next
from nextpanel.databases.actions.tools import DatabaseTools
from nextpanel.kit import idempotency, limits
from nextpanel.provisioning.auth import remove_spent
from service_kit.logs import get_logger

log = get_logger(__name__)

_JOBS: tuple[Callable[[DatabaseTools], Awaitable[bool]], ...] = (
    follow_lock_next,
    settle_next,
    purge_next,
    back_up_next,
)
_MOST_AT_ONCE = 1000


class Maintenance:
    """Runs every `interval`, and at once when woken."""

    def __init__(self, tools: DatabaseTools, *, interval: timedelta) -> None:
        self._tools = tools
        self._interval = interval.total_seconds()
        self._woken = asyncio.Event()

    def wake(self) -> None:
        self._woken.set()

    async def run_once(self) -> int:
        """Do everything that is due now; returns how many pieces of work that was."""
        done = 0
        for job in _JOBS:
            while done < _MOST_AT_ONCE and await job(self._tools):
                done += 1
        now = self._tools.clock.now()
        async with self._tools.database.transaction() as session:
            await accounts.remove_expired(session, now)
            await idempotency.remove_expired(session, now)
            await limits.remove_expired(session, now)
            await remove_spent(session, now)
        return done

    async def _run(self) -> None:
        while True:
            self._woken.clear()
            try:
                await self.run_once()
            except Exception:
                # Nothing may end this loop: the rows are still there and the next round finds them.
                log.exception("maintenance failed")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), self._interval)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run in the background for the length of the block."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
