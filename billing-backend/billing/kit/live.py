"""Live hints: "something about X changed", through Redis pub/sub. Losing one costs a poll interval, nothing else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import redis.asyncio as aioredis
from redis.exceptions import RedisError

from service_kit.logs import get_logger

log = get_logger(__name__)


class LiveHints:
    def __init__(self, redis: aioredis.Redis) -> None:
        self._redis = redis

    async def publish(self, channel: str) -> None:
        """Tell whoever watches `channel`; a Redis that is down is not an error."""
        with suppress(RedisError, OSError):
            await self._redis.publish(channel, b"1")

    async def watch(self, channel: str, *, poll_seconds: float) -> AsyncIterator[None]:
        """Yield at once, then on every hint, and at least every `poll_seconds`."""
        pubsub = self._redis.pubsub(ignore_subscribe_messages=True)
        subscribed = False
        try:
            while True:
                try:
                    if not subscribed:
                        await pubsub.subscribe(channel)
                        subscribed = True
                    yield
                    await pubsub.get_message(timeout=poll_seconds)
                except (RedisError, OSError):
                    subscribed = False
                    yield
                    await asyncio.sleep(poll_seconds)
        finally:
            with suppress(RedisError, OSError):
                await pubsub.aclose()  # type: ignore[no-untyped-call] # redis-py leaves this method untyped

    async def close(self) -> None:
        await self._redis.aclose()
