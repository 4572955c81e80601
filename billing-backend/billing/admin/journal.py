"""The mail log and the audit trail for staff."""

import re
import uuid
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from billing.accounts.dependencies import StaffSession, require
from billing.accounts.exports import StaffExport
from billing.accounts.permissions import Permission
from billing.admin.journal_repository import AuditFilter, MailFilter
from billing.admin.schemas_journal import ListedAuditEntry, ListedMail, MailPreview
from billing.audit.models import AuditEntry
from billing.kit.container import provided
from billing.kit.crypto import Vault
from billing.kit.csv_export import CSV_ANSWER
from billing.kit.listing import page_of
from billing.kit.pagination import Cursor, InvalidCursor, Limit, Page
from billing.notifications.models import BODY_PURPOSE, EmailMessage
from service_kit.errors import Forbidden, NotFound, Unauthenticated
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1/admin", tags=["staff"], responses=responses(Unauthenticated, Forbidden))

_MAILS = [Depends(require(Permission.MAIL_READ))]
_AUDIT = [Depends(require(Permission.AUDIT_READ))]
Mails = Annotated[MailFilter, Depends()]
Entries = Annotated[AuditFilter, Depends()]
# A one-time link would let whoever reads it be the customer. Ids open nothing.
_OPENS = re.compile(r"(?<=[/=])(?<!//)(?![0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![\w-]))[\w.~-]{20,}")
BLOT = "•••"


class MailNotFound(NotFound):
    code, title = "mail_not_found", "There is no such mail"


def blotted(body: str) -> str:
    """Return the body with every secret in its links made unreadable."""
    return _OPENS.sub(BLOT, body)


@router.get("/mails", dependencies=_MAILS, responses=responses(InvalidCursor))
async def list_mails(
    session: StaffSession, wanted: Mails, cursor: Cursor = None, limit: Limit = 50
) -> Page[ListedMail]:
    """List mails, newest first; `status=failed` was refused, `status=dead` could never be handed over."""
    return await page_of(session, ListedMail, wanted.statement(), EmailMessage.id, cursor, limit)


@router.get("/mails.csv", dependencies=_MAILS, response_class=StreamingResponse, responses=CSV_ANSWER)
async def export_mails(export: StaffExport, wanted: Mails) -> StreamingResponse:
    """Download the list of mails."""
    return await export.csv("mails", ListedMail, wanted.statement(), EmailMessage.id)


@router.get("/mails/{mail_id}", dependencies=_MAILS, responses=responses(MailNotFound))
async def get_mail(
    mail_id: uuid.UUID, session: StaffSession, vault: Annotated[Vault, Depends(provided(Vault))]
) -> MailPreview:
    """Show a mail as it was written; one-time links in it are made unreadable."""
    mail = await session.get(EmailMessage, mail_id)
    if mail is None:
        raise MailNotFound

    def opened(body: str | None) -> str | None:
        return None if body is None else blotted(vault.decrypt(body, purpose=BODY_PURPOSE))

    return MailPreview(
        **ListedMail.model_validate(mail).model_dump(),
        key=mail.key,
        message_id=mail.message_id,
        attachments=mail.attachments,
        text=opened(mail.body_text),
        html=opened(mail.body_html),
    )


@router.get("/audit-entries", dependencies=_AUDIT, responses=responses(InvalidCursor))
async def list_audit_entries(
    session: StaffSession, wanted: Entries, cursor: Cursor = None, limit: Limit = 50
) -> Page[ListedAuditEntry]:
    """List who did what, newest first."""
    return await page_of(session, ListedAuditEntry, wanted.statement(), AuditEntry.id, cursor, limit)


@router.get("/audit-entries.csv", dependencies=_AUDIT, response_class=StreamingResponse, responses=CSV_ANSWER)
async def export_audit_entries(export: StaffExport, wanted: Entries) -> StreamingResponse:
    """Download the audit trail."""
    return await export.csv("audit-entries", ListedAuditEntry, wanted.statement(), AuditEntry.id)
