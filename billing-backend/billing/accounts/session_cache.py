"""Which sessions are alive, remembered in Redis so that not every request asks the table.

The table is the truth. An entry is believed for a minute after the table was asked, so even a revocation that could not
reach Redis is seen within that time. A revocation leaves a tombstone *before* it commits: from then on everybody asks
the table, and nobody can put a stale "alive" back.
"""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from redis.asyncio import Redis
from redis.commands.core import AsyncScript

from billing.accounts.permissions import Role
from billing.kit.redis_guard import GuardedRedis, RedisUnavailable
from service_kit.clock import Clock

BELIEVED_FOR = timedelta(seconds=60)
_TOMBSTONE = "ask"
_PUT = f"""
if redis.call('GET', KEYS[1]) == '{_TOMBSTONE}' then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
return 1
"""


@dataclass(frozen=True, slots=True)
class LiveSession:
    user_id: uuid.UUID
    role: Role
    checked_at: datetime

    def dump(self) -> str:
        return json.dumps({"user_id": str(self.user_id), "role": self.role, "checked_at": self.checked_at.isoformat()})

    @classmethod
    def parse(cls, text: str) -> "LiveSession | None":
        """Return the entry, or None for one that another version of us has written."""
        try:
            value = json.loads(text)
            return cls(
                user_id=uuid.UUID(value["user_id"]),
                role=Role(value["role"]),
                checked_at=datetime.fromisoformat(value["checked_at"]),
            )
        except (ValueError, KeyError, TypeError):
            return None


class SessionCache:
    """`idle` is how long an unused entry stays; `tombstone` must outlive every access token."""

    def __init__(self, guarded: GuardedRedis, clock: Clock, *, idle: timedelta, tombstone: timedelta) -> None:
        self._guarded = guarded
        self._clock = clock
        self._idle = int(idle.total_seconds())
        self._tombstone = int(tombstone.total_seconds())
        self._put: AsyncScript = guarded.redis.register_script(_PUT)

    async def get(self, session_id: uuid.UUID) -> LiveSession | None:
        """Return the session when it is known to be alive; None means: ask the table."""

        async def read(redis: Redis) -> object:
            return await redis.getex(_key(session_id), ex=self._idle)

        try:
            raw = await self._guarded.call(read)
        except RedisUnavailable:
            return None
        text = raw.decode() if isinstance(raw, bytes) else raw
        if not isinstance(text, str) or text == _TOMBSTONE:
            return None
        live = LiveSession.parse(text)
        if live is None:
            return None
        return live if self._clock.now() - live.checked_at < BELIEVED_FOR else None

    async def put(self, session_id: uuid.UUID, live: LiveSession) -> None:
        """Remember what the table just said, unless a revocation is under way."""

        async def write(_: Redis) -> object:
            return await self._put(keys=[_key(session_id)], args=[live.dump(), self._idle])

        try:
            await self._guarded.call(write)
        except RedisUnavailable:
            return

    async def distrust(self, *session_ids: uuid.UUID) -> None:
        """Make everybody ask the table about these sessions; call it before the change is committed."""

        async def write(redis: Redis) -> None:
            async with redis.pipeline(transaction=False) as pipe:
                for session_id in session_ids:
                    pipe.set(_key(session_id), _TOMBSTONE, ex=self._tombstone)
                await pipe.execute()

        if not session_ids:
            return
        try:
            await self._guarded.call(write)
        except RedisUnavailable:
            return


def _key(session_id: uuid.UUID) -> str:
    return f"session:{{{session_id}}}"
