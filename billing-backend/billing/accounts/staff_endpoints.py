"""Customers for staff; one customer with all that belongs to them is in `billing/admin`."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from billing.accounts.dependencies import StaffSession, require
from billing.accounts.exports import StaffExport
from billing.accounts.models import User
from billing.accounts.permissions import Permission
from billing.accounts.staff_repository import CustomerFilter
from billing.accounts.staff_schemas import ListedCustomer
from billing.kit.csv_export import CSV_ANSWER
from billing.kit.listing import page_of
from billing.kit.pagination import Cursor, InvalidCursor, Limit, Page
from service_kit.errors import Forbidden, Unauthenticated
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1/admin", tags=["staff"], responses=responses(Unauthenticated, Forbidden))

_READ = [Depends(require(Permission.CUSTOMERS_READ))]
Wanted = Annotated[CustomerFilter, Depends()]


@router.get("/customers", dependencies=_READ, responses=responses(InvalidCursor))
async def list_customers(
    session: StaffSession, wanted: Wanted, cursor: Cursor = None, limit: Limit = 50
) -> Page[ListedCustomer]:
    """List customers, newest first; `q` finds them by the beginning of e-mail address, name or company."""
    return await page_of(session, ListedCustomer, wanted.statement(), User.id, cursor, limit)


@router.get("/customers.csv", dependencies=_READ, response_class=StreamingResponse, responses=CSV_ANSWER)
async def export_customers(export: StaffExport, wanted: Wanted) -> StreamingResponse:
    """Download the list of customers."""
    return await export.csv("customers", ListedCustomer, wanted.statement(), User.id)
