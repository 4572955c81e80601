"""Zones as wanted state."""

import uuid
from collections.abc import Sequence
from ipaddress import IPv4Address

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from nextpanel.audit import service as audit
from nextpanel.dns.errors import ZoneNotFound, ZoneTaken
from nextpanel.dns.models import Zone, ZoneRecord
from nextpanel.kit.pages import fetch_page
from service_kit.ids import uuid7

_TTL = 3600
_FIRST_SERIAL = 1
_SOA_TIMERS = "10800 3600 604800 3600"


async def create_zone(
    session: AsyncSession,
    *,
    account_id: uuid.UUID,
    domain: str,
    nameservers: Sequence[str],
    address: IPv4Address | None,
) -> tuple[Zone, bool]:
    """Make the zone with its default records; returns it and whether it is new. Names are canonical.

    `address` is where the domain and its `www` point. Raises `ZoneTaken` when another account has the zone.
    """
    zone_id = uuid7()
    statement = (
        insert(Zone)
        .values(id=zone_id, account_id=account_id, domain=domain, serial=_FIRST_SERIAL)
        .on_conflict_do_nothing(index_elements=[Zone.domain])
        .returning(Zone.id)
    )
    is_new = await session.scalar(statement) is not None
    if is_new:
        session.add_all(_default_records(zone_id, domain, nameservers, address))
        audit.record(
            session,
            actor=audit.BILLING,
            action="zone.created",
            account_id=account_id,
            detail={"domain": domain},
        )
        await session.flush()
    zone = (await session.scalars(select(Zone).where(Zone.domain == domain).options(selectinload(Zone.records)))).one()
    if zone.account_id != account_id:
        raise ZoneTaken
    return zone, is_new


def _default_records(
    zone_id: uuid.UUID, domain: str, nameservers: Sequence[str], address: IPv4Address | None
) -> list[ZoneRecord]:
    apex = f"{domain}."
    soa = f"{nameservers[0]}. hostmaster.{domain}. {_FIRST_SERIAL} {_SOA_TIMERS}"
    wanted = [(apex, "SOA", soa), *((apex, "NS", f"{server}.") for server in dict.fromkeys(nameservers))]
    if address is not None:
        wanted += [(apex, "A", str(address)), (f"www.{apex}", "A", str(address))]
    return [
        ZoneRecord(id=uuid7(), zone_id=zone_id, name=name, type=kind, ttl=_TTL, content=content)
        for name, kind, content in wanted
    ]


async def list_zones(
    session: AsyncSession, *, account_id: uuid.UUID, cursor: str | None, limit: int
) -> tuple[Sequence[Zone], str | None]:
    """Return one page of an account's zones, oldest first, and the next cursor."""
    statement = select(Zone).where(Zone.account_id == account_id)
    return await fetch_page(session, statement, key=Zone.id, cursor=cursor, limit=limit)


async def get_zone_or_raise(session: AsyncSession, *, account_id: uuid.UUID, zone_id: uuid.UUID) -> Zone:
    """Return the account's zone with its records; raises `ZoneNotFound`."""
    statement = select(Zone).where(Zone.account_id == account_id, Zone.id == zone_id)
    zone = await session.scalar(statement.options(selectinload(Zone.records)))
    if zone is None:
        raise ZoneNotFound
    return zone
