"""Trade a refresh token for a new pair. Each token works once; a second use ends the whole session."""

from billing.accounts.actions.tokens import TokenPair, issue_tokens
from billing.accounts.errors import RefreshTokenInvalid, RefreshTokenReused
from billing.accounts.models import RevokeReason
from billing.accounts.parts import AccountParts
from billing.accounts.repository import get_refresh_token_for_update
from billing.audit.service import record
from billing.kit.crypto import token_hash
from billing.kit.db import Subject
from service_kit.logs import get_logger

log = get_logger(__name__)


async def refresh(parts: AccountParts, *, refresh_token: str, ip: str) -> TokenPair:
    """Return a new pair; raises `RefreshTokenInvalid` or `RefreshTokenReused`.

    The row lock makes two simultaneous uses one after the other: the second is a reuse. There is no grace for a double
    click, because a thief's use looks just the same.
    """
    now = parts.clock.now()
    async with parts.database.transaction(Subject.system()) as session:
        found = await get_refresh_token_for_update(session, token_hash(refresh_token))
        if found is None:
            raise RefreshTokenInvalid
        token, user_session, user = found
        if token.used_at is None:
            if user_session.revoked_at is not None or token.expires_at <= now or not user.is_active:
                raise RefreshTokenInvalid
            pair, replaced_by = await issue_tokens(session, parts, user, user_session.id)
            token.mark_used(now, replaced_by)
            user_session.last_seen_at = now
            return pair
        if user_session.revoked_at is None:
            user_session.revoke(now, RevokeReason.REFRESH_REUSED)
            await parts.sessions.distrust(user_session.id)
            await record(
                session,
                actor_user_id=None,
                action="session.refresh_reused",
                object_type="session",
                object_id=user_session.id,
                after={"user_id": user.id},
                ip=ip,
            )
            log.warning("refresh token used twice, session ended", session_id=str(user_session.id))
    # Raised only here: the revocation above has to be committed.
    raise RefreshTokenReused
