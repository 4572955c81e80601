"""Small things about users that other packages ask for."""

import uuid
from collections.abc import Mapping, Sequence

from billing.accounts import repository
from billing.accounts.models import User
from billing.accounts.permissions import Permission
from billing.kit.db import Session
from billing.notifications.ports import Attachment
from billing.notifications.service import queue_mail
from service_kit.errors import NotFound


class UserNotFound(NotFound):
    code, title = "user_not_found", "There is no such user"


async def get_user_or_raise(session: Session, user_id: uuid.UUID) -> User:
    """Return the user; raises `UserNotFound`, also for one this transaction's subject may not see."""
    user = await repository.get_user(session, user_id)
    if user is None:
        raise UserNotFound
    return user


async def mail_customer(
    session: Session,
    user: User,
    *,
    key: str,
    template: str,
    context: Mapping[str, object],
    attachments: Sequence[Attachment] = (),
) -> None:
    """Queue a mail to a customer, who is called by `name` in it: once per `key`, as `queue_mail`."""
    await queue_mail(
        session,
        key=key,
        template=template,
        user_id=user.id,
        to=user.email,
        locale=user.locale,
        context={"name": user.full_name, **context},
        attachments=attachments,
    )


async def mail_staff(
    session: Session, permission: Permission, *, key: str, template: str, context: Mapping[str, object]
) -> None:
    """Queue a mail to each of the active staff who hold `permission`: once per person and `key`."""
    for member in await repository.list_active_staff(session, permission):
        await queue_mail(
            session,
            key=f"{key}:{member.id}",
            template=template,
            user_id=member.id,
            to=member.email,
            locale=member.locale,
            context=context,
        )
