"""Live hints: "something about X changed", through Redis pub/sub. Losing one costs a poll interval, nothing else."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress

import redis.asyncio as aioredis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from billing.kit.redis_guard import GuardedRedis, RedisUnavailable

_SUBSCRIBE_SECONDS = 1.0


class LiveHints:
    """`guarded` publishes, so that nobody waits for a Redis that is away; `watching` has no limit on reading."""

    def __init__(self, guarded: GuardedRedis, watching: aioredis.Redis) -> None:
        self._guarded = guarded
        self._watching = watching

    async def publish(self, channel: str) -> None:
        """Tell whoever watches `channel`; a Redis that is down or hangs is not an error."""
        with suppress(RedisUnavailable):
            await self._guarded.call(lambda redis: redis.publish(channel, b"1"))

    async def watch(self, channel: str, *, poll_seconds: float, rest_seconds: float = 0) -> AsyncIterator[None]:
        """Yield at once, then on every hint, and at least every `poll_seconds`, with Redis or without.

        Hints less than `rest_seconds` after the last look are answered together, when that time is over.
        """
        pubsub: PubSub | None = None
        try:
            while True:
                try:
                    if pubsub is None:
                        pubsub = await self._subscribe(channel)
                    looked = time.monotonic()
                    yield
                    await pubsub.get_message(timeout=poll_seconds)
                    pause = looked + rest_seconds - time.monotonic()
                    if pause > 0:
                        await asyncio.sleep(pause)
                        while await pubsub.get_message(timeout=0):
                            pass
                except (RedisError, OSError):
                    await self._drop(pubsub)
                    pubsub = None
                    yield
                    await asyncio.sleep(poll_seconds)
        finally:
            await self._drop(pubsub)

    async def _subscribe(self, channel: str) -> PubSub:
        """Return a new subscription; raises `RedisError` or `OSError`."""
        pubsub = self._watching.pubsub(ignore_subscribe_messages=True)
        try:
            async with asyncio.timeout(_SUBSCRIBE_SECONDS):
                await pubsub.subscribe(channel)
        except BaseException:
            await self._drop(pubsub)
            raise
        return pubsub

    async def _drop(self, pubsub: PubSub | None) -> None:
        if pubsub is not None:
            with suppress(RedisError, OSError):
                await pubsub.aclose()  # type: ignore[no-untyped-call] # redis-py leaves this method untyped

    async def close(self) -> None:
        await self._watching.aclose()
