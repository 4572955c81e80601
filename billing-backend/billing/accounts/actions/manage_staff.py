"""The owner's say over staff: invite, give another role, deactivate and take back."""

import secrets
import uuid
from dataclasses import dataclass

from billing.accounts import repository
from billing.accounts.actions.create_staff import create_staff
from billing.accounts.actions.email_links import issue_email_token
from billing.accounts.actions.log_out import end_all_sessions
from billing.accounts.errors import LastOwner, StaffNotFound
from billing.accounts.models import RevokeReason, TokenPurpose, User
from billing.accounts.parts import AccountParts
from billing.accounts.permissions import Role, is_staff
from billing.audit.service import record
from billing.kit.db import Session, Subject
from billing.notifications.service import queue_mail


@dataclass(frozen=True, slots=True)
class StaffChange:
    """What is to be different; None leaves it as it is."""

    full_name: str | None = None
    role: Role | None = None
    is_active: bool | None = None


async def invite_staff(parts: AccountParts, *, actor: uuid.UUID, email: str, full_name: str, role: Role) -> User:
    """Return the new member of staff, who gets a link to choose a password by; raises `EmailTaken`."""
    # Nobody knows it: the link is the only way in.
    password = secrets.token_urlsafe(32)
    async with parts.database.transaction(Subject.staff(actor)) as session:
        user = await create_staff(
            session,
            hasher=parts.hasher,
            clock=parts.clock,
            email=email,
            full_name=full_name,
            role=role,
            password=password,
        )
        await send_invitation(session, parts, user)
    return user


async def send_invitation(session: Session, parts: AccountParts, user: User) -> None:
    """Mail a link to choose a password by; earlier ones stop working."""
    lifetime = parts.settings.email_token_lifetime
    token, plain = await issue_email_token(
        session, parts, user=user, purpose=TokenPurpose.RESET_PASSWORD, email=user.email, lifetime=lifetime
    )
    await queue_mail(
        session,
        key=f"staff_invited:{token.id}",
        template="staff_invited",
        user_id=user.id,
        to=user.email,
        context={
            "name": user.full_name,
            "role": user.role.value.replace("_", " "),
            "url": f"{parts.settings.portal_url}/reset-password?token={plain}",
            "valid_hours": int(lifetime.total_seconds() // 3600),
        },
        locale=user.locale,
    )


async def get_staff_or_raise(session: Session, user_id: uuid.UUID) -> User:
    """Return a member of staff, locked until the commit; raises `StaffNotFound`, for customers too."""
    user = await repository.get_user_for_update(session, user_id)
    if user is None or not is_staff(user.role):
        raise StaffNotFound
    return user


async def change_staff(
    session: Session, parts: AccountParts, *, actor: uuid.UUID, user_id: uuid.UUID, change: StaffChange
) -> User:
    """Return the member of staff as they are then; who loses something is logged out everywhere.

    Raises `StaffNotFound`, and `LastOwner` when nobody would be left who can undo it.
    """
    # Taken in one order by everybody: of two owners who depose each other the second finds that one is left.
    owners = await repository.lock_active_owners(session)
    user = await get_staff_or_raise(session, user_id)
    wanted = {name: value for name in StaffChange.__slots__ if (value := getattr(change, name)) is not None}
    before = {name: getattr(user, name) for name in wanted}
    if before == wanted:
        return user
    stays_owner = wanted.get("role", user.role) is Role.OWNER and wanted.get("is_active", user.is_active)
    if owners == [user.id] and not stays_owner:
        raise LastOwner
    for name, value in wanted.items():
        setattr(user, name, value)
    await session.flush()
    if before.keys() & {"role", "is_active"}:
        reason = RevokeReason.ROLE_CHANGED if user.is_active else RevokeReason.DEACTIVATED
        await end_all_sessions(session, parts, user_id=user.id, reason=reason)
    await record(
        session,
        actor_user_id=actor,
        action="staff.changed",
        object_type="user",
        object_id=user.id,
        before=before,
        after=wanted,
    )
    return user
