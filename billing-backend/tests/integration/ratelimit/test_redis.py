"""Limits counted in a real Redis, and what happens when it goes away."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest
import redis.asyncio as aioredis

from billing.kit.ratelimit import RateLimiter, Rule
from billing.kit.redis_guard import GuardedRedis, RedisUnavailable
from service_kit.clock import FixedClock
from testkit.ports import LOOPBACK
from testkit.redis import RedisServer, redis_server


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest.fixture
async def mortal(own_redis: RedisServer) -> AsyncIterator[aioredis.Redis]:
    client = aioredis.Redis(host=LOOPBACK, port=own_redis.port)
    yield client
    await client.aclose()


async def test_processes_share_one_count(own_redis: RedisServer, clock: FixedClock) -> None:
    clients = [aioredis.Redis(host=LOOPBACK, port=own_redis.port) for _ in range(4)]
    processes = [RateLimiter(GuardedRedis(client, timeout=5), clock) for client in clients]
    rule = Rule("shared", 50)
    verdicts = await asyncio.gather(*(processes[n % 4].hit(rule, "ada") for n in range(200)))
    assert sum(verdict.allowed for verdict in verdicts) == 50
    for client in clients:
        await client.aclose()


async def test_a_burst_waits_for_its_turn_instead_of_taking_redis_for_dead(
    redis: aioredis.Redis, clock: FixedClock
) -> None:
    limiter = RateLimiter(GuardedRedis(redis, timeout=5), clock)
    verdicts = await asyncio.gather(*(limiter.hit(Rule("burst", 300), "ada") for _ in range(400)))
    assert sum(verdict.allowed for verdict in verdicts) == 300
    other = RateLimiter(GuardedRedis(redis, timeout=5), clock)
    assert not (await other.hit(Rule("burst", 300), "ada")).allowed


async def test_the_window_slides_and_the_keys_go_away(redis: aioredis.Redis, clock: FixedClock) -> None:
    limiter, rule = RateLimiter(GuardedRedis(redis, timeout=5), clock), Rule("slides", 10)
    for _ in range(10):
        assert (await limiter.hit(rule, "ada@example.com")).allowed
    refused = await limiter.hit(rule, "ada@example.com")
    assert (refused.allowed, refused.remaining) == (False, 0)
    clock.advance(timedelta(seconds=refused.retry_after))
    assert (await limiter.hit(rule, "ada@example.com")).allowed
    keys = [key.decode() async for key in redis.scan_iter("rl:*")]
    assert keys
    for key in keys:
        assert "ada" not in key
        assert 0 < await redis.pttl(key) <= 70_000


async def test_redis_dies_the_limit_holds_and_it_is_left_alone(
    own_redis: RedisServer, mortal: aioredis.Redis, clock: FixedClock
) -> None:
    # Patient while Redis lives, so that a busy machine does not make it look dead; a dead one refuses at once anyway.
    limiter, rule = RateLimiter(GuardedRedis(mortal, timeout=60, pause=3600), clock), Rule("dies", 5)
    assert (await limiter.hit(rule, "a")).allowed
    own_redis.kill()
    verdicts = [await limiter.hit(rule, "a")]
    own_redis.start()
    verdicts += [await limiter.hit(rule, "a") for _ in range(99)]
    assert [verdict.allowed for verdict in verdicts] == [True] * 5 + [False] * 95
    assert await mortal.dbsize() == 0, "after one failure nobody asks until the pause is over"


async def test_redis_comes_back_and_is_used_again(own_redis: RedisServer, mortal: aioredis.Redis) -> None:
    guarded = GuardedRedis(mortal, timeout=5, pause=0.2)

    async def ping(redis: aioredis.Redis) -> bool:
        return bool(await redis.ping())

    assert await guarded.call(ping)
    own_redis.kill()
    for _ in range(3):
        with pytest.raises(RedisUnavailable):
            await guarded.call(ping)
    own_redis.start()
    await asyncio.sleep(0.3)
    assert await guarded.call(ping)


async def test_a_redis_that_hangs_is_given_up_on(clock: FixedClock) -> None:
    callers: list[asyncio.StreamWriter] = []
    silent = await asyncio.start_server(lambda _, writer: callers.append(writer), LOOPBACK, 0)
    client = aioredis.Redis(host=LOOPBACK, port=silent.sockets[0].getsockname()[1])
    limiter = RateLimiter(GuardedRedis(client, timeout=0.2, pause=3600), clock)
    for allowed in (30, 0):
        verdicts = await asyncio.gather(*(limiter.hit(Rule("hangs", 30), "a") for _ in range(100)))
        assert sum(verdict.allowed for verdict in verdicts) == allowed
    asked = len(callers)
    await limiter.hit(Rule("hangs", 30), "b")
    assert 1 <= asked == len(callers), "once it is given up, nobody waits for it"
    await client.aclose()
    for writer in callers:
        writer.close()
    silent.close()
    await silent.wait_closed()


async def test_an_answer_given_up_on_never_reaches_another_caller(redis: aioredis.Redis) -> None:
    # Both share the client and its connections; only the one in a hurry gives up, however busy the machine is.
    hurried, patient = GuardedRedis(redis, timeout=0.05, pause=0), GuardedRedis(redis, timeout=5)
    await redis.set("name", "ada")

    async def slow(client: aioredis.Redis) -> object:
        return await client.eval("local t = redis.call('TIME') local e = t[1] * 1000000 + t[2] + 150000 "
            "repeat t = redis.call('TIME') until t[1] * 1000000 + t[2] > e return 'slow'", 0)  # fmt: skip

    async def read(client: aioredis.Redis) -> object:
        return await client.get("name")

    with pytest.raises(RedisUnavailable):
        await hurried.call(slow)
    await asyncio.sleep(0.3)
    for _ in range(5):
        assert await patient.call(read) == b"ada"
