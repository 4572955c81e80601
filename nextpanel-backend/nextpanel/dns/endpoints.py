"""Zones of the logged-in owner."""

import uuid

from fastapi import APIRouter

from nextpanel.accounts.dependencies import CurrentOwner
from nextpanel.dns import service
from nextpanel.dns.errors import ZoneNotFound
from nextpanel.dns.schemas import ZoneDetail, ZoneOut
from nextpanel.kit.db import Transaction
from nextpanel.kit.pages import Cursor, InvalidCursor, Limit, Page
from service_kit.errors import Unauthenticated
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1/zones", tags=["zones"])


@router.get("", responses=responses(Unauthenticated, InvalidCursor))
async def list_all(
    owner: CurrentOwner, session: Transaction, cursor: Cursor = None, limit: Limit = 50
) -> Page[ZoneOut]:
    """List the DNS zones of your domains, oldest first."""
    rows, following = await service.list_zones(session, account_id=owner.account_id, cursor=cursor, limit=limit)
    return Page(items=[ZoneOut.model_validate(row) for row in rows], next_cursor=following)


@router.get("/{zone_id}", responses=responses(Unauthenticated, ZoneNotFound))
async def get(zone_id: uuid.UUID, owner: CurrentOwner, session: Transaction) -> ZoneDetail:
    """Show one of your zones with its records."""
    zone = await service.get_zone_or_raise(session, account_id=owner.account_id, zone_id=zone_id)
    return ZoneDetail.model_validate(zone)
