"""Publishing tasks. A message may be lost at any time without losing work: the sweep finds the row it points at."""

import asyncio
import contextvars
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Protocol

from celery import Celery
from kombu.exceptions import ChannelError, KombuError

from service_kit.logs import get_logger

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Message:
    task: str
    args: tuple[str, ...] = ()
    countdown: float = 0


# A task is a coroutine function of the container and string arguments.
TaskFunction = Callable[..., Awaitable[object]]


class TaskQueue(Protocol):
    async def publish(self, messages: Sequence[Message]) -> None:
        """Hand messages to the broker; never raises for a broker that is down."""
        ...

    async def backlog(self) -> int:
        """Return how many messages wait for a worker; 0 when the broker is down or doesn't know the queue."""
        ...


class CeleryQueue:
    """Publishes through Celery's broker connection, in a thread: kombu's sockets are blocking.

    After a failure nothing is tried for `pause` seconds, then one caller tries while the others go on without: a broker
    that is dead, or hangs, must not make every request wait for it.
    """

    def __init__(self, app: Celery, *, pause: float = 2.0) -> None:
        self._app = app
        self._pause = pause
        self._shut_until = 0.0
        self._failing = False

    async def publish(self, messages: Sequence[Message]) -> None:
        if self._is_shut():
            return
        probing = self._failing
        if probing:
            self._shut_until = time.monotonic() + self._pause
        await asyncio.to_thread(self._send, messages, probing=probing)

    async def backlog(self) -> int:
        return 0 if self._is_shut() else await asyncio.to_thread(self._count)

    def _is_shut(self) -> bool:
        return time.monotonic() < self._shut_until

    def _send(self, messages: Sequence[Message], *, probing: bool) -> None:
        if self._is_shut() and not probing:
            # It broke while this call waited for a thread.
            return
        try:
            with self._app.producer_pool.acquire(block=True, timeout=2) as producer:
                for message in messages:
                    self._app.send_task(
                        message.task,
                        args=message.args,
                        countdown=message.countdown or None,
                        producer=producer,
                        retry=False,
                        ignore_result=True,
                    )
        except (KombuError, OSError) as error:
            self._trip(error)
        else:
            self._mend()

    def _count(self) -> int:
        queue = self._app.conf.task_default_queue
        try:
            with self._app.connection_for_read() as connection:
                return int(connection.default_channel.queue_declare(queue, passive=True).message_count)
        except ChannelError:
            # Nothing was ever sent to it.
            return 0
        except (KombuError, OSError) as error:
            self._trip(error)
            return 0

    def _trip(self, error: Exception) -> None:
        if not self._failing:
            log.warning("broker unreachable, the sweep will find the work", error=repr(error))
        self._failing, self._shut_until = True, time.monotonic() + self._pause

    def _mend(self) -> None:
        if self._failing:
            log.info("broker is back")
        self._failing, self._shut_until = False, 0.0


class LocalFirstQueue:
    """A worker's queue: what its work leads to is worked on here as long as it has a hand free, else by whoever is.

    That saves the broker's way for the usual order, whose steps follow each other at once. `run` works on one message;
    `hands` is how many may be worked on at a time this way. A worker that dies loses them as it loses any message.
    """

    def __init__(
        self, broker: TaskQueue, run: Callable[[Message], Coroutine[None, None, object]], *, hands: int
    ) -> None:
        self._broker = broker
        self._run = run
        self._hands = hands
        self._working: set[asyncio.Task[None]] = set()

    async def publish(self, messages: Sequence[Message]) -> None:
        rest: list[Message] = []
        for message in messages:
            if message.countdown > 0 or len(self._working) >= self._hands:
                rest.append(message)
                continue
            # A context of its own: what is bound for the log of this task is not said by the next.
            task = asyncio.create_task(self._work(message), context=contextvars.Context())
            self._working.add(task)
            task.add_done_callback(self._working.discard)
        if rest:
            await self._broker.publish(rest)

    async def backlog(self) -> int:
        return len(self._working) + await self._broker.backlog()

    async def drain(self, seconds: float) -> None:
        """Wait until nothing is worked on, at most `seconds`; what then still runs is left to its lease."""
        until = time.monotonic() + seconds
        while self._working and time.monotonic() < until:
            await asyncio.wait(self._working, timeout=until - time.monotonic())

    async def _work(self, message: Message) -> None:
        try:
            await self._run(message)
        except Exception:
            log.exception("task failed", task=message.task)


class RecordingQueue:
    """Keeps messages in memory: for tests that drain by hand, and for commands that leave work to the sweep."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def publish(self, messages: Sequence[Message]) -> None:
        self.messages.extend(messages)

    async def backlog(self) -> int:
        return len(self.messages)
