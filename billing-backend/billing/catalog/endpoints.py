"""The catalog over HTTP: public, and the same for everybody."""

from typing import Annotated

from fastapi import APIRouter, Path

from billing.accounts.dependencies import PublicSession
from billing.catalog import service
from billing.catalog.errors import PlanNotFound
from billing.catalog.schemas import PlanListOut, PlanOut, TldListOut, TldOut
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1", tags=["catalog"])

PlanCode = Annotated[str, Path(min_length=1, max_length=40, pattern=r"^[a-z0-9-]+$", examples=["starter"])]


@router.get("/plans")
async def list_plans(session: PublicSession) -> PlanListOut:
    """List the plans on sale with their prices and quotas."""
    return PlanListOut(items=[PlanOut.of(plan) for plan in await service.list_plans(session)])


@router.get("/plans/{code}", responses=responses(PlanNotFound))
async def get_plan(code: PlanCode, session: PublicSession) -> PlanOut:
    """Show one plan on sale by its code."""
    return PlanOut.of(await service.get_plan_or_raise(session, code))


@router.get("/tlds")
async def list_tlds(session: PublicSession) -> TldListOut:
    """List the top-level domains on sale with the price of one year each."""
    return TldListOut(items=[TldOut.of(price) for price in await service.list_tld_prices(session)])
