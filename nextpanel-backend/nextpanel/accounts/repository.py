"""All SQL about accounts."""

import uuid
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from nextpanel.accounts.errors import AccountNotFound
from nextpanel.accounts.models import Account, AccountStatus, LoginSession, OneTimeToken, RefreshToken, TokenPurpose


async def get_account(session: AsyncSession, account_id: uuid.UUID, *, lock: bool = False) -> Account | None:
    statement = select(Account).where(Account.id == account_id)
    return await session.scalar(statement.with_for_update() if lock else statement)


async def get_account_or_raise(session: AsyncSession, account_id: uuid.UUID, *, lock: bool = False) -> Account:
    """Return the account; raises `AccountNotFound`."""
    account = await get_account(session, account_id, lock=lock)
    if account is None:
        raise AccountNotFound
    return account


async def get_account_by_license(session: AsyncSession, license_id: uuid.UUID) -> Account | None:
    """Return the license's account, locked."""
    return await session.scalar(select(Account).where(Account.license_id == license_id).with_for_update())


async def username_exists(session: AsyncSession, username: str) -> bool:
    return await session.scalar(select(Account.id).where(Account.username == username)) is not None


async def get_account_for_login(session: AsyncSession, name: str) -> Account | None:
    """Find by user name, else by e-mail address when exactly one living account has it."""
    alive = select(Account).where(Account.status != AccountStatus.TERMINATED)
    by_name = await session.scalar(alive.where(Account.username == name.lower()))
    if by_name is not None:
        return by_name
    by_email = (await session.scalars(alive.where(Account.email == name.lower()).limit(2))).all()
    return by_email[0] if len(by_email) == 1 else None


async def count_living(session: AsyncSession) -> int:
    statement = select(func.count()).select_from(Account).where(Account.status != AccountStatus.TERMINATED)
    return await session.scalar(statement) or 0


async def find_token_owner(
    session: AsyncSession, token_hash: str, purpose: TokenPurpose, now: datetime
) -> uuid.UUID | None:
    """Return whose one-time token this is, without using it up."""
    return await session.scalar(
        select(OneTimeToken.account_id).where(
            OneTimeToken.token_hash == token_hash, OneTimeToken.purpose == purpose, OneTimeToken.expires_at > now
        )
    )


async def take_token(session: AsyncSession, token_hash: str, purpose: TokenPurpose, now: datetime) -> uuid.UUID | None:
    """Use a one-time token up and return whose it was; of two callers at once only one gets it."""
    return await session.scalar(
        delete(OneTimeToken)
        .where(OneTimeToken.token_hash == token_hash, OneTimeToken.purpose == purpose, OneTimeToken.expires_at > now)
        .returning(OneTimeToken.account_id)
    )


async def delete_tokens(session: AsyncSession, account_id: uuid.UUID, purpose: TokenPurpose) -> None:
    await session.execute(
        delete(OneTimeToken).where(OneTimeToken.account_id == account_id, OneTimeToken.purpose == purpose)
    )


async def get_login_session(session: AsyncSession, session_id: uuid.UUID, *, lock: bool = False) -> LoginSession | None:
    statement = select(LoginSession).where(LoginSession.id == session_id)
    return await session.scalar(statement.with_for_update() if lock else statement)


async def get_refresh_token(session: AsyncSession, token_hash: str) -> RefreshToken | None:
    """Return the refresh token, locked."""
    return await session.scalar(select(RefreshToken).where(RefreshToken.token_hash == token_hash).with_for_update())


async def remove_expired(session: AsyncSession, now: datetime) -> None:
    """Remove one-time tokens and log-ins whose time is over."""
    await session.execute(delete(OneTimeToken).where(OneTimeToken.expires_at <= now))
    await session.execute(delete(LoginSession).where(LoginSession.expires_at <= now))
