"""Queue mail, in the transaction of whatever it is about."""

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy.dialects.postgresql import insert

from billing.kit.db import Session
from billing.notifications.models import BODY_PURPOSE, EmailMessage, MailStatus
from billing.notifications.portal import notify_of_mail
from billing.notifications.ports import Attachment
from billing.notifications.rendering import render
from service_kit.ids import uuid7

DELIVER_TASK = "notifications.deliver"


async def queue_mail(
    session: Session,
    *,
    key: str,
    template: str,
    user_id: uuid.UUID,
    to: str,
    context: Mapping[str, object],
    locale: str = "en",
    attachments: Sequence[Attachment] = (),
) -> uuid.UUID | None:
    """Queue a mail and return its id, or None when a mail with this `key` exists already.

    `key` names the occasion (`receipt:<order id>`); the mail goes out after the caller's commit and never without it.
    What the portal says too is noted there, under the same key. Values of each template: `rendering.VARIABLES`; raises
    `UnknownMail` for others. Attachments are made when the mail leaves, not now.
    """
    mail = render(template, context, locale=locale)
    statement = (
        insert(EmailMessage)
        .values(
            id=uuid7(),
            user_id=user_id,
            key=key,
            template=template,
            to_address=to,
            subject=mail.subject,
            body_text=session.vault.encrypt(mail.text, purpose=BODY_PURPOSE),
            body_html=session.vault.encrypt(mail.html, purpose=BODY_PURPOSE),
            attachments=[{"kind": wanted.kind, "id": str(wanted.id)} for wanted in attachments],
            status=MailStatus.QUEUED,
            attempts=0,
        )
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(EmailMessage.id)
    )
    mail_id = (await session.execute(statement)).scalar_one_or_none()
    if mail_id is not None:
        session.enqueue(DELIVER_TASK, str(mail_id))
        await notify_of_mail(session, key=key, template=template, user_id=user_id, context=context)
    return mail_id
