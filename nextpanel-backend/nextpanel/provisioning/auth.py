"""Billing proves itself with a short-lived token that works once."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

import jwt
from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from nextpanel.kit.db import Database
from nextpanel.provisioning.jwks import JwksCache
from nextpanel.provisioning.models import SpentToken
from service_kit.clock import Clock
from service_kit.errors import Forbidden, Unauthenticated

LONGEST_LIFE_SECONDS = 60
LEEWAY_SECONDS = 5
_bearer = HTTPBearer(scheme_name="Billing", bearerFormat="JWT", auto_error=False)


class InvalidBillingToken(Unauthenticated):
    code, title = "invalid_token", "The token is not valid here or was used before"


class ScopeMissing(Forbidden):
    code, title = "scope_missing", "The token does not allow this"


@dataclass(frozen=True, slots=True)
class BillingToken:
    jti: str
    expires_at: datetime
    scopes: frozenset[str]


class BillingAuth:
    """Checks billing's tokens: `issuer` is billing's address, `audience` this server's id."""

    def __init__(self, *, keys: JwksCache, database: Database, issuer: str, audience: str, clock: Clock) -> None:
        self._keys = keys
        self._database = database
        self._issuer = issuer
        self._audience = audience
        self._clock = clock

    async def accept(self, token: str, scope: str) -> None:
        """Check a token and use it up. Raises `InvalidBillingToken`, `ScopeMissing`, `BillingDown`."""
        checked = await self._check(token)
        if scope not in checked.scopes:
            raise ScopeMissing(f"The token's scope must contain {scope}")
        statement = (
            insert(SpentToken)
            .values(jti=checked.jti, expires_at=checked.expires_at)
            .on_conflict_do_nothing()
            .returning(SpentToken.jti)
        )
        # Committed by itself: the token stays used up even when the request it came with fails.
        async with self._database.transaction() as session:
            spent = await session.scalar(statement)
        if spent is None:
            raise InvalidBillingToken

    async def _check(self, token: str) -> BillingToken:
        try:
            kid = jwt.get_unverified_header(token).get("kid")
        except (jwt.InvalidTokenError, ValueError, RecursionError) as error:
            raise InvalidBillingToken from error
        key = await self._keys.find(kid) if isinstance(kid, str) else None
        if key is None:
            raise InvalidBillingToken
        try:
            claims = jwt.decode(
                token,
                key,
                algorithms=["EdDSA"],
                audience=self._audience,
                issuer=self._issuer,
                options={
                    "require": ["exp", "iat", "jti"],
                    # Compared below with our own clock, and with a limit on the whole life.
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
        except (jwt.InvalidTokenError, ValueError, TypeError, RecursionError) as error:
            raise InvalidBillingToken from error
        return self._read(claims)

    def _read(self, claims: dict[str, Any]) -> BillingToken:
        issued, expires, jti, scope = claims["iat"], claims["exp"], claims["jti"], claims.get("scope", "")
        numbers = all(isinstance(moment, int) and not isinstance(moment, bool) for moment in (issued, expires))
        texts = isinstance(jti, str) and isinstance(scope, str) and 8 <= len(jti) <= 64 and jti.isascii()
        if not (numbers and texts and jti.isprintable()):
            raise InvalidBillingToken
        now = self._clock.now().timestamp()
        timely = issued <= now + LEEWAY_SECONDS and now < expires <= issued + LONGEST_LIFE_SECONDS
        if not timely:
            raise InvalidBillingToken
        return BillingToken(jti, datetime.fromtimestamp(expires, UTC), frozenset(scope.split()))


def requires(scope: str) -> Callable[..., Coroutine[Any, Any, None]]:
    """Return the dependency that lets only billing in, with a token of this scope."""

    async def dependency(
        request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
    ) -> None:
        if credentials is None:
            raise Unauthenticated
        auth: BillingAuth = request.app.state.billing_auth
        await auth.accept(credentials.credentials, scope)

    return dependency


async def remove_spent(session: AsyncSession, now: datetime) -> None:
    """Forget used tokens that have expired."""
    await session.execute(delete(SpentToken).where(SpentToken.expires_at <= now))
