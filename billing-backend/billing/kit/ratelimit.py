"""Rate limits: a sliding window, counted in Redis by one script, or per process while Redis is down.

A window is cut into twelve buckets. What counts is the current bucket and the twelve before it, so no stretch of one
window ever sees more than the limit; the price is that a call is forgotten up to a twelfth of a window late.
"""

import hashlib
import math
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from redis.asyncio import Redis
from redis.commands.core import AsyncScript

from billing.kit.redis_guard import GuardedRedis, RedisUnavailable
from service_kit.clock import Clock
from service_kit.errors import TooManyRequests

_BUCKETS = 12
_SCRIPT = """
local bucket, oldest = tonumber(ARGV[1]), tonumber(ARGV[2])
local limit, cost = tonumber(ARGV[3]), tonumber(ARGV[4])
local stored = redis.call('HGETALL', KEYS[1])
local total, live = 0, {}
for i = 1, #stored, 2 do
  local count = tonumber(stored[i + 1])
  if tonumber(stored[i]) < oldest then
    redis.call('HDEL', KEYS[1], stored[i])
  else
    total = total + count
    live[#live + 1] = tonumber(stored[i])
    live[#live + 1] = count
  end
end
if total + math.max(cost, 1) > limit then
  return {0, total, unpack(live)}
end
if cost > 0 then
  redis.call('HINCRBY', KEYS[1], bucket, cost)
  redis.call('PEXPIRE', KEYS[1], ARGV[5])
end
return {1, total + cost}
"""
_MEMORY_SUBJECTS = 50_000


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
class _Moment:
    """Where `now` stands in the buckets; `size` and `elapsed` (since the bucket began) in milliseconds."""

    bucket: int
    elapsed: int
    size: int

    @property
    def oldest(self) -> int:
        return self.bucket - _BUCKETS

    def until_forgotten(self, bucket: int) -> int:
        """Return in how many milliseconds what is in `bucket` stops counting."""
        return (bucket + _BUCKETS + 1 - self.bucket) * self.size - self.elapsed

    def verdict(self, rule: Rule, tally: "_Tally") -> Verdict:
        if tally.allowed:
            reset = math.ceil(self.until_forgotten(self.bucket) / 1000)
            return Verdict(rule=rule, allowed=True, remaining=rule.limit - tally.total, reset=reset, retry_after=0)
        left, wait = tally.total, self.until_forgotten(self.bucket)
        for bucket in sorted(tally.live):
            left -= tally.live[bucket]
            if left < rule.limit:
                wait = self.until_forgotten(bucket)
                break
        seconds = max(1, math.ceil(wait / 1000))
        return Verdict(rule=rule, allowed=False, remaining=0, reset=seconds, retry_after=seconds)


@dataclass(frozen=True, slots=True)
class _Tally:
    """`total` calls count at this moment, in `live` by bucket when the call was refused."""

    allowed: bool
    total: int
    live: Mapping[int, int]


class _MemoryCounts:
    """Counts of this process, for as long as Redis is away; the least recent subjects go when there are too many."""

    def __init__(self, subjects: int = _MEMORY_SUBJECTS) -> None:
        self._counts: OrderedDict[str, dict[int, int]] = OrderedDict()
        self._subjects = subjects

    def __len__(self) -> int:
        return len(self._counts)

    def hit(self, key: str, moment: _Moment, limit: int, cost: int) -> _Tally:
        live = {bucket: n for bucket, n in self._counts.get(key, {}).items() if bucket >= moment.oldest}
        total = sum(live.values())
        if total + max(cost, 1) > limit:
            return _Tally(allowed=False, total=total, live=live)
        if cost:
            live[moment.bucket] = live.get(moment.bucket, 0) + cost
            self._counts[key] = live
            self._counts.move_to_end(key)
            if len(self._counts) > self._subjects:
                self._counts.popitem(last=False)
        return _Tally(allowed=True, total=total + cost, live=live)


class RateLimiter:
    """Counts calls. A subject is whatever is limited: an address, a user's id, an API key's id."""

    def __init__(self, guarded: GuardedRedis, clock: Clock) -> None:
        self._guarded = guarded
        self._clock = clock
        self._memory = _MemoryCounts()
        self._script: AsyncScript = guarded.redis.register_script(_SCRIPT)

    async def hit(self, rule: Rule, subject: str, *, cost: int = 1) -> Verdict:
        """Count `cost` calls if they fit, and say so; calls that are refused are not counted."""
        size = int(rule.window.total_seconds() * 1000) // _BUCKETS
        now = int(self._clock.now().timestamp() * 1000)
        moment = _Moment(bucket=now // size, elapsed=now % size, size=size)
        # Subjects may be e-mail addresses; the hash keeps them out of Redis.
        name = hashlib.sha256(subject.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        key = f"rl:{rule.name}:{name}"
        args = [moment.bucket, moment.oldest, rule.limit, cost, (_BUCKETS + 2) * size]

        async def count(_: Redis) -> _Tally:
            # The script is registered with the guarded client itself.
            allowed, total, *live = map(int, await self._script(keys=[key], args=args))
            return _Tally(allowed=bool(allowed), total=total, live=dict(zip(live[::2], live[1::2], strict=True)))

        try:
            tally = await self._guarded.call(count)
        except RedisUnavailable:
            tally = self._memory.hit(key, moment, rule.limit, cost)
        return moment.verdict(rule, tally)

    async def enforce(self, rule: Rule, subject: str, *, cost: int = 1) -> Verdict:
        """Count `cost` calls; raises `RateLimited` when they don't fit.

        With `cost=0` nothing is counted, and it raises when not even one more call would fit: for limits that count
        failures only.
        """
        verdict = await self.hit(rule, subject, cost=cost)
        if not verdict.allowed:
            raise RateLimited(verdict)
        return verdict
