"""All subscriptions, for staff; one with all about it is in `billing/admin`."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from billing.accounts.dependencies import StaffSession, require
from billing.accounts.exports import StaffExport
from billing.accounts.permissions import Permission
from billing.kit.csv_export import CSV_ANSWER
from billing.kit.listing import page_of
from billing.kit.pagination import Cursor, InvalidCursor, Limit, Page
from billing.subscriptions.models import Subscription
from billing.subscriptions.staff_repository import SubscriptionFilter
from billing.subscriptions.staff_schemas import ListedSubscription
from service_kit.errors import Forbidden, Unauthenticated
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1/admin", tags=["staff"], responses=responses(Unauthenticated, Forbidden))

_READ = [Depends(require(Permission.SUBSCRIPTIONS_READ))]
Wanted = Annotated[SubscriptionFilter, Depends()]


@router.get("/subscriptions", dependencies=_READ, responses=responses(InvalidCursor))
async def list_all_subscriptions(
    session: StaffSession, wanted: Wanted, cursor: Cursor = None, limit: Limit = 50
) -> Page[ListedSubscription]:
    """List everybody's subscriptions, newest first."""
    return await page_of(session, ListedSubscription, wanted.statement(), Subscription.id, cursor, limit)


@router.get("/subscriptions.csv", dependencies=_READ, response_class=StreamingResponse, responses=CSV_ANSWER)
async def export_subscriptions(export: StaffExport, wanted: Wanted) -> StreamingResponse:
    """Download the list of subscriptions."""
    return await export.csv("subscriptions", ListedSubscription, wanted.statement(), Subscription.id)
