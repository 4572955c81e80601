"""The way in: events that come at the same time are stored together, and workers are woken once for all of them.

Storing is one statement that commits by itself. While one is under way the events that arrive wait for the next; so
nothing waits when it is quiet, and under load the price of a commit is shared.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.exc import DBAPIError

from billing.inbound import repository
from billing.inbound.models import EventSource
from billing.inbound.ports import EventHandlers, VerifiedEvent
from billing.kit.db import Database
from billing.kit.tasks import Message, TaskQueue
from service_kit.clock import Clock

DRAIN_TASK = "inbound.drain"
_MOST_AT_ONCE = 100


class Inbox:
    """Takes verified events of one API process in; `wake_pause` is the least time between two wake-ups."""

    def __init__(
        self, database: Database, handlers: EventHandlers, queue: TaskQueue, clock: Clock, *, wake_pause: timedelta
    ) -> None:
        self._database = database
        self._handlers = handlers
        self._queue = queue
        self._clock = clock
        self._wake_pause = wake_pause.total_seconds()
        self._waiting: list[tuple[VerifiedEvent, asyncio.Future[bool]]] = []
        self._storing: asyncio.Task[None] | None = None
        self._waking: asyncio.Task[None] | None = None
        self._unheard = False

    async def receive(self, event: VerifiedEvent) -> bool:
        """Store an event and have it processed soon; return whether it is new. When this returns it is committed."""
        stored: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((event, stored))
        if self._storing is None:
            self._storing = asyncio.create_task(self._store_waiting())
        return await stored

    async def _store_waiting(self) -> None:
        # Requests that are being read right now can still come along.
        await asyncio.sleep(0)
        while self._waiting:
            batch, self._waiting = self._waiting[:_MOST_AT_ONCE], self._waiting[_MOST_AT_ONCE:]
            await self._store(batch)
        self._storing = None

    async def _store(self, batch: Sequence[tuple[VerifiedEvent, asyncio.Future[bool]]]) -> None:
        try:
            new = await repository.store(
                self._database, EventSource.STRIPE, [event for event, _ in batch], self._handlers, self._clock.now()
            )
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait have to hear of it
            if len(batch) > 1 and isinstance(error, DBAPIError) and not error.connection_invalidated:
                # One that can't be stored must not take the others down.
                for one in batch:
                    await self._store([one])
                return
            for _, stored in batch:
                if not stored.done():
                    stored.set_exception(error)
            return
        if any(is_new and self._handlers.get(event.type) for (event, _), is_new in zip(batch, new, strict=True)):
            self._wake()
        for (_, stored), is_new in zip(batch, new, strict=True):
            if not stored.done():
                stored.set_result(is_new)

    def _wake(self) -> None:
        self._unheard = True
        if self._waking is None:
            self._waking = asyncio.create_task(self._keep_waking())

    async def _keep_waking(self) -> None:
        while self._unheard:
            self._unheard = False
            await self._queue.publish([Message(DRAIN_TASK)])
            await asyncio.sleep(self._wake_pause)
        self._waking = None
