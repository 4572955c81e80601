"""House-keeping of accounts."""

from datetime import timedelta

from billing.accounts.repository import delete_expired_tokens
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from service_kit.clock import Clock

# Longer than any token lives, and then some: the reuse of a token that ran out still tells that somebody copied it.
_KEPT_FOR = timedelta(days=60)
_AT_ONCE = 500


async def tidy(container: Container) -> int:
    """Delete sessions and tokens that ran out long ago; returns how many."""
    before = container.get(Clock).now() - _KEPT_FOR
    async with container.get(Database).transaction(Subject.system()) as session:
        return await delete_expired_tokens(session, before, limit=_AT_ONCE)
