"""Mails, audit entries and received events as lists."""

import uuid
from dataclasses import dataclass

from billing.accounts.models import User
from billing.admin.schemas_journal import ListedAuditEntry, ListedMail
from billing.audit.models import ActorKind, AuditEntry
from billing.inbound.models import EventStatus, WebhookEvent
from billing.inbound.schemas import EventOut
from billing.kit.listing import AnySelect, Made, columns_for, narrowed
from billing.notifications.models import EmailMessage, MailStatus
from service_kit.fields import Email, Line


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFilter(Made):
    """What the list is narrowed to; `to` is the whole address."""

    status: MailStatus | None = None
    template: Line | None = None
    user_id: uuid.UUID | None = None
    to: Email | None = None

    def statement(self) -> AnySelect:
        statement = narrowed(
            columns_for(ListedMail, EmailMessage),
            (EmailMessage.status, self.status),
            (EmailMessage.template, self.template),
            (EmailMessage.user_id, self.user_id),
            (EmailMessage.to_address, self.to),
        )
        return self.within(statement, EmailMessage.created_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter(Made):
    """What the list is narrowed to."""

    actor_user_id: uuid.UUID | None = None
    actor_kind: ActorKind | None = None
    action: Line | None = None
    object_type: Line | None = None
    object_id: Line | None = None

    def statement(self) -> AnySelect:
        columns = columns_for(ListedAuditEntry, AuditEntry, User.email.label("actor_email"))
        statement = narrowed(
            columns.outerjoin(User, User.id == AuditEntry.actor_user_id),
            (AuditEntry.actor_user_id, self.actor_user_id),
            (AuditEntry.actor_kind, self.actor_kind),
            (AuditEntry.action, self.action),
            (AuditEntry.object_type, self.object_type),
            (AuditEntry.object_id, self.object_id),
        )
        return self.within(statement, AuditEntry.created_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter(Made):
    """What the list of received events is narrowed to; payloads are not read."""

    status: EventStatus | None = None
    event_type: Line | None = None

    def statement(self) -> AnySelect:
        statement = narrowed(
            columns_for(EventOut, WebhookEvent),
            (WebhookEvent.status, self.status),
            (WebhookEvent.event_type, self.event_type),
        )
        return self.within(statement, WebhookEvent.created_at)
