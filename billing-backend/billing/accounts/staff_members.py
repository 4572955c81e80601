"""Staff and roles, for the owner."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, status
from fastapi.responses import StreamingResponse

from billing.accounts.actions.manage_staff import (
    StaffChange,
    change_staff,
    get_staff_or_raise,
    invite_staff,
    send_invitation,
)
from billing.accounts.dependencies import CurrentPrincipal, StaffSession, require
from billing.accounts.errors import EmailTaken, LastOwner, StaffNotFound
from billing.accounts.exports import StaffExport
from billing.accounts.models import User
from billing.accounts.parts import AccountParts
from billing.accounts.permissions import PERMISSIONS, Permission, is_staff
from billing.accounts.staff_repository import staff_statement
from billing.accounts.staff_schemas import RoleListOut, RoleOut, StaffIn, StaffMember, StaffPatch
from billing.kit.container import provided
from billing.kit.csv_export import CSV_ANSWER
from billing.kit.listing import page_of
from billing.kit.pagination import Cursor, InvalidCursor, Limit, Page
from service_kit.errors import Forbidden, Unauthenticated
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1/admin", tags=["staff"], responses=responses(Unauthenticated, Forbidden))

_MANAGE = [Depends(require(Permission.STAFF_WRITE))]
Parts = Annotated[AccountParts, Depends(provided(AccountParts))]


@router.get("/roles", dependencies=[Depends(require(Permission.CUSTOMERS_READ))])
async def list_roles() -> RoleListOut:
    """List the roles of staff and what each may do."""
    return RoleListOut(
        items=[
            RoleOut(role=role, permissions=sorted(permissions))
            for role, permissions in PERMISSIONS.items()
            if is_staff(role)
        ]
    )


@router.get("/staff", dependencies=_MANAGE, responses=responses(InvalidCursor))
async def list_staff(session: StaffSession, cursor: Cursor = None, limit: Limit = 50) -> Page[StaffMember]:
    """List staff, newest first."""
    return await page_of(session, StaffMember, staff_statement(), User.id, cursor, limit)


@router.get("/staff.csv", dependencies=_MANAGE, response_class=StreamingResponse, responses=CSV_ANSWER)
async def export_staff(export: StaffExport) -> StreamingResponse:
    """Download the list of staff."""
    return await export.csv("staff", StaffMember, staff_statement(), User.id)


@router.post("/staff", status_code=status.HTTP_201_CREATED, dependencies=_MANAGE, responses=responses(EmailTaken))
async def invite_staff_member(body: StaffIn, principal: CurrentPrincipal, parts: Parts) -> StaffMember:
    """Add a member of staff, who gets a link by mail to choose a password."""
    user = await invite_staff(
        parts, actor=principal.user_id, email=body.email, full_name=body.full_name, role=body.role
    )
    return StaffMember.model_validate(user)


@router.patch("/staff/{user_id}", dependencies=_MANAGE, responses=responses(StaffNotFound, LastOwner))
async def update_staff_member(
    user_id: uuid.UUID, body: StaffPatch, session: StaffSession, principal: CurrentPrincipal, parts: Parts
) -> StaffMember:
    """Change a name or role, deactivate, or take back; another role or the end of one logs them out everywhere."""
    change = StaffChange(full_name=body.full_name, role=body.role, is_active=body.is_active)
    user = await change_staff(session, parts, actor=principal.user_id, user_id=user_id, change=change)
    return StaffMember.model_validate(user)


@router.post(
    "/staff/{user_id}/invitations",
    status_code=status.HTTP_201_CREATED,
    dependencies=_MANAGE,
    responses=responses(StaffNotFound),
)
async def invite_staff_member_again(user_id: uuid.UUID, session: StaffSession, parts: Parts) -> StaffMember:
    """Mail a new link to choose a password; the one before stops working."""
    user = await get_staff_or_raise(session, user_id)
    await send_invitation(session, parts, user)
    return StaffMember.model_validate(user)
