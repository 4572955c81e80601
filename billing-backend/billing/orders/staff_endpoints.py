"""All orders, for staff; one with its customer and payments is in `billing/admin`."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from billing.accounts.dependencies import StaffSession, require
from billing.accounts.exports import StaffExport
from billing.accounts.permissions import Permission
from billing.kit.csv_export import CSV_ANSWER
from billing.kit.listing import page_of
from billing.kit.pagination import Cursor, InvalidCursor, Limit, Page
from billing.orders.models import Order
from billing.orders.staff_repository import OrderFilter
from billing.orders.staff_schemas import ListedOrder
from service_kit.errors import Forbidden, Unauthenticated
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1/admin", tags=["staff"], responses=responses(Unauthenticated, Forbidden))

_READ = [Depends(require(Permission.ORDERS_READ))]
Wanted = Annotated[OrderFilter, Depends()]


@router.get("/orders", dependencies=_READ, responses=responses(InvalidCursor))
async def list_all_orders(
    session: StaffSession, wanted: Wanted, cursor: Cursor = None, limit: Limit = 50
) -> Page[ListedOrder]:
    """List everybody's orders, newest first."""
    return await page_of(session, ListedOrder, wanted.statement(), Order.id, cursor, limit)


@router.get("/orders.csv", dependencies=_READ, response_class=StreamingResponse, responses=CSV_ANSWER)
async def export_orders(export: StaffExport, wanted: Wanted) -> StreamingResponse:
    """Download the list of orders."""
    return await export.csv("orders", ListedOrder, wanted.statement(), Order.id)
