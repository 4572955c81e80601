"""Panel accounts that could not be brought to their wanted status, for staff."""

import uuid
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict

from billing.accounts.dependencies import CurrentPrincipal, StaffSession, require
from billing.accounts.permissions import Permission
from billing.kit.container import provided
from billing.kit.pagination import Cursor, InvalidCursor, Limit, Page, cut
from billing.panels.actions.want_status import retry_command
from billing.panels.command_repository import list_attention
from billing.panels.commands import CommandStatus
from billing.panels.errors import PanelCommandNotFound, PanelCommandNotInAttention
from billing.panels.models import PanelAccountStatus
from service_kit.clock import Clock
from service_kit.errors import Forbidden, Unauthenticated
from service_kit.problems import responses

router = APIRouter(
    prefix="/api/v1/admin/panel-commands", tags=["staff"], responses=responses(Unauthenticated, Forbidden)
)


class PanelCommandOut(BaseModel):
    """The wanted status of an account, and how far it got."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "id": "01939a3c-5f00-7d2a-9c55-0d1f2f3a4b5c",
                    "user_id": "01939a3c-5eff-7d2a-9c55-0d1f2f3a4b5c",
                    "panel_account_id": "01939a3c-5efe-7d2a-9c55-0d1f2f3a4b5c",
                    "wanted_status": "suspended",
                    "reason": "payment overdue",
                    "status": "needs_attention",
                    "attempts": 12,
                    "next_attempt_at": "2026-11-20T13:00:00Z",
                    "last_error_code": "panel_unavailable",
                    "last_error": "POST /api/v1/accounts/a1/suspend: no answer (ConnectError)",
                    "created_at": "2026-11-20T12:00:00Z",
                }
            ]
        },
    )

    id: uuid.UUID
    user_id: uuid.UUID
    panel_account_id: uuid.UUID
    wanted_status: PanelAccountStatus
    reason: str
    status: CommandStatus
    attempts: int
    next_attempt_at: datetime | None
    last_error_code: str | None
    last_error: str | None
    created_at: datetime


@router.get("", dependencies=[Depends(require(Permission.PANELS_READ))], responses=responses(InvalidCursor))
async def list_panel_commands(session: StaffSession, cursor: Cursor = None, limit: Limit = 50) -> Page[PanelCommandOut]:
    """List suspensions, reinstatements and terminations at the panels that need attention, newest first."""
    rows, next_cursor = cut(await list_attention(session, cursor, limit), limit)
    return Page(items=[PanelCommandOut.model_validate(row) for row in rows], next_cursor=next_cursor)


@router.post(
    "/{command_id}/retry",
    dependencies=[Depends(require(Permission.ORDERS_RESOLVE))],
    responses=responses(PanelCommandNotFound, PanelCommandNotInAttention),
)
async def retry_panel_command(
    command_id: uuid.UUID,
    session: StaffSession,
    principal: CurrentPrincipal,
    clock: Annotated[Clock, Depends(provided(Clock))],
) -> PanelCommandOut:
    """Let one start over."""
    return PanelCommandOut.model_validate(await retry_command(session, clock, command_id, actor=principal.user_id))
