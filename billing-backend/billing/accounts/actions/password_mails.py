"""What follows every change of a password: a trace, and a mail to its owner."""

from billing.accounts.models import User
from billing.accounts.parts import AccountParts
from billing.audit.models import ActorKind
from billing.audit.service import record
from billing.kit.db import Session
from billing.notifications.service import queue_mail
from service_kit.ids import uuid7


async def confirm_new_password(session: Session, parts: AccountParts, user: User, *, action: str, ip: str) -> None:
    await record(
        session,
        actor_user_id=user.id,
        actor_kind=ActorKind.CUSTOMER,
        action=action,
        object_type="user",
        object_id=user.id,
        ip=ip,
    )
    await queue_mail(
        session,
        # Each change is an occasion of its own, and it commits once.
        key=f"password_changed:{uuid7()}",
        template="password_changed",
        user_id=user.id,
        to=user.email,
        context={
            "name": user.trusted_name,
            "changed_at": parts.clock.now(),
            "reset_url": f"{parts.settings.portal_url}/forgot-password",
        },
        locale=user.locale,
    )
