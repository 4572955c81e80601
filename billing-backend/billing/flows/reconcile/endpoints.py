"""What reconciling found, for staff."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from billing.accounts.dependencies import StaffSession, require
from billing.accounts.permissions import Permission
from billing.flows.reconcile import repository
from billing.flows.reconcile.errors import ReconcileRunNotFound
from billing.flows.reconcile.models import FindingList, ObjectKind
from billing.flows.reconcile.schemas import ReconcileFindingOut, ReconcileRunOut
from billing.kit.pagination import Cursor, InvalidCursor, Limit, Page, cut
from service_kit.errors import Forbidden, Unauthenticated
from service_kit.problems import responses

router = APIRouter(
    prefix="/api/v1/admin/reconcile-runs",
    tags=["staff"],
    dependencies=[Depends(require(Permission.REPORTS_READ))],
    responses=responses(Unauthenticated, Forbidden),
)


@router.get("", responses=responses(InvalidCursor))
async def list_reconcile_runs(session: StaffSession, cursor: Cursor = None, limit: Limit = 50) -> Page[ReconcileRunOut]:
    """List comparisons with Stripe and the panels, newest first."""
    rows, next_cursor = cut(await repository.list_runs(session, cursor, limit), limit)
    return Page(items=[ReconcileRunOut.model_validate(row) for row in rows], next_cursor=next_cursor)


@router.get("/{run_id}", responses=responses(ReconcileRunNotFound))
async def get_reconcile_run(run_id: uuid.UUID, session: StaffSession) -> ReconcileRunOut:
    """Show one comparison."""
    run = await repository.get_run(session, run_id)
    if run is None:
        raise ReconcileRunNotFound
    return ReconcileRunOut.model_validate(run)


@router.get("/{run_id}/findings", responses=responses(ReconcileRunNotFound, InvalidCursor))
async def list_reconcile_findings(
    run_id: uuid.UUID,
    session: StaffSession,
    on_list: Annotated[FindingList | None, Query(alias="list", description="One of the three lists.")] = None,
    kind: ObjectKind | None = None,
    is_repaired: bool | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[ReconcileFindingOut]:
    """List what a comparison found; `is_repaired=false` is what waits for a person."""
    if await repository.get_run(session, run_id) is None:
        raise ReconcileRunNotFound
    rows = await repository.list_findings(
        session, run_id, on_list=on_list, kind=kind, is_repaired=is_repaired, cursor=cursor, limit=limit
    )
    page, next_cursor = cut(rows, limit)
    return Page(items=[ReconcileFindingOut.model_validate(row) for row in page], next_cursor=next_cursor)
