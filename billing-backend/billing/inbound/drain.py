"""The way on: workers claim stored events and handle each exactly once.

A claim is a lease: it moves `next_attempt_at` on, so that a worker that dies gives its events back by itself. What
makes an effect happen once is not the claim but the transaction that has it: the same one marks the events processed.
Several events about one object all mean "look at it again"; those claimed together are handled by one look.
"""

import asyncio
import uuid
from collections.abc import Sequence
from datetime import timedelta

from billing.inbound import repository
from billing.inbound.inbox import DRAIN_TASK
from billing.inbound.ports import UNHANDLED, EventHandler, EventHandlers, Ignore, ReceivedEvent, TryLater
from billing.kit.db import Database, Subject
from billing.kit.retry import RetryPolicy
from billing.kit.tasks import Message, TaskQueue
from service_kit.clock import Clock
from service_kit.logs import get_logger, mask

log = get_logger(__name__)

RETRY = RetryPolicy(max_failures=15, first=timedelta(seconds=2), longest=timedelta(minutes=30))
_HANDS = 16
# A few are shared among workers; the longer the backlog, the more are claimed, and looked at, together.
_FEWEST, _MOST = 32, 512
# Then it makes way for what else waits in the queue, and starts anew.
_MOST_IN_A_ROW = 2000


class Drain:
    """One worker's hands; `lease` is how long an event may take before another worker tries."""

    def __init__(
        self, database: Database, handlers: EventHandlers, queue: TaskQueue, clock: Clock, *, lease: timedelta
    ) -> None:
        self._database = database
        self._handlers = handlers
        self._queue = queue
        self._clock = clock
        self._lease = lease
        self._hands = asyncio.Semaphore(_HANDS)
        self._claiming = False
        self._asked_again = False

    async def run(self) -> None:
        """Handle the events that are due until none is left. Never raises for a failing handler."""
        if self._claiming:
            # Whoever claims right now looks once more.
            self._asked_again = True
            return
        self._claiming = True
        at_work: set[asyncio.Task[None]] = set()
        try:
            is_more = await self._claim_all(at_work)
        finally:
            self._claiming = False
            await asyncio.gather(*at_work)
        if is_more:
            await self._queue.publish([Message(DRAIN_TASK)])

    async def _claim_all(self, at_work: set[asyncio.Task[None]]) -> bool:
        """Claim and start handling, as long as hands are free; return whether more may be due."""
        claimed, limit = 0, _FEWEST
        while claimed < _MOST_IN_A_ROW:
            self._asked_again = False
            async with self._hands:
                now = self._clock.now()
                events = await repository.claim(self._database, now, self._lease, limit)
            if not events and not self._asked_again:
                return False
            claimed += len(events)
            limit = min(limit * 2, _MOST) if len(events) == limit else _FEWEST
            for handler, group in self._grouped(events):
                await self._hands.acquire()
                if self._clock.now() >= now + self._lease:
                    # It took too long to get here: these are due again, for whoever claims them.
                    self._hands.release()
                    break
                at_work.add(asyncio.create_task(self._handle_and_let_go(handler, group)))
        return True

    def _grouped(self, events: Sequence[ReceivedEvent]) -> list[tuple[EventHandler | None, list[ReceivedEvent]]]:
        """Return what is handled together: the same object's events with the same handler, newest first."""
        groups: dict[tuple[int, str], tuple[EventHandler | None, list[ReceivedEvent]]] = {}
        for event in events:
            handler, object_id = self._handlers.get(event.type), event.object.get("id")
            about = object_id if isinstance(object_id, str) else event.id
            groups.setdefault((id(handler), about), (handler, []))[1].insert(0, event)
        return list(groups.values())

    async def _handle_and_let_go(self, handler: EventHandler | None, events: list[ReceivedEvent]) -> None:
        try:
            await self._handle(handler, events)
        except Exception:
            # Not even the failure could be written down: their lease brings them back.
            log.exception("events left to their lease", event_id=events[0].external_id, together=len(events))
        finally:
            self._hands.release()

    async def _handle(self, handler: EventHandler | None, events: list[ReceivedEvent]) -> None:
        if handler is None:
            await self._note(events, Ignore(UNHANDLED))
            return
        for position, event in enumerate(events):
            try:
                fetched = await handler.fetch(event)
            except TryLater as error:
                await self._note(events[position:], error)
                return
            except Exception as error:  # noqa: BLE001 - whatever went wrong, the event must not be lost
                # What this one carried may be odd; the next may do.
                await self._note([event], error)
                continue
            await self._apply(handler, events[position:], fetched)
            return

    async def _apply(self, handler: EventHandler, events: Sequence[ReceivedEvent], fetched: object) -> None:
        event, ids = events[0], [uuid.UUID(event.id) for event in events]
        try:
            async with self._database.transaction(Subject.system()) as session:
                if not await repository.mark_processed(session, ids, self._clock.now()):
                    return
                await handler.apply(session, event, fetched)
        except Exception as error:  # noqa: BLE001 - no event may be lost
            await self._note(events, error)
        else:
            log.info("event processed", event_id=event.external_id, type=event.type, together=len(events))

    async def _note(self, events: Sequence[ReceivedEvent], outcome: Exception) -> None:
        ids = [uuid.UUID(event.id) for event in events]
        if isinstance(outcome, Ignore):
            await repository.mark_ignored(self._database, ids, self._clock.now(), str(outcome))
            return
        message = str(mask(f"{type(outcome).__name__}: {outcome}"))[:2000]
        async with self._database.transaction(Subject.system()) as session:
            for row in await repository.lock_unprocessed(session, ids):
                if row.attempts + 1 >= RETRY.max_failures:
                    log.error("event failed for good", event_id=row.external_id, type=row.event_type, error=message)
                    row.mark_failed(message)
                    continue
                pause = RETRY.pause(row.attempts + 1)
                if isinstance(outcome, TryLater):
                    pause = max(pause, timedelta(seconds=outcome.after))
                else:
                    log.warning("event postponed", event_id=row.external_id, type=row.event_type, error=message)
                row.postpone(self._clock.now() + pause, message)
