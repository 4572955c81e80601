"""Statements, for the customer and for staff."""

import asyncio
import uuid
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from billing.accounts.dependencies import CurrentPrincipal, CustomerSession, StaffSession, require
from billing.accounts.permissions import Permission
from billing.accounts.repository import get_user
from billing.flows.statement.collect import collect
from billing.flows.statement.pdf import statement_pdf
from billing.invoices.documents.sheet import Look
from billing.kit.container import provided
from billing.kit.db import Session
from billing.payments.errors import CustomerNotFound
from billing.settings import Settings
from service_kit.errors import Forbidden, Unauthenticated, Unprocessable
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1", tags=["invoices"])

LONGEST = timedelta(days=366)
SettingsDep = Annotated[Settings, Depends(provided(Settings))]
Since = Annotated[date, Query(description="First day, in UTC.")]
Until = Annotated[date, Query(description="Last day, in UTC; at most a year after the first.")]
_PDF: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}
}


class InvalidPeriod(Unprocessable):
    code, title = "invalid_statement_period", "The period has to end after it begins, within a year"


async def _statement(session: Session, settings: Settings, user_id: uuid.UUID, since: date, until: date) -> Response:
    if until < since or until - since >= LONGEST or until == date.max:
        raise InvalidPeriod
    user = await get_user(session, user_id)
    if user is None:
        raise CustomerNotFound
    statement = await collect(session, settings, user, since, until + timedelta(days=1))
    content = await asyncio.to_thread(statement_pdf, statement, Look(settings.seller_logo))
    name = f'attachment; filename="statement-{since}-{until}.pdf"'
    return Response(content, media_type="application/pdf", headers={"Content-Disposition": name})


@router.get(
    "/statement",
    response_class=Response,
    responses={**responses(Unauthenticated, InvalidPeriod), **_PDF},
)
async def get_own_statement(
    session: CustomerSession, principal: CurrentPrincipal, settings: SettingsDep, since: Since, until: Until
) -> Response:
    """Download one statement of all that was billed, credited, paid and given back in a period, as PDF."""
    return await _statement(session, settings, principal.user_id, since, until)


@router.get(
    "/admin/customers/{user_id}/statement",
    tags=["staff"],
    dependencies=[Depends(require(Permission.INVOICES_READ))],
    response_class=Response,
    responses={**responses(Unauthenticated, Forbidden, CustomerNotFound, InvalidPeriod), **_PDF},
)
async def get_statement(
    user_id: uuid.UUID, session: StaffSession, settings: SettingsDep, since: Since, until: Until
) -> Response:
    """Download a customer's statement of a period, as PDF."""
    return await _statement(session, settings, user_id, since, until)
