"""All SQL of domains."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from billing.domains.commands import RegisterDomain, RenewDomain
from billing.domains.models import GONE, CalendarFeed, Domain, OperationKind, OperationState, RegistrarOperation
from billing.kit.db import Session
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


async def get_own_domain_by_name(session: Session, domain_name: str, user_id: uuid.UUID) -> Domain | None:
    statement = select(Domain).where(Domain.domain_name == domain_name, Domain.user_id == user_id)
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
    session: Session, kind: OperationKind, command: RegisterDomain | RenewDomain, registrar: str
) -> RegistrarOperation:
    """Return the operation of the command's key, writing it down when it is new; raises OperationMismatch."""
    statement = (
        insert(RegistrarOperation)
        .values(
            id=uuid7(),
            idempotency_key=command.idempotency_key,
            user_id=command.user_id,
            order_item_id=command.order_item_id,
            domain_name=command.domain_name,
            registrar=registrar,
            operation=kind,
            state=OperationState.PLANNED,
            years=command.years,
            attempts=0,
            expected_cost_amount=command.expected_cost.amount,
            currency=command.expected_cost.currency,
        )
        .on_conflict_do_nothing(index_elements=["idempotency_key"])
    )
    await session.execute(statement)
    found = select(RegistrarOperation).where(RegistrarOperation.idempotency_key == command.idempotency_key)
    operation = (await session.scalars(found)).one()
    operation.require_same(
        operation=kind, domain_name=command.domain_name, user_id=command.user_id, years=command.years
    )
    return operation


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
    """Return another operation on this name of which something may have been executed, or None.

    A planned one that was sent before counts: what it finds at the registrar must not be another one's doing.
    """
    is_open = RegistrarOperation.state.in_([OperationState.SENT, OperationState.UNKNOWN])
    was_sent = and_(RegistrarOperation.state == OperationState.PLANNED, RegistrarOperation.attempts > 0)
    statement = select(RegistrarOperation).where(
        RegistrarOperation.domain_name == domain_name,
        RegistrarOperation.id != other_than,
        or_(is_open, was_sent),
    )
    return (await session.scalars(statement)).first()


async def put_feed(session: Session, user_id: uuid.UUID, token_hash: str) -> None:
    """Make this the token of the user's calendar; the one before stops working."""
    made = insert(CalendarFeed).values(id=uuid7(), user_id=user_id, token_hash=token_hash)
    renewed = made.on_conflict_do_update(
        index_elements=["user_id"], set_={"token_hash": token_hash, "created_at": func.now()}
    )
    await session.execute(renewed)


async def drop_feed(session: Session, user_id: uuid.UUID) -> None:
    await session.execute(delete(CalendarFeed).where(CalendarFeed.user_id == user_id))


async def get_feed(session: Session, token_hash: str) -> CalendarFeed | None:
    return (await session.scalars(select(CalendarFeed).where(CalendarFeed.token_hash == token_hash))).one_or_none()


async def list_expiring(session: Session, user_id: uuid.UUID, limit: int) -> Sequence[Domain]:
    """Return the user's domains that have a day on which they end, soonest first."""
    statement = (
        select(Domain)
        .where(Domain.user_id == user_id, Domain.status.not_in(GONE), Domain.expiry_date.is_not(None))
        .order_by(Domain.expiry_date)
        .limit(limit)
    )
    return (await session.scalars(statement)).all()
