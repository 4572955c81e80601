"""Redis that may be down: short time limits and a circuit breaker, so that a dead Redis costs no request seconds."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from redis.asyncio import Redis
from redis.exceptions import RedisError

from service_kit.logs import get_logger

log = get_logger(__name__)

T = TypeVar("T")
_AT_ONCE = 64


class RedisUnavailable(Exception):
    """Redis did not answer, or did not a moment ago; the caller does without."""


def _ignore(task: "asyncio.Future[Any]") -> None:
    """Take the outcome nobody waits for any more, so that asyncio does not complain about it."""
    if not task.cancelled():
        task.exception()


class GuardedRedis:
    """Runs Redis calls for whoever can do without them.

    A call may take `timeout` seconds. After a failure no call is tried for `pause` seconds, then one caller tries and
    the others go on doing without until it has succeeded.
    """

    def __init__(self, redis: Redis, *, timeout: float = 0.5, pause: float = 2.0) -> None:
        self.redis = redis
        self._timeout = timeout
        self._pause = pause
        self._shut_until = 0.0
        self._failing = False
        # Fewer than the client's connections: a burst waits for its turn instead of being told that Redis is away.
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def call(self, operation: Callable[[Redis], Awaitable[T]]) -> T:
        """Return the operation's answer; raises `RedisUnavailable`."""
        now = time.monotonic()
        if now < self._shut_until:
            raise RedisUnavailable
        if self._failing:
            self._shut_until = now + self._timeout
        try:
            answer = await self._in_time(operation)
        except (RedisError, OSError) as error:
            self._trip(error)
            raise RedisUnavailable from error
        if self._failing:
            log.info("redis is back")
        self._failing, self._shut_until = False, 0.0
        return answer

    async def _in_time(self, operation: Callable[[Redis], Awaitable[T]]) -> T:
        async with asyncio.timeout(self._timeout):
            await self._turns.acquire()
        # A task that is left behind, not a cancellation that is waited for: the client swallows one now and then
        # while it connects, and goes on trying for a minute.
        task = asyncio.ensure_future(operation(self.redis))
        try:
            done, _ = await asyncio.wait({task}, timeout=self._timeout)
            if not done:
                raise TimeoutError
            return task.result()
        finally:
            self._turns.release()
            if not task.done():
                task.cancel()
                task.add_done_callback(_ignore)

    def _trip(self, error: Exception) -> None:
        if not self._failing:
            log.warning("redis unavailable, doing without", error=type(error).__name__)
        self._failing, self._shut_until = True, time.monotonic() + self._pause
