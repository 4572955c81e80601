"""A customer's timeline, and the notes of staff about them."""

import uuid
from datetime import datetime

from fastapi import APIRouter, Depends, Response, status

from billing.accounts.dependencies import CurrentPrincipal, StaffSession, require
from billing.accounts.models import CustomerNote
from billing.accounts.permissions import Permission
from billing.accounts.service import UserNotFound, get_user_or_raise
from billing.admin import details_repository, log_repository
from billing.admin.log_repository import Place
from billing.admin.schemas_log import Happening, NoteIn, NoteOut
from billing.audit.service import record
from billing.kit.db import Session
from billing.kit.listing import page_of
from billing.kit.pagination import Cursor, InvalidCursor, Limit, Page
from billing.reports.cursors import TextCursor, cut_text, decode_text
from service_kit.errors import Forbidden, NotFound, Unauthenticated
from service_kit.ids import uuid7
from service_kit.problems import responses

router = APIRouter(
    prefix="/api/v1/admin/customers/{user_id}",
    tags=["staff"],
    responses=responses(Unauthenticated, Forbidden, UserNotFound),
)

_READ = [Depends(require(Permission.CUSTOMERS_READ))]
_WRITE = [Depends(require(Permission.NOTES_WRITE))]


class NoteNotFound(NotFound):
    code, title = "note_not_found", "There is no such note of yours"


async def _require_customer(session: Session, user_id: uuid.UUID) -> None:
    if await details_repository.get_customer(session, user_id) is None:
        raise UserNotFound


def _place_of(cursor: str | None) -> Place | None:
    key = decode_text(cursor)
    if not key:
        return None
    at, _, row_id = key.partition("|")
    try:
        place = datetime.fromisoformat(at), uuid.UUID(row_id)
    except ValueError as error:
        raise InvalidCursor from error
    if place[0].tzinfo is None:
        raise InvalidCursor
    return place


@router.get("/timeline", dependencies=_READ, responses=responses(InvalidCursor))
async def get_customer_timeline(
    user_id: uuid.UUID, session: StaffSession, cursor: TextCursor = None, limit: Limit = 50
) -> Page[Happening]:
    """List what happened around a customer, newest first.

    Orders, invoices, payments, refunds, mails, notes, and what they and others did to the account, its licenses and
    subscriptions.
    """
    await _require_customer(session, user_id)
    rows = await log_repository.timeline(session, user_id, _place_of(cursor), limit)
    page, next_cursor = cut_text(rows, [f"{row.at.isoformat()}|{row.id}" for row in rows], limit)
    return Page(items=[Happening.model_validate(row) for row in page], next_cursor=next_cursor)


@router.get("/notes", dependencies=_READ, responses=responses(InvalidCursor))
async def list_customer_notes(
    user_id: uuid.UUID, session: StaffSession, cursor: Cursor = None, limit: Limit = 50
) -> Page[NoteOut]:
    """List what staff wrote down about a customer, newest first."""
    await _require_customer(session, user_id)
    return await page_of(session, NoteOut, log_repository.notes_statement(user_id), CustomerNote.id, cursor, limit)


@router.post("/notes", status_code=status.HTTP_201_CREATED, dependencies=_WRITE)
async def add_customer_note(
    user_id: uuid.UUID, body: NoteIn, session: StaffSession, principal: CurrentPrincipal
) -> NoteOut:
    """Write something down about a customer, who never sees it."""
    await _require_customer(session, user_id)
    note = CustomerNote(id=uuid7(), user_id=user_id, author_id=principal.user_id, body=body.body)
    session.add(note)
    await session.flush()
    author = await get_user_or_raise(session, principal.user_id)
    return NoteOut(
        id=note.id,
        user_id=user_id,
        author_id=author.id,
        author_name=author.full_name,
        body=note.body,
        created_at=note.created_at,
    )


@router.delete(
    "/notes/{note_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    dependencies=_WRITE,
    responses=responses(NoteNotFound),
)
async def delete_customer_note(
    user_id: uuid.UUID, note_id: uuid.UUID, session: StaffSession, principal: CurrentPrincipal
) -> Response:
    """Delete a note that you wrote."""
    note = await log_repository.get_note(session, user_id, note_id)
    if note is None or note.author_id != principal.user_id:
        raise NoteNotFound
    await session.delete(note)
    await record(
        session,
        actor_user_id=principal.user_id,
        action="customer_note.deleted",
        object_type="customer_note",
        object_id=note.id,
    )
    return Response(status_code=status.HTTP_204_NO_CONTENT)
