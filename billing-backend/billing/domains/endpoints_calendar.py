"""The calendar feed of a customer's domains. Its address is the secret: calendar programs can't log in."""

from typing import Annotated

from fastapi import APIRouter, Query, Response, status

from billing.accounts.dependencies import CurrentPrincipal, CustomerSession, Parts, PublicSession
from billing.domains import repository
from billing.domains.actions.calendar import make_feed, read_feed
from billing.domains.errors import CalendarNotFound
from billing.domains.schemas import CalendarOut
from service_kit.errors import Unauthenticated
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1/domains", tags=["domains"])

_CALENDAR = "text/calendar"


@router.post("/calendar", status_code=status.HTTP_201_CREATED, responses=responses(Unauthenticated))
async def create_calendar(session: CustomerSession, principal: CurrentPrincipal, parts: Parts) -> CalendarOut:
    """Make the address of a calendar with the days on which your domains end. An earlier address stops working."""
    token = await make_feed(session, principal.user_id)
    return CalendarOut(url=f"{parts.settings.base_url}/api/v1/domains/calendar.ics?token={token}")


@router.delete("/calendar", status_code=status.HTTP_204_NO_CONTENT, responses=responses(Unauthenticated))
async def delete_calendar(session: CustomerSession, principal: CurrentPrincipal) -> None:
    """Make the address of your calendar stop working."""
    await repository.drop_feed(session, principal.user_id)


@router.get(
    "/calendar.ics",
    response_class=Response,
    responses={200: {"content": {_CALENDAR: {}}}, **responses(CalendarNotFound)},
)
async def get_calendar(
    session: PublicSession, parts: Parts, token: Annotated[str, Query(min_length=20, max_length=100)]
) -> Response:
    """Read a calendar by its address (RFC 5545)."""
    content = await read_feed(session, token, parts.clock.now())
    return Response(content, media_type=_CALENDAR, headers={"Cache-Control": "private, max-age=3600"})
