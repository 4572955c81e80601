"""From a bearer token to a principal."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from billing.accounts.errors import AccessTokenInvalid, SessionEnded
from billing.accounts.models import User
from billing.accounts.permissions import Permission, Role, allows, is_staff
from billing.accounts.repository import get_live_session, touch_session
from billing.accounts.session_cache import BELIEVED_FOR, LiveSession, SessionCache
from billing.kit.db import Database, Subject
from billing.kit.tokens import TokenInvalid, TokenSigner
from service_kit.clock import Clock

AUDIENCE = "billing-api"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who makes this request. The role is the user's of now, not the one the token was issued with."""

    user_id: uuid.UUID
    role: Role
    session_id: uuid.UUID

    @property
    def is_staff(self) -> bool:
        return is_staff(self.role)

    def allows(self, permission: Permission) -> bool:
        return allows(self.role, permission)


def sign_access_token(signer: TokenSigner, user: User, session_id: uuid.UUID, *, lifetime: timedelta) -> str:
    claims = {"sub": str(user.id), "role": user.role.value, "sid": str(session_id)}
    return signer.sign(claims, audience=AUDIENCE, lifetime=lifetime)


async def authenticate(
    token: str, *, signer: TokenSigner, cache: SessionCache, database: Database, clock: Clock
) -> Principal:
    """Return who holds this access token; raises `AccessTokenInvalid` or `SessionEnded`."""
    try:
        claims = signer.verify(token, audience=AUDIENCE)
        user_id, session_id = uuid.UUID(claims["sub"]), uuid.UUID(claims["sid"])
    except (TokenInvalid, KeyError, ValueError) as error:
        raise AccessTokenInvalid from error
    live = await cache.get(session_id)
    if live is None:
        live = await _ask_table(session_id, database, clock)
        await cache.put(session_id, live)
    if live.user_id != user_id:
        raise AccessTokenInvalid
    return Principal(user_id=user_id, role=live.role, session_id=session_id)


async def _ask_table(session_id: uuid.UUID, database: Database, clock: Clock) -> LiveSession:
    now = clock.now()
    async with database.transaction(Subject.system()) as session:
        found = await get_live_session(session, session_id)
        if found is None:
            raise SessionEnded
        user_session, role = found
        # Without Redis every request comes here; one write a minute is enough for "last seen".
        if now - user_session.last_seen_at >= BELIEVED_FOR:
            await touch_session(session, session_id, now)
    return LiveSession(user_id=user_session.user_id, role=role, checked_at=now)
