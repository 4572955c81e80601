"""All SQL of mails and of notifications."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, CursorResult, and_, bindparam, func, or_, select, update

from billing.kit.db import Session
from billing.kit.pagination import keyset
from billing.notifications.models import EmailMessage, MailStatus, Notification


def _is_due(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """A mail waiting for its turn, or one whose sender let the lease run out."""
    return or_(
        and_(
            EmailMessage.status == MailStatus.QUEUED,
            or_(EmailMessage.next_attempt_at.is_(None), EmailMessage.next_attempt_at <= now),
        ),
        and_(EmailMessage.status == MailStatus.SENDING, EmailMessage.next_attempt_at <= now),
    )


# Built once: each mail runs them.
_CLAIM = (
    update(EmailMessage)
    .where(EmailMessage.id == bindparam("mail_id"), _is_due(bindparam("now", type_=EmailMessage.next_attempt_at.type)))
    .values(
        status=MailStatus.SENDING,
        attempts=EmailMessage.attempts + 1,
        next_attempt_at=bindparam("until"),
        # That of the first attempt stays for all.
        message_id=func.coalesce(EmailMessage.message_id, bindparam("new_message_id")),
    )
    .returning(EmailMessage)
    .execution_options(synchronize_session=False)
)
_LOCKED = select(EmailMessage).where(EmailMessage.id == bindparam("mail_id")).with_for_update()


async def claim(
    session: Session, mail_id: uuid.UUID, now: datetime, *, until: datetime, message_id: str
) -> EmailMessage | None:
    """Take the mail until `until` if it is due; None when it isn't, or somebody else has taken it."""
    values = {"mail_id": mail_id, "now": now, "until": until, "new_message_id": message_id}
    return (await session.execute(_CLAIM, values)).scalar_one_or_none()


async def get_for_update(session: Session, mail_id: uuid.UUID) -> EmailMessage | None:
    return (await session.execute(_LOCKED, {"mail_id": mail_id})).scalar_one_or_none()


async def list_due(session: Session, now: datetime, *, limit: int) -> Sequence[uuid.UUID]:
    """Return the ids of due mails, oldest first."""
    statement = select(EmailMessage.id).where(_is_due(now)).order_by(EmailMessage.id).limit(limit)
    return (await session.execute(statement)).scalars().all()


async def blank_bodies(session: Session, *, before: datetime, limit: int) -> int:
    """Forget the bodies of mails created before `before` that are done with; returns how many."""
    done = [MailStatus.SENT, MailStatus.FAILED, MailStatus.DEAD]
    old = (
        select(EmailMessage.id)
        .where(EmailMessage.created_at < before, EmailMessage.body_text.is_not(None), EmailMessage.status.in_(done))
        .order_by(EmailMessage.created_at)
        .limit(limit)
    )
    result = await session.execute(
        update(EmailMessage).where(EmailMessage.id.in_(old)).values(body_text=None, body_html=None)
    )
    assert isinstance(result, CursorResult)
    return result.rowcount


async def list_notifications(
    session: Session, user_id: uuid.UUID, *, unread: bool, cursor: str | None, limit: int
) -> Sequence[Notification]:
    """Return a page, newest first, with one row more if there is another page."""
    mine = select(Notification).where(Notification.user_id == user_id)
    if unread:
        mine = mine.where(Notification.read_at.is_(None))
    return (await session.scalars(keyset(mine, Notification.id, cursor, limit))).all()


async def count_unread(session: Session, user_id: uuid.UUID) -> int:
    mine = select(func.count()).where(Notification.user_id == user_id, Notification.read_at.is_(None))
    return (await session.execute(mine)).scalar_one()


async def mark_read(session: Session, user_id: uuid.UUID, at: datetime, notification_id: uuid.UUID | None) -> bool:
    """Mark one, or with None all of a user's, read; False when there is no such one."""
    mine = update(Notification).where(Notification.user_id == user_id)
    if notification_id is None:
        await session.execute(mine.where(Notification.read_at.is_(None)).values(read_at=at))
        return True
    one = mine.where(Notification.id == notification_id).values(read_at=func.coalesce(Notification.read_at, at))
    return (await session.execute(one.returning(Notification.id))).scalar_one_or_none() is not None
