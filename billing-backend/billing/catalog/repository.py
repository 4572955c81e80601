"""All SQL of the catalog."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from billing.catalog.models import Plan, TldPrice
from billing.kit.db import Session


async def list_active_plans(session: Session) -> Sequence[Plan]:
    statement = select(Plan).where(Plan.is_active).order_by(Plan.sort_order, Plan.code)
    return (await session.scalars(statement)).all()


async def get_plan(session: Session, code: str) -> Plan | None:
    return (await session.scalars(select(Plan).where(Plan.code == code))).one_or_none()


async def list_active_tld_prices(session: Session) -> Sequence[TldPrice]:
    statement = select(TldPrice).where(TldPrice.is_active).order_by(TldPrice.tld)
    return (await session.scalars(statement)).all()


async def get_tld_price(session: Session, tld: str) -> TldPrice | None:
    return (await session.scalars(select(TldPrice).where(TldPrice.tld == tld))).one_or_none()


async def lock_plan(session: Session, plan_id: uuid.UUID) -> Plan:
    """Return a plan we know to be there, locked until the commit."""
    return (await session.scalars(select(Plan).where(Plan.id == plan_id).with_for_update())).one()
