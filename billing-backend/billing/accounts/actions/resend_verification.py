"""Send the confirmation link again, without telling whether the address has an account."""

from billing.accounts.actions.email_links import send_verification_link
from billing.accounts.limits import limit_mail_request
from billing.accounts.parts import AccountParts
from billing.accounts.repository import get_active_user_by_email
from billing.kit.db import Subject


async def resend_verification(parts: AccountParts, *, email: str, ip: str) -> None:
    """Mail a new link to an account that is not confirmed yet; raises `RateLimited`."""
    await limit_mail_request(parts, email=email, ip=ip)
    async with parts.database.transaction(Subject.system()) as session:
        user = await get_active_user_by_email(session, email)
        if user is not None and not user.is_verified:
            await send_verification_link(session, parts, user)
