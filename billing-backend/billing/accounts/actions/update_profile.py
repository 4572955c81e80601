"""Change one's own profile."""

import uuid
from collections.abc import Mapping
from datetime import datetime

from billing.accounts.models import BILLING_FIELDS, BILLING_SYNC_TASK, User
from billing.accounts.service import get_user_or_raise
from billing.audit.service import record
from billing.kit.db import Session


async def update_profile(
    session: Session, *, user_id: uuid.UUID, changes: Mapping[str, object], now: datetime, ip: str
) -> User:
    """Set the named fields and return the user; a change that changes nothing leaves no trace."""
    user = await get_user_or_raise(session, user_id)
    before = {name: getattr(user, name) for name, value in changes.items() if getattr(user, name) != value}
    if not before:
        return user
    for name in before:
        setattr(user, name, changes[name])
    if not BILLING_FIELDS.isdisjoint(before):
        user.mark_billing_changed(now)
        if user.billing_sync_due_at is not None:
            session.enqueue(BILLING_SYNC_TASK, str(user.id))
    await session.flush()
    after = {name: changes[name] for name in before}
    await record(
        session,
        actor_user_id=user_id,
        action="user.updated",
        object_type="user",
        object_id=user_id,
        before=before,
        after=after,
        ip=ip,
    )
    return user
