"""Rate limits: a sliding window, counted in Redis by one script, or per process while Redis is down.

The window slides by weighing the count of the last fixed window with the part of it that still overlaps. That needs two
numbers per subject whatever the limit, and lets through at most the limit in any stretch of one window, within the
error of assuming that the last window's calls were evenly spread.
"""

import hashlib
import math
from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta

from redis.asyncio import Redis
from redis.commands.core import AsyncScript

from billing.kit.redis_guard import GuardedRedis, RedisUnavailable
from service_kit.clock import Clock
from service_kit.errors import TooManyRequests

# Both keys carry the same hash tag, so a Redis Cluster keeps them in one slot.
_SCRIPT = """
local current = tonumber(redis.call('GET', KEYS[1]) or '0')
local previous = tonumber(redis.call('GET', KEYS[2]) or '0')
local limit, cost, overlap = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
if previous * overlap + current + math.max(cost, 1) > limit then
  return {0, current, previous}
end
if cost > 0 then
  current = redis.call('INCRBY', KEYS[1], cost)
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
end
return {1, current, previous}
"""
_MEMORY_ENTRIES = 50_000


@dataclass(frozen=True, slots=True)
class Rule:
    """At most `limit` calls per subject in any `window`. `name` keeps the counts of different rules apart."""

    name: str
    limit: int
    window: timedelta = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`remaining` calls are left; `reset` and `retry_after` in whole seconds, the latter 0 when allowed."""

    rule: Rule
    allowed: bool
    remaining: int
    reset: int
    retry_after: int

    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(self.rule.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset),
        }


class RateLimited(TooManyRequests):
    """429 with `Retry-After` and the `RateLimit-*` headers of the rule that refused."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.retry_after, headers=verdict.headers())


@dataclass(frozen=True, slots=True)
class _Window:
    """Where `now` stands in the fixed windows of `length` milliseconds."""

    index: int
    elapsed: int
    length: int

    @property
    def overlap(self) -> float:
        return 1 - self.elapsed / self.length

    def verdict(self, rule: Rule, *, allowed: bool, current: int, previous: int) -> Verdict:
        used = previous * self.overlap + current
        left = (self.length - self.elapsed) / 1000
        wait = 0.0 if allowed else self._wait(rule.limit - 1, current, previous) / 1000
        return Verdict(
            rule=rule,
            allowed=allowed,
            remaining=max(0, math.floor(rule.limit - used)) if allowed else 0,
            reset=max(1, math.ceil(left if allowed else wait)),
            retry_after=0 if allowed else max(1, math.ceil(wait)),
        )

    def _wait(self, most: int, current: int, previous: int) -> float:
        """Return after how many milliseconds the weighted count has come down to `most`."""
        if current <= most and previous:
            return self.length * (1 - (most - current) / previous) - self.elapsed
        return self.length - self.elapsed + self.length * max(0.0, 1 - most / max(current, 1))


class _MemoryCounts:
    """Counts of this process, for as long as Redis is away; the oldest go first when there are too many."""

    def __init__(self, entries: int = _MEMORY_ENTRIES) -> None:
        self._counts: OrderedDict[str, int] = OrderedDict()
        self._entries = entries

    def hit(self, keys: tuple[str, str], limit: int, cost: int, overlap: float) -> tuple[bool, int, int]:
        current, previous = self._counts.get(keys[0], 0), self._counts.get(keys[1], 0)
        if previous * overlap + current + max(cost, 1) > limit:
            return False, current, previous
        if cost:
            current += cost
            self._counts[keys[0]] = current
            self._counts.move_to_end(keys[0])
            while len(self._counts) > self._entries:
                self._counts.popitem(last=False)
        return True, current, previous


class RateLimiter:
    """Counts calls. A subject is whatever is limited: an address, a user's id, an API key's id."""

    def __init__(self, guarded: GuardedRedis, clock: Clock) -> None:
        self._guarded = guarded
        self._clock = clock
        self._memory = _MemoryCounts()
        self._script: AsyncScript = guarded.redis.register_script(_SCRIPT)

    async def hit(self, rule: Rule, subject: str, *, cost: int = 1) -> Verdict:
        """Count `cost` calls if they fit, and say so; calls that are refused are not counted."""
        length = int(rule.window.total_seconds() * 1000)
        now = int(self._clock.now().timestamp() * 1000)
        window = _Window(index=now // length, elapsed=now % length, length=length)
        # Subjects may be e-mail addresses; the hash keeps them out of Redis and braces out of the hash tag.
        name = hashlib.sha256(subject.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        tag = f"rl:{{{rule.name}:{name}}}"
        keys = (f"{tag}:{window.index}", f"{tag}:{window.index - 1}")

        async def count(_: Redis) -> tuple[bool, int, int]:
            # The script is registered with the guarded client itself.
            answer = await self._script(keys=keys, args=[rule.limit, cost, window.overlap, 2 * length])
            return bool(answer[0]), int(answer[1]), int(answer[2])

        try:
            allowed, current, previous = await self._guarded.call(count)
        except RedisUnavailable:
            allowed, current, previous = self._memory.hit(keys, rule.limit, cost, window.overlap)
        return window.verdict(rule, allowed=allowed, current=current, previous=previous)

    async def enforce(self, rule: Rule, subject: str, *, cost: int = 1) -> Verdict:
        """Count `cost` calls; raises `RateLimited` when they don't fit.

        With `cost=0` nothing is counted, and it raises when not even one more call would fit: for limits that count
        failures only.
        """
        verdict = await self.hit(rule, subject, cost=cost)
        if not verdict.allowed:
            raise RateLimited(verdict)
        return verdict
