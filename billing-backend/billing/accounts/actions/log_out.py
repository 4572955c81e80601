"""End sessions: this one, another of one's own, or all."""

import uuid

from billing.accounts.errors import SessionNotFound
from billing.accounts.models import RevokeReason
from billing.accounts.parts import AccountParts
from billing.accounts.repository import get_own_session, revoke_sessions
from billing.audit.service import record
from billing.kit.db import Session


async def end_session(
    session: Session,
    parts: AccountParts,
    *,
    user_id: uuid.UUID,
    session_id: uuid.UUID,
    reason: RevokeReason,
    ip: str,
) -> None:
    """Revoke one of the user's live sessions; raises `SessionNotFound`."""
    found = await get_own_session(session, user_id, session_id)
    if found is None:
        raise SessionNotFound
    found.revoke(parts.clock.now(), reason)
    await session.flush()
    await parts.sessions.distrust(session_id)
    await record(
        session, actor_user_id=user_id, action="session.ended", object_type="session", object_id=session_id, ip=ip
    )


async def end_all_sessions(
    session: Session,
    parts: AccountParts,
    *,
    user_id: uuid.UUID,
    reason: RevokeReason,
    keep: uuid.UUID | None = None,
) -> int:
    """Revoke every session of the user but `keep`; returns how many ended."""
    ended = await revoke_sessions(session, user_id, at=parts.clock.now(), reason=reason, keep=keep)
    await parts.sessions.distrust(*ended)
    return len(ended)
