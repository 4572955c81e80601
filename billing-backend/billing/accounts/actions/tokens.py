"""The pair of tokens a session lives on."""

import secrets
import uuid
from dataclasses import dataclass

from billing.accounts.authentication import sign_access_token
from billing.accounts.models import RefreshToken, User
from billing.accounts.parts import AccountParts
from billing.kit.crypto import token_hash
from billing.kit.db import Session
from service_kit.ids import uuid7


@dataclass(frozen=True, slots=True)
class TokenPair:
    """`expires_in` and `refresh_expires_in` in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int
    refresh_expires_in: int


async def issue_tokens(
    session: Session, parts: AccountParts, user: User, session_id: uuid.UUID
) -> tuple[TokenPair, uuid.UUID]:
    """Return a new pair and the id of its refresh token's row."""
    settings, now = parts.settings, parts.clock.now()
    plain = f"nrt_{secrets.token_urlsafe(32)}"
    row = RefreshToken(
        id=uuid7(),
        user_id=user.id,
        session_id=session_id,
        token_hash=token_hash(plain),
        issued_at=now,
        expires_at=now + settings.refresh_token_lifetime,
    )
    session.add(row)
    await session.flush()
    pair = TokenPair(
        access_token=sign_access_token(parts.signer, user, session_id, lifetime=settings.access_token_lifetime),
        refresh_token=plain,
        expires_in=int(settings.access_token_lifetime.total_seconds()),
        refresh_expires_in=int(settings.refresh_token_lifetime.total_seconds()),
    )
    return pair, row.id
