"""The time of a whole stack, moved by the sandbox's clock; knows when everybody has done what was due."""

import asyncio
import time
from datetime import datetime, timedelta
from pathlib import Path

from service_kit.clock import FileClock
from testkit.processes import PATIENCE
from tests.faults.stack import Stack
from tests.timeline import Timeline

# What is due in each table at the time %(now)s, whoever may do it.
_DUE = {
    "events": "webhook_events WHERE status = 'received' AND next_attempt_at <= %(now)s",
    "steps": "fulfillment_steps WHERE status = 'pending' OR (status = 'waiting' AND next_attempt_at <= %(now)s)",
    "cases": "dunning_cases WHERE closed_at IS NULL AND next_action_at <= %(now)s"
    " AND (lease_until IS NULL OR lease_until < %(now)s)",
    "panel commands": "panel_commands WHERE status IN ('pending', 'waiting') AND next_attempt_at <= %(now)s",
    "refunds": "refunds WHERE next_attempt_at <= %(now)s",
    "changes": "subscription_changes WHERE status = 'confirmed'",
    "ends": "subscriptions WHERE end_requested_at IS NOT NULL",
    "mails": "email_messages WHERE status IN ('queued', 'sending') AND coalesce(next_attempt_at, %(now)s) <= %(now)s",
}
# What somebody has in hand right now, or had when they were killed.
_HELD = {
    "claimed events": "webhook_events WHERE status = 'received' AND attempts = 0 AND next_attempt_at > %(now)s",
    "running steps": "fulfillment_steps WHERE status = 'running'",
    "running cases": "dunning_cases WHERE closed_at IS NULL AND lease_until >= %(now)s",
    "running panel commands": "panel_commands WHERE status = 'running'",
    "mails on the wire": "email_messages WHERE status = 'sending' AND next_attempt_at > %(now)s",
}
# What may be put off, but not for good.
_OPEN = {
    "events": "webhook_events WHERE status = 'received'",
    "steps": "fulfillment_steps WHERE status IN ('pending', 'running', 'waiting')",
    "panel commands": "panel_commands WHERE status IN ('pending', 'running', 'waiting')",
    "mails": "email_messages WHERE status IN ('queued', 'sending')",
}
_HOURS_OF_REST = 12
_PAUSE = 0.2
# Far longer than anything takes that is held by somebody alive; then the leases of the dead are ended.
_DEAD_AFTER = 10.0


def _counts(tables: dict[str, str]) -> str:
    return "SELECT " + ", ".join(f'(SELECT count(*) FROM {where}) AS "{name}"' for name, where in tables.items())


class StackTimeline(Timeline[Stack]):
    """Moves the time of all processes of a stack at once."""

    def __init__(self, stack: Stack, clock_file: Path) -> None:
        super().__init__(stack)
        self._clock = FileClock(clock_file)
        self._ahead = timedelta()

    @property
    def ahead(self) -> timedelta:
        return self._ahead

    @property
    def now(self) -> datetime:
        return self._clock.now()

    async def listen(self) -> None:
        """Nothing to be done: the processes listen by themselves, and `settle` waits for them."""

    async def go_to(self, at: datetime) -> None:
        """Move to a time, and wait until all that fell due meanwhile is done."""
        by = max(timedelta(), at - self.now)
        await self.admin("POST", "clock/advance", seconds=int(by.total_seconds()))
        self._ahead += by
        await self.settle()

    async def settle(self) -> None:
        """Return when nothing is due any more; AssertionError with what is left when patience ends."""
        end, held_since = time.monotonic() + PATIENCE, time.monotonic()
        while True:
            due, held = await self._look()
            if not due and not held:
                return
            if due:
                held_since = time.monotonic()
            elif time.monotonic() - held_since > _DEAD_AFTER:
                await self.world.end_leases()
                held_since = time.monotonic()
            if time.monotonic() > end:
                raise AssertionError(f"not done after {PATIENCE:g} s: {due} {held}")
            await asyncio.sleep(_PAUSE)

    async def come_to_rest(self) -> None:
        """Let hours pass until nobody has anything left to do, not even what was put off."""
        is_open = True
        for _ in range(_HOURS_OF_REST):
            await self.go_to(self.now + timedelta(hours=1))
            (row,) = await self.world.rows(_counts(_OPEN))
            is_open = any(row.values())
            if not is_open:
                break
        assert not is_open, "something is never done"

    async def _look(self) -> tuple[dict[str, int], dict[str, int]]:
        """Return how much is due, and how much somebody has in hand."""
        pending = (await self.admin("GET", "stripe/deliveries?state=pending&limit=1"))["deliveries"]
        found: list[dict[str, int]] = []
        for tables in (_DUE, _HELD):
            (row,) = await self.world.rows(_counts(tables), now=self.now)
            found.append({name: count for name, count in row.items() if count})
        return found[0] | ({"deliveries": len(pending)} if pending else {}), found[1]
