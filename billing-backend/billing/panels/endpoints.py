"""A customer's panel accounts."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends

from billing.accounts.dependencies import CurrentPrincipal, CustomerSession
from billing.kit.container import provided
from billing.kit.db import Database
from billing.kit.pagination import Cursor, InvalidCursor, Limit, Page, cut
from billing.panels import repository
from billing.panels.actions.sso import open_panel
from billing.panels.errors import PanelAccountNotFound, PanelAccountNotReady, PanelRefused, PanelUnavailable
from billing.panels.ports import PanelGateway
from billing.panels.schemas import PanelAccountOut, SsoOut
from service_kit.errors import Unauthenticated
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1/panel-accounts", tags=["panel accounts"], responses=responses(Unauthenticated))


@router.get("", responses=responses(InvalidCursor))
async def list_panel_accounts(
    principal: CurrentPrincipal, session: CustomerSession, cursor: Cursor = None, limit: Limit = 20
) -> Page[PanelAccountOut]:
    """List your panel accounts, newest first."""
    rows = await repository.list_accounts_of_user(session, principal.user_id, cursor=cursor, limit=limit)
    page, next_cursor = cut(rows, limit)
    return Page(items=[PanelAccountOut.model_validate(row) for row in page], next_cursor=next_cursor)


@router.post(
    "/{account_id}/sso",
    responses=responses(PanelAccountNotFound, PanelAccountNotReady, PanelRefused, PanelUnavailable),
)
async def open_panel_account(
    account_id: uuid.UUID,
    principal: CurrentPrincipal,
    database: Annotated[Database, Depends(provided(Database))],
    gateway: Annotated[PanelGateway, Depends(provided(PanelGateway))],
) -> SsoOut:
    """Get a one-time address that logs you in at the panel; it is good for a minute."""
    return SsoOut(url=await open_panel(database, gateway, account_id=account_id, user_id=principal.user_id))
