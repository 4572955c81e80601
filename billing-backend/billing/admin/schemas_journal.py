"""Mails and audit entries as staff see them."""

import uuid
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from billing.audit.models import ActorKind
from billing.notifications.models import MailStatus


class ListedMail(BaseModel):
    """A mail in a list."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    user_id: uuid.UUID
    to_address: str
    template: str
    subject: str
    status: MailStatus
    attempts: int
    next_attempt_at: datetime | None
    sent_at: datetime | None
    last_error: str | None
    created_at: datetime


class MailPreview(ListedMail):
    """A mail as it was written. Whatever opens something is blotted out of its links."""

    key: str
    message_id: str | None
    attachments: list[object] = Field(description="`kind` and `id` of each; made anew when the mail leaves.")
    text: str | None = Field(description="Null when the text was deleted after its time.")
    html: str | None


class ListedAuditEntry(BaseModel):
    """Who did what to which object, and what it was before."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    actor_user_id: uuid.UUID | None
    actor_email: str | None
    actor_kind: ActorKind
    action: str
    object_type: str
    object_id: str
    before: dict[str, object] | None
    after: dict[str, object] | None
    ip: str | None
    request_id: str | None
    created_at: datetime
