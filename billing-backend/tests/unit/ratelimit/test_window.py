"""The sliding window's arithmetic, counted in memory: Redis is away in these tests."""

from datetime import UTC, datetime, timedelta

import pytest
import redis.asyncio as aioredis

from billing.kit.ratelimit import RateLimited, RateLimiter, Rule, _MemoryCounts, _Moment
from billing.kit.redis_guard import GuardedRedis
from service_kit.clock import FixedClock

MINUTE = timedelta(minutes=1)
START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(START)


@pytest.fixture
def limiter(clock: FixedClock) -> RateLimiter:
    # Port 9 is closed: each call is refused at once.
    return RateLimiter(GuardedRedis(aioredis.Redis(host="127.0.0.1", port=9), pause=3600), clock)


async def test_the_limit_is_the_limit_also_without_redis(limiter: RateLimiter) -> None:
    rule = Rule("test", 3)
    verdicts = [await limiter.hit(rule, "a") for _ in range(5)]
    assert [v.allowed for v in verdicts] == [True, True, True, False, False]
    assert [v.remaining for v in verdicts] == [2, 1, 0, 0, 0]
    assert verdicts[0].headers() == {
        "RateLimit-Limit": "3",
        "RateLimit-Remaining": "2",
        "RateLimit-Reset": "65",
    }
    assert (await limiter.hit(rule, "b")).allowed
    assert (await limiter.hit(Rule("other", 3), "a")).allowed


async def test_retry_after_is_neither_too_early_nor_much_too_late(limiter: RateLimiter, clock: FixedClock) -> None:
    rule = Rule("test", 10)
    for step in range(200):
        verdict = await limiter.hit(rule, "a")
        if verdict.allowed:
            clock.advance(timedelta(seconds=0.7))
            continue
        assert 1 <= verdict.retry_after <= 65, step
        clock.advance(timedelta(seconds=verdict.retry_after - 1.1))
        if verdict.retry_after > 1:
            assert not (await limiter.hit(rule, "a")).allowed, step
        clock.advance(timedelta(seconds=1.1 - verdict.retry_after))
        clock.advance(timedelta(seconds=verdict.retry_after))
        assert (await limiter.hit(rule, "a")).allowed, step


async def test_no_minute_ever_has_more_than_the_limit(limiter: RateLimiter, clock: FixedClock) -> None:
    rule = Rule("test", 60)
    allowed: list[datetime] = []
    clock.advance(timedelta(seconds=50))
    for _ in range(2400):
        if (await limiter.hit(rule, "a")).allowed:
            allowed.append(clock.now())
        clock.advance(timedelta(seconds=0.1))
    busiest = max(sum(1 for other in allowed if at <= other < at + MINUTE) for at in allowed)
    assert busiest == 60, "a fixed window would let 120 through"
    # Four minutes: the price of the guarantee is a twelfth of the throughput.
    assert len(allowed) >= 220


async def test_a_look_counts_nothing_and_a_failure_does(limiter: RateLimiter) -> None:
    rule = Rule("failures", 2, timedelta(hours=1))
    for _ in range(5):
        assert (await limiter.enforce(rule, "a", cost=0)).remaining == 2
    await limiter.hit(rule, "a")
    await limiter.hit(rule, "a")
    with pytest.raises(RateLimited) as caught:
        await limiter.enforce(rule, "a", cost=0)
    assert caught.value.headers["RateLimit-Limit"] == "2"
    assert 1 <= int(caught.value.headers["Retry-After"]) <= 3900


async def test_strange_subjects_are_just_subjects(limiter: RateLimiter) -> None:
    rule = Rule("test", 1)
    for subject in ("", "{a}", "a}:{b", "x" * 10_000, "\x00\r\n", "\ud800", "ä"):
        assert (await limiter.hit(rule, subject)).allowed
        assert not (await limiter.hit(rule, subject)).allowed


def test_memory_stays_bounded() -> None:
    counts = _MemoryCounts(subjects=100)
    moment = _Moment(bucket=1000, elapsed=0, size=5000)
    for number in range(1000):
        counts.hit(str(number), moment, 10, 1)
    assert len(counts) == 100
