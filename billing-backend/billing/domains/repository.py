"""All SQL of domains."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from billing.domains.models import GONE, Domain, OperationKind, OperationState, RegistrarOperation
from billing.kit.db import Session
from billing.kit.money import Money
from billing.kit.pagination import keyset
from service_kit.ids import uuid7


async def lock_name(session: Session, domain_name: str) -> None:
    """Let nobody else decide about this name until the transaction ends, whether or not a row exists."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"domain:{domain_name}", 0))))


async def get_domain_by_name(session: Session, domain_name: str) -> Domain | None:
    return (await session.scalars(select(Domain).where(Domain.domain_name == domain_name))).one_or_none()


async def get_own_domain(session: Session, domain_id: uuid.UUID, user_id: uuid.UUID) -> Domain | None:
    statement = select(Domain).where(Domain.id == domain_id, Domain.user_id == user_id)
    return (await session.scalars(statement)).one_or_none()


async def list_own_domains(session: Session, user_id: uuid.UUID, *, cursor: str | None, limit: int) -> Sequence[Domain]:
    statement = keyset(select(Domain).where(Domain.user_id == user_id), Domain.id, cursor, limit)
    return (await session.scalars(statement)).all()


async def list_unsynced(session: Session, *, pause: timedelta, limit: int) -> Sequence[Domain]:
    """Return domains whose dates are reckoned, not asked for, and that nobody touched for `pause`."""
    statement = (
        select(Domain)
        .where(Domain.synced_at.is_(None), Domain.status.not_in(GONE), Domain.updated_at < func.now() - pause)
        .order_by(Domain.updated_at)
        .limit(limit)
    )
    return (await session.scalars(statement)).all()


async def touch(session: Session, domain_id: uuid.UUID) -> None:
    """Move a domain to the end of the queue."""
    await session.execute(update(Domain).where(Domain.id == domain_id).values(updated_at=func.now()))


async def plan_operation(
    session: Session,
    *,
    idempotency_key: str,
    user_id: uuid.UUID,
    order_item_id: uuid.UUID | None,
    domain_name: str,
    registrar: str,
    operation: OperationKind,
    years: int,
    expected_cost: Money,
) -> RegistrarOperation:
    """Return the operation of this key, writing it down when it is new."""
    statement = (
        insert(RegistrarOperation)
        .values(
            id=uuid7(),
            idempotency_key=idempotency_key,
            user_id=user_id,
            order_item_id=order_item_id,
            domain_name=domain_name,
            registrar=registrar,
            operation=operation,
            state=OperationState.PLANNED,
            years=years,
            attempts=0,
            expected_cost_amount=expected_cost.amount,
            currency=expected_cost.currency,
        )
        .on_conflict_do_nothing(index_elements=["idempotency_key"])
    )
    await session.execute(statement)
    found = select(RegistrarOperation).where(RegistrarOperation.idempotency_key == idempotency_key)
    return (await session.scalars(found)).one()


async def lock_operation(session: Session, operation_id: uuid.UUID) -> RegistrarOperation:
    """Return an operation we know to be there, locked until the commit."""
    statement = (
        select(RegistrarOperation)
        .where(RegistrarOperation.id == operation_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(statement)).one()


async def find_operation_under_way(
    session: Session, domain_name: str, *, other_than: uuid.UUID
) -> RegistrarOperation | None:
    """Return another operation on this name whose outcome is open, or None."""
    statement = select(RegistrarOperation).where(
        RegistrarOperation.domain_name == domain_name,
        RegistrarOperation.id != other_than,
        RegistrarOperation.state.in_([OperationState.SENT, OperationState.UNKNOWN]),
    )
    return (await session.scalars(statement)).first()
