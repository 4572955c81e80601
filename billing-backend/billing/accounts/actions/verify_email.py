"""Use a link that proves an e-mail address: of a new account, or of an address to change to."""

from sqlalchemy.exc import IntegrityError

from billing.accounts.errors import EmailTokenInvalid
from billing.accounts.models import EmailToken, TokenPurpose, User
from billing.accounts.parts import AccountParts
from billing.accounts.repository import (
    get_active_user_for_update,
    get_email_token_for_update,
    use_up_email_tokens,
)
from billing.audit.models import ActorKind
from billing.audit.service import record
from billing.kit.crypto import token_hash
from billing.kit.db import Session
from billing.notifications.service import queue_mail


async def verify_email(session: Session, parts: AccountParts, *, token: str, ip: str) -> None:
    """Mark the address confirmed; raises `EmailTokenInvalid` for a link that is unknown, used or too old."""
    now = parts.clock.now()
    purposes = [TokenPurpose.VERIFY_EMAIL, TokenPurpose.CHANGE_EMAIL]
    found = await get_email_token_for_update(session, token_hash(token), purposes, now)
    user = await get_active_user_for_update(session, found.user_id) if found is not None else None
    if found is None or user is None:
        raise EmailTokenInvalid
    found.used_at = now
    if found.purpose is TokenPurpose.CHANGE_EMAIL:
        await _change(session, parts, user, found, ip=ip)
        return
    if found.email != user.email:
        raise EmailTokenInvalid
    user.mark_verified(now)
    await _record(session, user, "user.email_verified", ip=ip)


async def _change(session: Session, parts: AccountParts, user: User, token: EmailToken, *, ip: str) -> None:
    now, old = parts.clock.now(), user.email
    try:
        async with session.begin_nested():
            user.set_email(token.email, now)
            await session.flush()
    except IntegrityError as error:
        # Somebody signed up with the address in the meantime.
        raise EmailTokenInvalid from error
    # A reset link in the old mailbox must not open the account any more.
    await use_up_email_tokens(session, user.id, [TokenPurpose.RESET_PASSWORD, TokenPurpose.VERIFY_EMAIL], now)
    await queue_mail(
        session,
        key=f"email_changed:{token.id}",
        template="email_changed",
        user_id=user.id,
        to=old,
        context={"name": user.full_name, "new_email": token.email, "changed_at": now},
        locale=user.locale,
    )
    await _record(session, user, "user.email_changed", ip=ip, before={"email": old}, after={"email": token.email})


async def _record(
    session: Session,
    user: User,
    action: str,
    *,
    ip: str,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    await record(
        session,
        actor_user_id=user.id,
        actor_kind=ActorKind.CUSTOMER,
        action=action,
        object_type="user",
        object_id=user.id,
        before=before,
        after=after,
        ip=ip,
    )
