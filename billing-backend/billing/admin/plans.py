"""The plans editor: what a plan costs is made at the payment provider before anybody can see it here."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, status

from billing.accounts.dependencies import CurrentPrincipal, require
from billing.accounts.permissions import Permission
from billing.catalog.actions.edit import add_plan, change_plan, plan_with
from billing.catalog.actions.sync import make_prices
from billing.catalog.errors import PlanChanged, PlanCodeTaken, PlanNotFound
from billing.catalog.models import Plan
from billing.catalog.ports import PriceBook
from billing.catalog.staff_schemas import StaffPlan, StaffPlanIn, StaffPlanPatch
from billing.flows.purchase.errors import PaymentProviderDown
from billing.flows.subscription.desk import asking_provider
from billing.kit.container import provided
from billing.kit.db import Database, Subject
from billing.subscriptions.errors import ChangeRefused
from service_kit.errors import Forbidden, Unauthenticated
from service_kit.problems import responses

router = APIRouter(
    prefix="/api/v1/admin/plans",
    tags=["staff"],
    dependencies=[Depends(require(Permission.CATALOG_WRITE))],
    responses=responses(Unauthenticated, Forbidden, PaymentProviderDown, ChangeRefused),
)

DatabaseDep = Annotated[Database, Depends(provided(Database))]
BookDep = Annotated[PriceBook, Depends(provided(PriceBook))]


async def _price(database: Database, book: PriceBook, plan: Plan, actor: uuid.UUID) -> StaffPlan:
    """Make the plan's prices and put it on sale with them."""
    with asking_provider():
        made = await make_prices(book, plan)
    async with database.transaction(Subject.staff(actor)) as session:
        row = await session.get_one(Plan, plan.id)
        made.remember(row)
        await session.flush()
        await session.refresh(row)
        return StaffPlan.model_validate(row)


@router.post("", status_code=status.HTTP_201_CREATED, responses=responses(PlanCodeTaken))
async def create_plan(
    body: StaffPlanIn, principal: CurrentPrincipal, database: DatabaseDep, book: BookDep
) -> StaffPlan:
    """Add a plan. When the payment provider does not answer it is there, but not for sale: change it to try again."""
    async with database.transaction(Subject.staff(principal.user_id)) as session:
        plan = await add_plan(session, body.model_dump(mode="json"), actor=principal.user_id)
    return await _price(database, book, plan, principal.user_id)


@router.patch("/{plan_id}", responses=responses(PlanNotFound, PlanChanged))
async def update_plan(
    plan_id: uuid.UUID, body: StaffPlanPatch, principal: CurrentPrincipal, database: DatabaseDep, book: BookDep
) -> StaffPlan:
    """Change a plan. Another price is for new orders and changes; subscriptions that run keep theirs.

    Licenses keep the quotas and features they were sold with. When the payment provider does not answer nothing is
    changed.
    """
    subject, changes = Subject.staff(principal.user_id), body.changes()
    # Nothing is locked while the provider is asked.
    async with database.transaction(subject) as session:
        wanted = await plan_with(session, plan_id, changes)
    with asking_provider():
        made = await make_prices(book, wanted)
    async with database.transaction(subject) as session:
        plan = await change_plan(session, plan_id, changes, seen_at=wanted.updated_at, actor=principal.user_id)
        made.remember(plan)
        await session.flush()
        await session.refresh(plan)
        return StaffPlan.model_validate(plan)
