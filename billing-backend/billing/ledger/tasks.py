"""Nightly: earn what the day brought."""

from datetime import UTC

from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.ledger.actions.earn import BATCH, earn_due
from service_kit.clock import Clock


async def earn_revenue(container: Container) -> int:
    """Earn everything up to the last midnight (UTC), a batch per transaction; return how many lines moved."""
    now = container.get(Clock).now().astimezone(UTC)
    until = now.replace(hour=0, minute=0, second=0, microsecond=0)
    total = 0
    while True:
        async with container.get(Database).transaction(Subject.system()) as session:
            done = await earn_due(session, until)
        total += done
        if done < BATCH:
            return total
