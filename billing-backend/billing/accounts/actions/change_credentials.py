"""Changes that ask for the current password again: a new password, another e-mail address."""

import unicodedata

from billing.accounts.actions.email_links import send_change_link, tell_owner_of_address
from billing.accounts.actions.log_out import end_all_sessions
from billing.accounts.actions.password_mails import confirm_new_password
from billing.accounts.authentication import Principal
from billing.accounts.errors import CurrentPasswordWrong, SessionEnded
from billing.accounts.limits import limit_mail_request, limit_password_check
from billing.accounts.models import RevokeReason, User
from billing.accounts.parts import AccountParts
from billing.accounts.repository import (
    get_active_user_by_email,
    get_active_user_for_update,
    get_user,
)
from billing.kit.db import Session, Subject


async def check_current_password(parts: AccountParts, principal: Principal, password: str) -> User:
    """Return the user as the password was checked against; raises `CurrentPasswordWrong` or `RateLimited`."""
    await limit_password_check(parts, user_id=str(principal.user_id))
    async with parts.database.transaction(Subject.customer(principal.user_id)) as session:
        user = await get_user(session, principal.user_id)
    if user is None:
        raise SessionEnded
    if not await parts.hasher.matches(unicodedata.normalize("NFC", password), user.password_hash):
        raise CurrentPasswordWrong
    return user


async def change_password(
    parts: AccountParts, principal: Principal, *, current_password: str, new_password: str, ip: str
) -> None:
    """Set the password and end all other sessions; raises `CurrentPasswordWrong` or `RateLimited`."""
    checked = await check_current_password(parts, principal, current_password)
    password_hash = await parts.hasher.hash(new_password)
    async with parts.database.transaction(Subject.customer(principal.user_id)) as session:
        user = await _same_password_still(session, checked)
        user.set_password(password_hash, parts.clock.now())
        await end_all_sessions(
            session, parts, user_id=user.id, reason=RevokeReason.PASSWORD_CHANGED, keep=principal.session_id
        )
        await confirm_new_password(session, parts, user, action="user.password_changed", ip=ip)


async def request_email_change(
    parts: AccountParts, principal: Principal, *, new_email: str, current_password: str, ip: str
) -> None:
    """Mail a link to the new address; it replaces the old one when it is used.

    Nothing tells the caller whether the address belongs to somebody else. Raises `CurrentPasswordWrong`, `RateLimited`.
    """
    checked = await check_current_password(parts, principal, current_password)
    await limit_mail_request(parts, email=new_email, ip=ip)
    # As system: the other account, if there is one, is not the caller's to see.
    async with parts.database.transaction(Subject.system()) as session:
        user = await _same_password_still(session, checked)
        owner = await get_active_user_by_email(session, new_email)
        if owner is None:
            await send_change_link(session, parts, user, new_email)
        elif owner.id != user.id:
            await tell_owner_of_address(session, parts, owner)


async def _same_password_still(session: Session, checked: User) -> User:
    user = await get_active_user_for_update(session, checked.id)
    if user is None or user.password_hash != checked.password_hash:
        raise CurrentPasswordWrong
    return user
