"""What endpoints ask for: who is calling, and a transaction on that caller's behalf."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated

import structlog
from fastapi import Depends
from fastapi.security import OAuth2PasswordBearer
from starlette.requests import Request

from billing.accounts.authentication import Principal, authenticate
from billing.accounts.errors import EmailNotVerified
from billing.accounts.parts import AccountParts
from billing.accounts.permissions import Permission
from billing.accounts.repository import get_user
from billing.accounts.session_cache import SessionCache
from billing.kit.container import provided
from billing.kit.db import Database, Session, Subject
from billing.kit.ratelimit import RateLimiter, Rule
from billing.kit.ratelimit_http import client_ip_of, report_verdict
from billing.kit.tokens import TokenSigner
from billing.settings import Settings
from service_kit.clock import Clock
from service_kit.errors import Forbidden, Unauthenticated

__all__ = [
    "ClientIp",
    "CurrentPrincipal",
    "CustomerSession",
    "Parts",
    "Principal",
    "PrincipalIfAny",
    "PublicSession",
    "StaffPrincipal",
    "StaffSession",
    "require",
    "require_verified",
]

_bearer = OAuth2PasswordBearer(tokenUrl="/api/v1/auth/token", refreshUrl="/api/v1/auth/refresh", auto_error=False)

_READS = frozenset({"GET", "HEAD"})
ClientIp = Annotated[str, Depends(client_ip_of)]
Parts = Annotated[AccountParts, Depends(provided(AccountParts))]


async def current_principal(
    request: Request,
    token: Annotated[str | None, Depends(_bearer)],
    signer: Annotated[TokenSigner, Depends(provided(TokenSigner))],
    cache: Annotated[SessionCache, Depends(provided(SessionCache))],
    database: Annotated[Database, Depends(provided(Database))],
    limiter: Annotated[RateLimiter, Depends(provided(RateLimiter))],
    settings: Annotated[Settings, Depends(provided(Settings))],
    clock: Annotated[Clock, Depends(provided(Clock))],
) -> Principal:
    """Return who is calling, and count the call; 401 without a valid token, 429 over the user's limit."""
    if token is None:
        raise Unauthenticated
    principal = await authenticate(token, signer=signer, cache=cache, database=database, clock=clock)
    if request.method in _READS:
        rule = Rule("user-reads", settings.rate_limit_reads_per_user)
    else:
        rule = Rule("user", settings.rate_limit_per_user)
    report_verdict(request, await limiter.enforce(rule, str(principal.user_id)))
    structlog.contextvars.bind_contextvars(user_id=str(principal.user_id))
    return principal


CurrentPrincipal = Annotated[Principal, Depends(current_principal)]


async def _principal_if_any(
    request: Request,
    token: Annotated[str | None, Depends(_bearer)],
    signer: Annotated[TokenSigner, Depends(provided(TokenSigner))],
    cache: Annotated[SessionCache, Depends(provided(SessionCache))],
    database: Annotated[Database, Depends(provided(Database))],
    limiter: Annotated[RateLimiter, Depends(provided(RateLimiter))],
    settings: Annotated[Settings, Depends(provided(Settings))],
    clock: Annotated[Clock, Depends(provided(Clock))],
) -> Principal | None:
    """Return who is calling, None for a stranger; a token that is not valid is refused all the same."""
    if token is None:
        return None
    return await current_principal(request, token, signer, cache, database, limiter, settings, clock)


PrincipalIfAny = Annotated[Principal | None, Depends(_principal_if_any)]


async def staff_principal(principal: CurrentPrincipal) -> Principal:
    if not principal.is_staff:
        raise Forbidden
    return principal


StaffPrincipal = Annotated[Principal, Depends(staff_principal)]


def require(permission: Permission) -> Callable[[Principal], Awaitable[Principal]]:
    """Return a dependency that refuses callers without `permission`: 403, code `forbidden`."""

    async def dependency(principal: StaffPrincipal) -> Principal:
        if not principal.allows(permission):
            raise Forbidden
        return principal

    return dependency


# The transactions below have the scope "function": they commit before the answer leaves, so that nobody is told of
# something that then fails to commit.
async def _customer_session(
    principal: CurrentPrincipal, database: Annotated[Database, Depends(provided(Database))]
) -> AsyncIterator[Session]:
    async with database.transaction(Subject.customer(principal.user_id)) as session:
        yield session


async def _staff_session(
    principal: StaffPrincipal, database: Annotated[Database, Depends(provided(Database))]
) -> AsyncIterator[Session]:
    async with database.transaction(Subject.staff(principal.user_id)) as session:
        yield session


async def _public_session(database: Annotated[Database, Depends(provided(Database))]) -> AsyncIterator[Session]:
    async with database.transaction(Subject.system()) as session:
        yield session


CustomerSession = Annotated[Session, Depends(_customer_session, scope="function")]
StaffSession = Annotated[Session, Depends(_staff_session, scope="function")]
# For routes that nobody logs in to; the query itself has to find only what the caller proved to hold.
PublicSession = Annotated[Session, Depends(_public_session, scope="function")]


async def require_verified(
    principal: CurrentPrincipal, database: Annotated[Database, Depends(provided(Database))]
) -> Principal:
    """Return the caller once the e-mail address is confirmed; 403, code `email_not_verified`, until then.

    The transaction ends here: whoever asks for this may go on to ask the world outside.
    """
    async with database.transaction(Subject.customer(principal.user_id)) as session:
        user = await get_user(session, principal.user_id)
    if user is None or not user.is_verified:
        raise EmailNotVerified
    return principal
