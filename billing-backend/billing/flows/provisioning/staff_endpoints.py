"""Panel servers for staff: what is there, a new one with its key, and what one takes on."""

import uuid
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, status
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from billing.accounts.dependencies import CurrentPrincipal, StaffSession, require
from billing.accounts.exports import StaffExport
from billing.accounts.permissions import Permission
from billing.flows.provisioning.register_server import register_server
from billing.kit.container import provided
from billing.kit.crypto import Vault
from billing.kit.csv_export import CSV_ANSWER
from billing.kit.listing import page_of
from billing.kit.pagination import Cursor, InvalidCursor, Limit, Page
from billing.licenses.errors import ApiKeyTaken
from billing.panels import repository
from billing.panels.actions.change_server import change_server
from billing.panels.errors import PanelAddressInvalid, PanelServerNotFound, PanelServerTaken
from billing.panels.models import PanelServer
from service_kit.errors import Forbidden, Unauthenticated
from service_kit.fields import Line
from service_kit.problems import responses

router = APIRouter(
    prefix="/api/v1/admin/panel-servers", tags=["staff"], responses=responses(Unauthenticated, Forbidden)
)

_READ = [Depends(require(Permission.PANELS_READ))]
_WRITE = [Depends(require(Permission.PANELS_WRITE))]
Accounts = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
Address = Annotated[Line, StringConstraints(pattern=r"^https?://\S+$")]


class PanelServerOut(BaseModel):
    """A NextPanel installation; `max_accounts` null is as many as come. One that is not active takes no new ones."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    name: str
    base_url: str
    max_accounts: int | None
    assigned_accounts: int
    is_active: bool
    created_at: datetime
    updated_at: datetime


class PanelServerIn(BaseModel):
    """A server as its installation printed it: its id, and the key it signs its questions with."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "id": "01939a3c-5f00-7d2a-9c55-0d1f2f3a4b5c",
                    "name": "panel-1",
                    "base_url": "https://panel-1.example.com",
                    "key_id": "npk_4f9a2c",
                    "key_secret": "nps_a-long-random-text-of-the-panel",
                    "max_accounts": 500,
                }
            ]
        },
    )

    id: uuid.UUID
    name: Line
    base_url: Address
    key_id: Annotated[str, StringConstraints(pattern=r"^npk_[A-Za-z0-9_-]{4,60}$")]
    key_secret: Annotated[str, StringConstraints(pattern=r"^nps_[A-Za-z0-9_-]{20,200}$"), Field(repr=False)]
    max_accounts: Accounts | None = None


class PanelServerPatch(BaseModel):
    """What is left out stays as it is."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"is_active": False}]})

    name: Line = ""
    base_url: Address = ""
    max_accounts: Accounts | None = None
    is_active: bool = True

    def changes(self) -> dict[str, object]:
        """Return what the caller named, and nothing else."""
        return self.model_dump(exclude_unset=True)


@router.get("", dependencies=_READ, responses=responses(InvalidCursor))
async def list_panel_servers(session: StaffSession, cursor: Cursor = None, limit: Limit = 50) -> Page[PanelServerOut]:
    """List panel servers, newest first, with how many accounts each has."""
    return await page_of(session, PanelServerOut, repository.servers(), PanelServer.id, cursor, limit)


@router.get(".csv", dependencies=_READ, response_class=StreamingResponse, responses=CSV_ANSWER)
async def export_panel_servers(export: StaffExport) -> StreamingResponse:
    """Download the list of panel servers."""
    return await export.csv("panel-servers", PanelServerOut, repository.servers(), PanelServer.id)


@router.get("/{server_id}", dependencies=_READ, responses=responses(PanelServerNotFound))
async def get_panel_server(server_id: uuid.UUID, session: StaffSession) -> PanelServerOut:
    """Show a panel server."""
    server = await repository.get_server(session, server_id)
    if server is None:
        raise PanelServerNotFound
    return PanelServerOut.model_validate(server)


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    dependencies=_WRITE,
    responses=responses(PanelAddressInvalid, PanelServerTaken, ApiKeyTaken),
)
async def register_panel_server(
    body: PanelServerIn,
    session: StaffSession,
    principal: CurrentPrincipal,
    vault: Annotated[Vault, Depends(provided(Vault))],
) -> PanelServerOut:
    """Make a panel server known, or give one that is another key; repeating it changes nothing."""
    server = await register_server(
        session,
        vault,
        server_id=body.id,
        name=body.name,
        base_url=body.base_url,
        key_id=body.key_id,
        secret=body.key_secret,
        max_accounts=body.max_accounts,
        actor_user_id=principal.user_id,
    )
    await session.refresh(server)
    return PanelServerOut.model_validate(server)


@router.patch(
    "/{server_id}",
    dependencies=_WRITE,
    responses=responses(PanelServerNotFound, PanelAddressInvalid, PanelServerTaken),
)
async def update_panel_server(
    server_id: uuid.UUID, body: PanelServerPatch, session: StaffSession, principal: CurrentPrincipal
) -> PanelServerOut:
    """Rename a server, move it, limit it, or let it take no new accounts; those that it has stay."""
    server = await change_server(session, server_id, body.changes(), actor=principal.user_id)
    await session.refresh(server)
    return PanelServerOut.model_validate(server)
