"""Prices of top-level domains, and plans as they are, for staff; `billing/admin/plans` changes plans."""

import uuid

from fastapi import APIRouter, Depends, status

from billing.accounts.dependencies import CurrentPrincipal, StaffSession, require
from billing.accounts.permissions import Permission
from billing.catalog import repository
from billing.catalog.actions.edit import add_tld, change_tld
from billing.catalog.errors import TldNotFound, TldTaken, YearsOutOfRange
from billing.catalog.staff_schemas import (
    StaffPlan,
    StaffPlanList,
    StaffTld,
    StaffTldIn,
    StaffTldList,
    StaffTldPatch,
)
from service_kit.errors import Forbidden, Unauthenticated
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1/admin", tags=["staff"], responses=responses(Unauthenticated, Forbidden))

_READ = [Depends(require(Permission.CATALOG_READ))]
_WRITE = [Depends(require(Permission.CATALOG_WRITE))]


@router.get("/plans", dependencies=_READ)
async def list_every_plan(session: StaffSession) -> StaffPlanList:
    """List every plan, on sale or not."""
    return StaffPlanList(items=[StaffPlan.model_validate(plan) for plan in await repository.list_plans(session)])


@router.get("/tld-prices", dependencies=_READ)
async def list_tld_prices(session: StaffSession) -> StaffTldList:
    """List every top-level domain with price and cost, on sale or not."""
    return StaffTldList(items=[StaffTld.model_validate(price) for price in await repository.list_tld_prices(session)])


@router.post("/tld-prices", status_code=status.HTTP_201_CREATED, dependencies=_WRITE, responses=responses(TldTaken))
async def create_tld_price(body: StaffTldIn, session: StaffSession, principal: CurrentPrincipal) -> StaffTld:
    """Add a top-level domain to the catalog."""
    return StaffTld.model_validate(await add_tld(session, body.model_dump(), actor=principal.user_id))


@router.patch("/tld-prices/{tld_id}", dependencies=_WRITE, responses=responses(TldNotFound, YearsOutOfRange))
async def update_tld_price(
    tld_id: uuid.UUID, body: StaffTldPatch, session: StaffSession, principal: CurrentPrincipal
) -> StaffTld:
    """Change what a top-level domain costs, or take it off sale. Orders that are placed keep their price."""
    price = await change_tld(session, tld_id, body.changes(), actor=principal.user_id)
    await session.refresh(price)
    return StaffTld.model_validate(price)
