"""Live hints wake whoever watches; without Redis the watcher looks by itself."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import cast

import pytest
import redis.asyncio as aioredis

from billing.kit.live import LiveHints
from billing.kit.redis_guard import GuardedRedis
from testkit.redis import RedisServer

# Less than the watchers poll: what answers within it was woken.
ANSWER_SECONDS = 50


def make_hints(port: int) -> tuple[LiveHints, list[aioredis.Redis]]:
    clients = [aioredis.Redis(host="127.0.0.1", port=port, socket_connect_timeout=0.5) for _ in range(2)]
    return LiveHints(GuardedRedis(clients[0], timeout=5), clients[1]), clients


async def close(hints: LiveHints, clients: list[aioredis.Redis]) -> None:
    await hints.close()
    for client in clients:
        await client.aclose()


async def test_a_hint_wakes_its_watchers_and_no_others(redis_process: RedisServer) -> None:
    hints, clients = make_hints(redis_process.port)
    async with (
        aclosing(cast("AsyncGenerator[None]", hints.watch("order:1", poll_seconds=60))) as mine,
        aclosing(cast("AsyncGenerator[None]", hints.watch("order:2", poll_seconds=60))) as other,
    ):
        for watch in (mine, other):
            # At once, and again when Redis has confirmed: what changed in between is not missed.
            await anext(watch)
            await anext(watch)
        woken, asleep = asyncio.ensure_future(anext(mine)), asyncio.ensure_future(anext(other))
        await asyncio.sleep(0.1)
        await hints.publish("order:1")
        await asyncio.wait_for(woken, ANSWER_SECONDS)
        await asyncio.sleep(0.1)
        assert not asleep.done()
        asleep.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asleep
    await close(hints, clients)


async def test_hints_in_quick_succession_are_one_look(redis_process: RedisServer) -> None:
    hints, clients = make_hints(redis_process.port)
    async with aclosing(
        cast("AsyncGenerator[None]", hints.watch("order:3", poll_seconds=60, rest_seconds=0.3))
    ) as watch:
        await anext(watch)
        await anext(watch)
        looked = time.monotonic()
        for _ in range(5):
            await hints.publish("order:3")
        await asyncio.wait_for(anext(watch), ANSWER_SECONDS)
        assert time.monotonic() - looked >= 0.25
        asleep = asyncio.ensure_future(anext(watch))
        await asyncio.sleep(0.5)
        assert not asleep.done(), "the other four were answered by the same look"
        asleep.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asleep
    await close(hints, clients)


async def test_without_redis_the_watcher_still_looks_and_nobody_fails() -> None:
    hints, clients = make_hints(1)
    await hints.publish("order:1")
    async with aclosing(cast("AsyncGenerator[None]", hints.watch("order:1", poll_seconds=0.05))) as watch:
        for _ in range(4):
            await asyncio.wait_for(anext(watch), ANSWER_SECONDS)
    await close(hints, clients)
