"""All SQL of the catalog."""

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

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


async def list_plans(session: Session) -> Sequence[Plan]:
    """Return every plan, on sale or not, in the order the shop shows them."""
    return (await session.scalars(select(Plan).order_by(Plan.sort_order, Plan.code))).all()


async def get_plan_for_update(session: Session, plan_id: uuid.UUID) -> Plan | None:
    return (await session.scalars(select(Plan).where(Plan.id == plan_id).with_for_update())).one_or_none()


async def list_tld_prices(session: Session) -> Sequence[TldPrice]:
    """Return every top-level domain, on sale or not, by name."""
    return (await session.scalars(select(TldPrice).order_by(TldPrice.tld))).all()


async def get_tld_for_update(session: Session, tld_id: uuid.UUID) -> TldPrice | None:
    return (await session.scalars(select(TldPrice).where(TldPrice.id == tld_id).with_for_update())).one_or_none()


async def insert_tld(session: Session, values: Mapping[str, object]) -> TldPrice | None:
    """Return the new row, None when the top-level domain is there already."""
    statement = insert(TldPrice).values(**values).on_conflict_do_nothing(index_elements=["tld"]).returning(TldPrice)
    return (await session.scalars(statement)).one_or_none()


async def insert_plan(session: Session, values: Mapping[str, object]) -> Plan | None:
    """Return the new row, None when the code is taken."""
    statement = insert(Plan).values(**values).on_conflict_do_nothing(index_elements=["code"]).returning(Plan)
    return (await session.scalars(statement)).one_or_none()
