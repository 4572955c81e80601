"""One-time links: made here, mailed, and known to the database by their hash only."""

import secrets
from datetime import timedelta

from billing.accounts.models import EmailToken, TokenPurpose, User
from billing.accounts.parts import AccountParts
from billing.accounts.repository import use_up_email_tokens
from billing.kit.crypto import token_hash
from billing.kit.db import Session
from billing.notifications.service import queue_mail
from service_kit.ids import uuid7


async def issue_email_token(
    session: Session,
    parts: AccountParts,
    *,
    user: User,
    purpose: TokenPurpose,
    email: str,
    lifetime: timedelta | None = None,
) -> tuple[EmailToken, str]:
    """Return a new token's row and its plain text; earlier links of the same purpose stop working.

    Without `lifetime` it is good as long as the settings say for its purpose.
    """
    now = parts.clock.now()
    if lifetime is None:
        is_reset = purpose is TokenPurpose.RESET_PASSWORD
        lifetime = parts.settings.reset_token_lifetime if is_reset else parts.settings.email_token_lifetime
    await use_up_email_tokens(session, user.id, [purpose], now)
    plain = secrets.token_urlsafe(32)
    token = EmailToken(
        id=uuid7(),
        user_id=user.id,
        purpose=purpose,
        token_hash=token_hash(plain),
        email=email,
        expires_at=now + lifetime,
    )
    session.add(token)
    await session.flush()
    return token, plain


async def send_verification_link(session: Session, parts: AccountParts, user: User) -> None:
    token, plain = await issue_email_token(
        session, parts, user=user, purpose=TokenPurpose.VERIFY_EMAIL, email=user.email
    )
    await queue_mail(
        session,
        key=f"verify_email:{token.id}",
        template="verify_email",
        user_id=user.id,
        to=user.email,
        # No name in it: whoever typed the address also typed the name, and may have written anything.
        context={
            "url": f"{parts.settings.portal_url}/verify-email?token={plain}",
            "valid_hours": _hours(parts),
        },
        locale=user.locale,
    )


async def send_change_link(session: Session, parts: AccountParts, user: User, new_email: str) -> None:
    token, plain = await issue_email_token(
        session, parts, user=user, purpose=TokenPurpose.CHANGE_EMAIL, email=new_email
    )
    await queue_mail(
        session,
        key=f"email_change:{token.id}",
        template="email_change",
        user_id=user.id,
        to=new_email,
        context={"url": f"{parts.settings.portal_url}/verify-email?token={plain}", "valid_hours": _hours(parts)},
        locale=user.locale,
    )


async def tell_owner_of_address(session: Session, parts: AccountParts, user: User) -> None:
    """Mail the owner that somebody signed up with this address again; at most once an hour."""
    portal = parts.settings.portal_url
    await queue_mail(
        session,
        key=f"account_exists:{user.id}:{parts.clock.now():%Y%m%d%H}",
        template="account_exists",
        user_id=user.id,
        to=user.email,
        context={"login_url": f"{portal}/login", "reset_url": f"{portal}/forgot-password"},
        locale=user.locale,
    )


def _hours(parts: AccountParts) -> int:
    return int(parts.settings.email_token_lifetime.total_seconds() // 3600)
