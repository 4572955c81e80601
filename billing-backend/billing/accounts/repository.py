"""All SQL of accounts."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from billing.accounts.models import EmailToken, RefreshToken, RevokeReason, TokenPurpose, User, UserSession
from billing.accounts.permissions import Permission, Role, roles_with
from billing.kit.db import Session
from billing.kit.pagination import keyset


async def get_user(session: Session, user_id: uuid.UUID) -> User | None:
    return await session.get(User, user_id)


async def get_active_user_by_email(session: Session, email: str) -> User | None:
    return (await session.execute(select(User).where(User.email == email, User.is_active))).scalar_one_or_none()


async def get_active_user_for_update(session: Session, user_id: uuid.UUID) -> User | None:
    """Return the user locked and fresh from the table, whatever this session has seen before."""
    statement = (
        select(User)
        .where(User.id == user_id, User.is_active)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def get_user_for_update(session: Session, user_id: uuid.UUID) -> User | None:
    statement = select(User).where(User.id == user_id).with_for_update(key_share=True)
    return (await session.execute(statement.execution_options(populate_existing=True))).scalar_one_or_none()


async def lock_active_owners(session: Session) -> list[uuid.UUID]:
    """Return the owners, locked until the commit."""
    statement = select(User.id).where(User.role == Role.OWNER, User.is_active).order_by(User.id)
    return list((await session.execute(statement.with_for_update(key_share=True))).scalars())


async def insert_user(session: Session, values: dict[str, object]) -> uuid.UUID | None:
    """Return the new user's id, or None when the address is taken; waits for a rival insert to end."""
    statement = insert(User).values(**values).on_conflict_do_nothing(index_elements=["email"]).returning(User.id)
    return (await session.execute(statement)).scalar_one_or_none()


async def list_active_staff(session: Session, permission: Permission) -> Sequence[User]:
    """Return the staff who hold `permission`, oldest first."""
    roles = roles_with(permission)
    statement = select(User).where(User.role.in_(roles), User.role != Role.CUSTOMER, User.is_active).order_by(User.id)
    return (await session.execute(statement)).scalars().all()


async def get_live_session(session: Session, session_id: uuid.UUID) -> tuple[UserSession, Role] | None:
    """Return a session that is not revoked and whose user is active, with the user's role."""
    statement = (
        select(UserSession, User.role)
        .join(User, User.id == UserSession.user_id)
        .where(UserSession.id == session_id, UserSession.revoked_at.is_(None), User.is_active)
    )
    row = (await session.execute(statement)).one_or_none()
    return (row[0], row[1]) if row is not None else None


async def is_new_device(session: Session, user_id: uuid.UUID, user_agent: str | None) -> bool:
    """Tell whether the user has logged in before, and never with this browser."""
    known = func.bool_or(UserSession.user_agent.is_not_distinct_from(user_agent))
    return (await session.execute(select(known).where(UserSession.user_id == user_id))).scalar_one() is False


async def touch_session(session: Session, session_id: uuid.UUID, at: datetime) -> None:
    await session.execute(
        update(UserSession).where(UserSession.id == session_id, UserSession.last_seen_at < at).values(last_seen_at=at)
    )


async def get_own_session(session: Session, user_id: uuid.UUID, session_id: uuid.UUID) -> UserSession | None:
    statement = select(UserSession).where(
        UserSession.id == session_id, UserSession.user_id == user_id, UserSession.revoked_at.is_(None)
    )
    return (await session.execute(statement.with_for_update())).scalar_one_or_none()


async def list_live_sessions(
    session: Session, user_id: uuid.UUID, *, seen_since: datetime, cursor: str | None, limit: int
) -> Sequence[UserSession]:
    """Return the user's sessions that can still be used; `seen_since` leaves out those whose tokens ran out."""
    statement = select(UserSession).where(
        UserSession.user_id == user_id, UserSession.revoked_at.is_(None), UserSession.last_seen_at > seen_since
    )
    return (await session.execute(keyset(statement, UserSession.id, cursor, limit))).scalars().all()


async def revoke_sessions(
    session: Session, user_id: uuid.UUID, *, at: datetime, reason: RevokeReason, keep: uuid.UUID | None = None
) -> Sequence[uuid.UUID]:
    """Revoke all of a user's sessions but `keep`; returns the ids of those that were alive."""
    statement = (
        update(UserSession)
        .where(UserSession.user_id == user_id, UserSession.revoked_at.is_(None))
        .values(revoked_at=at, revoked_reason=reason)
        .returning(UserSession.id)
    )
    if keep is not None:
        statement = statement.where(UserSession.id != keep)
    return (await session.execute(statement)).scalars().all()


async def get_refresh_token_for_update(
    session: Session, token_hash: str
) -> tuple[RefreshToken, UserSession, User] | None:
    """Return the token, its session and user, with token and session locked until the transaction ends."""
    statement = (
        select(RefreshToken, UserSession, User)
        .join(UserSession, UserSession.id == RefreshToken.session_id)
        .join(User, User.id == RefreshToken.user_id)
        .where(RefreshToken.token_hash == token_hash)
        .with_for_update(of=[RefreshToken, UserSession])
    )
    row = (await session.execute(statement)).one_or_none()
    return (row[0], row[1], row[2]) if row is not None else None


async def get_email_token_for_update(
    session: Session, token_hash: str, purposes: Sequence[TokenPurpose], now: datetime
) -> EmailToken | None:
    """Return a link that can still be used, locked."""
    statement = select(EmailToken).where(
        EmailToken.token_hash == token_hash,
        EmailToken.purpose.in_(purposes),
        EmailToken.used_at.is_(None),
        EmailToken.expires_at > now,
    )
    return (await session.execute(statement.with_for_update())).scalar_one_or_none()


async def use_up_email_tokens(
    session: Session, user_id: uuid.UUID, purposes: Sequence[TokenPurpose], at: datetime
) -> None:
    """Make the user's open links of these purposes worthless."""
    await session.execute(
        update(EmailToken)
        .where(EmailToken.user_id == user_id, EmailToken.purpose.in_(purposes), EmailToken.used_at.is_(None))
        .values(used_at=at)
    )


async def delete_expired_tokens(session: Session, before: datetime, *, limit: int) -> int:
    """Delete up to `limit` each of refresh tokens, links and sessions that ended before `before`; returns how many."""
    stale = (
        select(UserSession.id).where(UserSession.last_seen_at < before).order_by(UserSession.last_seen_at).limit(limit)
    )
    result = await session.execute(delete(UserSession).where(UserSession.id.in_(stale)))
    assert isinstance(result, CursorResult)
    deleted = result.rowcount
    for model in (RefreshToken, EmailToken):
        doomed = select(model.id).where(model.expires_at < before).order_by(model.expires_at).limit(limit)
        result = await session.execute(delete(model).where(model.id.in_(doomed)))
        assert isinstance(result, CursorResult)
        deleted += result.rowcount
    return deleted
