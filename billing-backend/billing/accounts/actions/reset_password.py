"""A forgotten password: mail a link, and set a new password by it."""

import uuid

from billing.accounts.actions.email_links import issue_email_token
from billing.accounts.actions.log_out import end_all_sessions
from billing.accounts.actions.password_mails import confirm_new_password
from billing.accounts.errors import EmailTokenInvalid
from billing.accounts.limits import limit_mail_request
from billing.accounts.models import RevokeReason, TokenPurpose
from billing.accounts.parts import AccountParts
from billing.accounts.repository import (
    get_active_user_by_email,
    get_active_user_for_update,
    get_email_token_for_update,
    use_up_email_tokens,
)
from billing.kit.crypto import token_hash
from billing.kit.db import Session, Subject
from billing.notifications.service import queue_mail

_PURPOSES = [TokenPurpose.RESET_PASSWORD]


async def forgot_password(parts: AccountParts, *, email: str, ip: str) -> None:
    """Mail a link if the address has an account; the caller learns nothing. Raises `RateLimited`."""
    await limit_mail_request(parts, email=email, ip=ip)
    async with parts.database.transaction(Subject.system()) as session:
        user = await get_active_user_by_email(session, email)
        if user is None:
            return
        token, plain = await issue_email_token(session, parts, user=user, purpose=_PURPOSES[0], email=email)
        await queue_mail(
            session,
            key=f"password_reset:{token.id}",
            template="password_reset",
            user_id=user.id,
            to=user.email,
            context={
                "name": user.trusted_name,
                "url": f"{parts.settings.portal_url}/reset-password?token={plain}",
                "valid_minutes": int(parts.settings.reset_token_lifetime.total_seconds() // 60),
            },
            locale=user.locale,
        )


async def reset_password(parts: AccountParts, *, token: str, new_password: str, ip: str) -> None:
    """Set the password and end every session; raises `EmailTokenInvalid`.

    The link is looked up before hashing, so that made-up links cost no bcrypt, and again when it is used up.
    """
    async with parts.database.transaction(Subject.system()) as session:
        await _holder(session, parts, token)
    password_hash = await parts.hasher.hash(new_password)
    async with parts.database.transaction(Subject.system()) as session:
        user_id = await _holder(session, parts, token)
        user = await get_active_user_for_update(session, user_id)
        if user is None:
            raise EmailTokenInvalid
        now = parts.clock.now()
        user.set_password(password_hash, now)
        # The link came through the mailbox, which is all that a confirmation link proves.
        user.mark_verified(now)
        await use_up_email_tokens(session, user_id, list(TokenPurpose), now)
        await end_all_sessions(session, parts, user_id=user_id, reason=RevokeReason.PASSWORD_RESET)
        await confirm_new_password(session, parts, user, action="user.password_reset", ip=ip)


async def _holder(session: Session, parts: AccountParts, token: str) -> uuid.UUID:
    found = await get_email_token_for_update(session, token_hash(token), _PURPOSES, parts.clock.now())
    if found is None:
        raise EmailTokenInvalid
    return found.user_id
