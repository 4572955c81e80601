"""All licenses, for staff; one with its account at the panel is in `billing/admin`."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from billing.accounts.dependencies import StaffSession, require
from billing.accounts.exports import StaffExport
from billing.accounts.permissions import Permission
from billing.kit.container import provided
from billing.kit.crypto import BlindIndex
from billing.kit.csv_export import CSV_ANSWER
from billing.kit.listing import page_of
from billing.kit.pagination import Cursor, InvalidCursor, Limit, Page
from billing.licenses.models import License
from billing.licenses.staff_repository import LicenseFilter
from billing.licenses.staff_schemas import ListedLicense
from service_kit.errors import Forbidden, Unauthenticated
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1/admin", tags=["staff"], responses=responses(Unauthenticated, Forbidden))

_READ = [Depends(require(Permission.LICENSES_READ))]
Wanted = Annotated[LicenseFilter, Depends()]
Index = Annotated[BlindIndex, Depends(provided(BlindIndex))]


@router.get("/licenses", dependencies=_READ, responses=responses(InvalidCursor))
async def list_all_licenses(
    session: StaffSession, wanted: Wanted, index: Index, cursor: Cursor = None, limit: Limit = 50
) -> Page[ListedLicense]:
    """List everybody's licenses, newest first."""
    return await page_of(session, ListedLicense, wanted.statement(index), License.id, cursor, limit)


@router.get("/licenses.csv", dependencies=_READ, response_class=StreamingResponse, responses=CSV_ANSWER)
async def export_licenses(export: StaffExport, wanted: Wanted, index: Index) -> StreamingResponse:
    """Download the list of licenses."""
    return await export.csv("licenses", ListedLicense, wanted.statement(index), License.id)
