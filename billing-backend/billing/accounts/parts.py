"""What the use cases of accounts work with, in one hand."""

from dataclasses import dataclass

from billing.accounts.session_cache import SessionCache
from billing.kit.container import Container
from billing.kit.db import Database
from billing.kit.ratelimit import RateLimiter
from billing.kit.redis_guard import GuardedRedis
from billing.kit.tokens import TokenSigner
from billing.settings import Settings
from service_kit.clock import Clock
from service_kit.passwords import PasswordHasher


@dataclass(frozen=True, slots=True)
class AccountParts:
    """`database` is there because a use case that hashes a password opens its transactions itself.

    Hashing takes a quarter of a second; a connection of the pool must not wait for that.
    """

    settings: Settings
    clock: Clock
    database: Database
    hasher: PasswordHasher
    sessions: SessionCache
    signer: TokenSigner
    limiter: RateLimiter


def wire_accounts(container: Container) -> AccountParts:
    """Build and register the parts; needs Settings, Clock, Database, TokenSigner, GuardedRedis and RateLimiter."""
    settings, clock = container.get(Settings), container.get(Clock)
    cache = SessionCache(
        container.get(GuardedRedis),
        clock,
        idle=settings.session_idle_lifetime,
        # Longer than an access token lives, for clocks that disagree.
        tombstone=settings.access_token_lifetime * 2,
    )
    parts = AccountParts(
        settings=settings,
        clock=clock,
        database=container.get(Database),
        hasher=PasswordHasher(rounds=settings.bcrypt_rounds, threads=settings.bcrypt_threads),
        sessions=cache,
        signer=container.get(TokenSigner),
        limiter=container.get(RateLimiter),
    )
    container.put(PasswordHasher, parts.hasher)
    container.put(SessionCache, cache)
    return container.put(AccountParts, parts)
