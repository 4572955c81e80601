"""Publishing tasks. A message may be lost at any time without losing work: the sweep finds the row it points at."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from celery import Celery
from kombu.exceptions import OperationalError

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


class CeleryQueue:
    """Publishes through Celery's broker connection, in a thread: kombu's sockets are blocking."""

    def __init__(self, app: Celery) -> None:
        self._app = app

    async def publish(self, messages: Sequence[Message]) -> None:
        await asyncio.to_thread(self._send, messages)

    def _send(self, messages: Sequence[Message]) -> None:
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
        except (OperationalError, OSError, TimeoutError) as error:
            log.warning("broker unreachable, the sweep will find the work", tasks=len(messages), error=repr(error))


class RecordingQueue:
    """Keeps messages in memory: for tests that drain by hand, and for commands that leave work to the sweep."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def publish(self, messages: Sequence[Message]) -> None:
        self.messages.extend(messages)
