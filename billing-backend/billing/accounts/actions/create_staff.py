"""Staff accounts; made by the owner, or from the command line for the first one."""

from billing.accounts.errors import EmailTaken
from billing.accounts.models import User
from billing.accounts.permissions import Role, is_staff
from billing.accounts.repository import get_user, insert_user
from billing.audit.service import record
from billing.kit.db import Session
from service_kit.clock import Clock
from service_kit.fields import normalise_email
from service_kit.ids import uuid7
from service_kit.passwords import PasswordHasher


async def create_staff(
    session: Session,
    *,
    hasher: PasswordHasher,
    clock: Clock,
    email: str,
    full_name: str,
    role: Role,
    password: str,
) -> User:
    """Return the new member of staff, whose address counts as confirmed.

    Raises `EmailTaken`, and `ValueError` for the role of a customer.
    """
    if not is_staff(role):
        raise ValueError("a member of staff needs a staff role")
    user_id = await insert_user(
        session,
        {
            "id": uuid7(),
            "email": normalise_email(email),
            "password_hash": await hasher.hash(password),
            "full_name": full_name,
            "role": role,
            "is_active": True,
            "locale": "en",
            "email_verified_at": clock.now(),
        },
    )
    user = None if user_id is None else await get_user(session, user_id)
    if user is None:
        raise EmailTaken
    await record(
        session,
        actor_user_id=session.subject.user_id,
        action="staff.created",
        object_type="user",
        object_id=user.id,
        after={"email": user.email, "role": role},
    )
    return user
