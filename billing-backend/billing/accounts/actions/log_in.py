"""Log in by password."""

import unicodedata

from billing.accounts.actions.tokens import TokenPair, issue_tokens
from billing.accounts.errors import InvalidCredentials
from billing.accounts.limits import count_failed_log_in, limit_log_in
from billing.accounts.models import User, UserSession
from billing.accounts.parts import AccountParts
from billing.accounts.repository import get_active_user_by_email, get_active_user_for_update, is_new_device
from billing.kit.db import Subject
from billing.notifications.models import NotificationKind
from billing.notifications.portal import notify
from service_kit.fields import normalise_email
from service_kit.ids import uuid7


async def log_in(parts: AccountParts, *, username: str, password: str, ip: str, user_agent: str | None) -> TokenPair:
    """Open a session; raises `InvalidCredentials` or `RateLimited`.

    Whatever is wrong, exactly one password is checked and the answer is the same, so neither the text nor the time
    tells which addresses have an account.
    """
    email = normalise_email(username)
    await limit_log_in(parts, email=email, ip=ip)
    user = await _find(parts, email)
    password = unicodedata.normalize("NFC", password)
    if not await parts.hasher.matches(password, user.password_hash if user else None) or user is None:
        await count_failed_log_in(parts, ip=ip)
        raise InvalidCredentials
    outdated = parts.hasher.is_outdated(user.password_hash)
    rehashed = await parts.hasher.hash(password) if outdated else None
    now = parts.clock.now()
    async with parts.database.transaction(Subject.system()) as session:
        locked = await get_active_user_for_update(session, user.id)
        # The password may have been changed while it was being checked.
        if locked is None or locked.password_hash != user.password_hash:
            raise InvalidCredentials
        if rehashed is not None:
            locked.password_hash = rehashed
        device = _short(user_agent)
        opened = UserSession(id=uuid7(), user_id=locked.id, last_seen_at=now, ip=ip, user_agent=device)
        if await is_new_device(session, locked.id, device):
            await notify(
                session,
                key=f"log-in:{opened.id}",
                kind=NotificationKind.NEW_LOG_IN,
                user_id=locked.id,
                data={"ip": ip, "user_agent": device, "at": now},
                path="/profile",
            )
        session.add(opened)
        await session.flush()
        pair, _ = await issue_tokens(session, parts, locked, opened.id)
    return pair


async def _find(parts: AccountParts, email: str) -> User | None:
    # PostgreSQL refuses some of what a form can carry, such as NUL; no stored address has any of it.
    if not email.isprintable():
        return None
    async with parts.database.transaction(Subject.system()) as session:
        return await get_active_user_by_email(session, email)


def _short(user_agent: str | None) -> str | None:
    """Header values are Latin-1 and may hold control characters; the list of sessions shows them to their owner."""
    if user_agent is None:
        return None
    return "".join(character if character.isprintable() else " " for character in user_agent)[:255]
