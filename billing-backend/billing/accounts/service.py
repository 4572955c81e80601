"""Small things about users that other packages ask for."""

import uuid
from collections.abc import Sequence

from billing.accounts import repository
from billing.accounts.models import User
from billing.accounts.permissions import Permission
from billing.kit.db import Session
from service_kit.errors import NotFound


class UserNotFound(NotFound):
    code, title = "user_not_found", "There is no such user"


async def get_user_or_raise(session: Session, user_id: uuid.UUID) -> User:
    """Return the user; raises `UserNotFound`, also for one this transaction's subject may not see."""
    user = await repository.get_user(session, user_id)
    if user is None:
        raise UserNotFound
    return user


async def list_active_staff(session: Session, permission: Permission) -> Sequence[User]:
    """Return the staff to tell about something that `permission` deals with, oldest account first."""
    return await repository.list_active_staff(session, permission)
