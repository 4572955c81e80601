"""The year itself: everybody buys, months go by, deeds are done, and at the end it is audited."""

import asyncio
import calendar
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import TypeVar

from tests.faults.stack import CLOCK, Stack, running_stack
from tests.year.audit import compare, count, imbalance
from tests.year.cast import DAY_OF, Moment, Part, Shopper, cast
from tests.year.timeline import StackTimeline

AT_A_TIME = 8
# A renewal is drafted at the end of the period and charged an hour later.
RENEWED = timedelta(minutes=90)
SETTINGS = {
    # Everybody's month ends in the same minutes here, which is what the brake is for; it has tests of its own.
    "dunning_brake_accounts": 1_000_000,
    "rate_limit_log_ins_per_address": 1_000_000,
    "log_level": "WARNING",
}
RETRY_DAYS = [1, 3, 5, 12]
WORKERS = 2
# What a worker prints when it has loaded everything and begins.
_BANNER = "[queues]"

Done = TypeVar("Done")


@dataclass
class Year:
    """How it went. `seconds` of each part; `differences` is a line for each object of which our row is another.

    `imbalance` in minor units. `totals` are the same for the same year, however often a worker was killed in it.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)
    imbalance: int = 0
    totals: dict[str, int] = field(default_factory=dict)
    kills: int = 0

    @contextlib.contextmanager
    def part(self, name: str) -> Iterator[None]:
        started = time.monotonic()
        yield
        self.seconds[name] = self.seconds.get(name, 0) + time.monotonic() - started


def later(at: datetime, months: int) -> datetime:
    """Return the same day and time so many months later, or the month's last day where it has no such day."""
    years, month = divmod(at.month - 1 + months, 12)
    days = calendar.monthrange(at.year + years, month + 1)[1]
    return at.replace(year=at.year + years, month=month + 1, day=min(at.day, days))


async def live(
    home: Path, *, customers: int, months: int, kill_every: float | None = None, say: Callable[[str], None] = print
) -> Year:
    """Let a year go by; with `kill_every` a worker is killed every so many seconds. Raises AssertionError."""
    year = Year()
    async with running_stack(home, workers=WORKERS, settings=SETTINGS) as stack:
        stack.pause = 0.25
        timeline = StackTimeline(stack, home / CLOCK)
        await timeline.stripe_settings(after_retries="past_due", retry_days=RETRY_DAYS)
        async with _killing(stack, kill_every, year):
            await _live(timeline, cast(customers, months), months, year, say)
        with year.part("audit"):
            year.differences, year.totals = await compare(stack), await count(stack)
            # Fees are nothing an event tells of.
            await stack.run_billing("reconcile")
            year.imbalance = await imbalance(stack)
    return year


async def _live(
    timeline: StackTimeline, parts: Sequence[Part], months: int, year: Year, say: Callable[[str], None]
) -> None:
    with year.part("orders"):
        shoppers = await _at_once(Shopper.with_plan(timeline, part.order) for part in parts)
        await timeline.settle()
    say(f"{len(parts)} orders: {year.seconds['orders']:.0f} s")
    people, begun = list(zip(parts, shoppers, strict=True)), timeline.now
    for month in range(1, months + 1):
        with year.part(f"month {month}"):
            for moment in Moment:
                await timeline.go_to(later(begun, month - 1) + timedelta(days=DAY_OF[moment]))
                deeds = [(deed, who) for part, who in people for deed in part.deeds(month, moment)]
                await _at_once(deed.do(who) for deed, who in deeds)
                await timeline.settle()
            await timeline.go_to(later(begun, month) + RENEWED)
        say(f"month {month} of {months}: {year.seconds[f'month {month}']:.0f} s")
    with year.part("rest"):
        await timeline.come_to_rest()


async def _at_once(doing: Iterable[Awaitable[Done]]) -> list[Done]:
    """Do it all, a few at a time; return what came of it in order."""
    gate = asyncio.Semaphore(AT_A_TIME)

    async def one(work: Awaitable[Done]) -> Done:
        async with gate:
            return await work

    return await asyncio.gather(*(one(work) for work in doing))


@contextlib.asynccontextmanager
async def _killing(stack: Stack, every: float | None, year: Year) -> AsyncIterator[None]:
    """Kill -9 one worker after the other and start it again, each time when all have worked for `every` seconds."""
    workers = [service for name, service in stack.services.items() if name.startswith("worker")]
    starts = dict.fromkeys((service.name for service in workers), 1)

    async def all_work() -> bool:
        return all(
            service.process is not None and service.process.log_text().count(_BANNER) >= starts[service.name]
            for service in workers
        )

    async def kill() -> None:
        for service in cycle(workers):
            await stack.until("all workers at work", all_work)
            await asyncio.sleep(every or 0)
            await asyncio.to_thread(service.kill)
            await stack.end_leases()
            service.start()
            starts[service.name] += 1
            year.kills += 1

    killer = asyncio.create_task(kill()) if every else None
    try:
        yield
    finally:
        if killer is not None:
            killer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await killer
