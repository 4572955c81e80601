"""What happened, as the portal shows it to a customer."""

import uuid
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, status
from pydantic import BaseModel, ConfigDict

from billing.accounts.dependencies import CurrentPrincipal, CustomerSession, Parts
from billing.kit.pagination import Cursor, InvalidCursor, Limit, Page, cut
from billing.notifications import repository
from billing.notifications.models import NotificationKind
from service_kit.errors import NotFound, Unauthenticated
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1/notifications", tags=["account"], responses=responses(Unauthenticated))


class NotificationNotFound(NotFound):
    code, title = "notification_not_found", "There is no such notification"


class NotificationOut(BaseModel):
    """One thing that happened. `data` depends on `kind`: amounts are `{"amount", "currency"}` in minor units, days and
    times ISO 8601. `path` is the portal's page about it."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "id": "01939a3c-5f00-7d2a-9c55-0d1f2f3a4b5c",
                    "kind": "domain_renewed",
                    "data": {"domain": "example.com", "expires_on": "2028-11-20"},
                    "path": "/domains/01939a3c-5f00-7d2a-9c55-0d1f2f3a4b5d",
                    "read_at": None,
                    "created_at": "2026-11-20T12:00:00Z",
                }
            ]
        },
    )

    id: uuid.UUID
    kind: NotificationKind
    data: dict[str, object]
    path: str | None
    read_at: datetime | None
    created_at: datetime


class NotificationPage(Page[NotificationOut]):
    """`unread_count` counts all that is not read, on this page or not."""

    unread_count: int


@router.get("", responses=responses(InvalidCursor))
async def list_notifications(
    session: CustomerSession,
    principal: CurrentPrincipal,
    cursor: Cursor = None,
    limit: Limit = 20,
    unread: Annotated[bool, Query(description="Only what is not read yet.")] = False,
) -> NotificationPage:
    """List what happened, newest first."""
    rows = await repository.list_notifications(session, principal.user_id, unread=unread, cursor=cursor, limit=limit)
    page, next_cursor = cut(rows, limit)
    return NotificationPage(
        items=[NotificationOut.model_validate(row) for row in page],
        next_cursor=next_cursor,
        unread_count=await repository.count_unread(session, principal.user_id),
    )


@router.post("/read-all", status_code=status.HTTP_204_NO_CONTENT)
async def read_all_notifications(session: CustomerSession, principal: CurrentPrincipal, parts: Parts) -> None:
    """Mark everything read."""
    await repository.mark_read(session, principal.user_id, parts.clock.now(), None)


@router.post(
    "/{notification_id}/read", status_code=status.HTTP_204_NO_CONTENT, responses=responses(NotificationNotFound)
)
async def read_notification(
    notification_id: uuid.UUID, session: CustomerSession, principal: CurrentPrincipal, parts: Parts
) -> None:
    """Mark one read; it keeps the time it was read first."""
    if not await repository.mark_read(session, principal.user_id, parts.clock.now(), notification_id):
        raise NotificationNotFound
