"""All SQL about renewals that nobody ordered by hand."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Integer, case, exists, literal, select
from sqlalchemy.dialects.postgresql import insert

from billing.domains.models import Domain
from billing.domains.ports import DomainStatus
from billing.flows.domain_renewal.models import DomainRenewal, RenewalStatus
from billing.flows.domain_renewal.stages import NOTICE, STAGES
from billing.kit.db import Session
from billing.orders.models import ItemStatus, Order, OrderItem, OrderStatus
from service_kit.ids import uuid7


async def begin_due(session: Session, today: date, now: datetime, limit: int) -> int:
    """Write down the stages that domains have come to; return how many are new.

    A domain that is seen late begins with the stage it is in, not with those it has missed.
    """
    left = (Domain.expiry_date - literal(today)).cast(Integer)
    ascending = sorted(STAGES)
    stage = case(*[(left <= days, days) for days in ascending[:-1]], else_=ascending[-1])
    done = exists().where(
        DomainRenewal.domain_id == Domain.id,
        DomainRenewal.expiry_date == Domain.expiry_date,
        DomainRenewal.days_before == stage,
    )
    due = (
        select(Domain.id, Domain.user_id, Domain.expiry_date, stage.label("days_before"))
        .where(
            Domain.status == DomainStatus.ACTIVE,
            Domain.expiry_date >= today,
            Domain.expiry_date <= today + timedelta(days=NOTICE),
            ~done,
        )
        .order_by(Domain.expiry_date)
        .limit(limit)
    )
    rows = [
        {
            "id": uuid7(),
            "user_id": found.user_id,
            "domain_id": found.id,
            "expiry_date": found.expiry_date,
            "days_before": found.days_before,
            "status": RenewalStatus.OPEN,
            "next_attempt_at": now,
        }
        for found in (await session.execute(due)).all()
    ]
    if rows:
        await session.execute(insert(DomainRenewal).values(rows).on_conflict_do_nothing())
    return len(rows)


async def list_open(session: Session, now: datetime, limit: int) -> Sequence[uuid.UUID]:
    statement = (
        select(DomainRenewal.id)
        .where(DomainRenewal.status == RenewalStatus.OPEN, DomainRenewal.next_attempt_at <= now)
        .order_by(DomainRenewal.next_attempt_at)
        .limit(limit)
    )
    return (await session.scalars(statement)).all()


async def lock(session: Session, renewal_id: uuid.UUID) -> DomainRenewal | None:
    statement = (
        select(DomainRenewal)
        .where(DomainRenewal.id == renewal_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(statement)).one_or_none()


async def is_on_order(session: Session, domain_name: str) -> bool:
    """Tell whether somebody has paid for something about this name that is yet to be delivered."""
    paid = select(OrderItem.id).where(
        OrderItem.domain_name == domain_name,
        OrderItem.status == ItemStatus.PENDING,
        OrderItem.order_id == Order.id,
        Order.status == OrderStatus.PAID,
    )
    return (await session.execute(paid.limit(1))).scalar_one_or_none() is not None
