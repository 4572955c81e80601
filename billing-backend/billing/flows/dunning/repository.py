"""All SQL of dunning."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select, text, update

from billing.flows.dunning.models import BrakeStatus, CaseStage, DunningBrake, DunningCase
from billing.flows.dunning.schemas import DunningCaseOut
from billing.invoices.models import Invoice, InvoiceStatus
from billing.kit.db import Session
from billing.kit.listing import AnySelect, Made, columns_for, narrowed
from billing.kit.pagination import keyset
from billing.panels.models import PanelAccount, PanelAccountStatus
from billing.subscriptions.models import Subscription, SubscriptionStatus

OWING = (SubscriptionStatus.PAST_DUE, SubscriptionStatus.UNPAID)
RUNNING = (SubscriptionStatus.ACTIVE, SubscriptionStatus.TRIALING)
_BEFORE_THE_END = (CaseStage.GRACE, CaseStage.SUSPENDED)
# Spelled out as in the partial index, which a bound value would not match.
_IS_OWING = text("subscriptions.status IN ('past_due', 'unpaid')")
_HAS_LICENSE = Subscription.license_id.is_not(None)
_HAS_CASE = exists().where(DunningCase.subscription_id == Subscription.id, DunningCase.stage != CaseStage.RECOVERED)
_RUN_LOCK = text("SELECT pg_try_advisory_xact_lock(hashtext('dunning.run'))")

# Built once: these run with every paid invoice.
_LATEST_CASE = (
    select(DunningCase)
    .where(DunningCase.subscription_id == bindparam("subscription_id"))
    .order_by(DunningCase.id.desc())
    .limit(1)
    .with_for_update()
    .execution_options(populate_existing=True)
)
_CASE = (
    select(DunningCase)
    .where(DunningCase.id == bindparam("case_id"))
    .with_for_update()
    .execution_options(populate_existing=True)
)


async def latest_case(session: Session, subscription_id: uuid.UUID) -> DunningCase | None:
    """Return the subscription's latest case, locked. The caller holds the subscription's lock."""
    return (await session.scalars(_LATEST_CASE, {"subscription_id": subscription_id})).one_or_none()


async def claim_case(session: Session, case_id: uuid.UUID, *, now: datetime, lease: timedelta) -> DunningCase | None:
    """Take a due case for this worker; None when it is not due or somebody else has it."""
    free = (
        select(DunningCase.id)
        .where(DunningCase.id == case_id, _is_due(now))
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    statement = (
        update(DunningCase)
        .where(DunningCase.id == free)
        .values(attempts=DunningCase.attempts + 1, lease_until=now + lease)
        .returning(DunningCase)
        .execution_options(populate_existing=True, synchronize_session=False)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def lock_claimed(session: Session, case_id: uuid.UUID, attempt: int) -> DunningCase | None:
    """Return the case locked if this attempt still holds it."""
    case = (await session.scalars(_CASE, {"case_id": case_id})).one_or_none()
    held = case is not None and case.is_open and case.attempts == attempt and case.lease_until is not None
    return case if held else None


async def oldest_owed(session: Session, subscription_id: uuid.UUID) -> Invoice | None:
    statement = (
        select(Invoice)
        .where(Invoice.subscription_id == subscription_id, Invoice.status == InvoiceStatus.OPEN)
        .order_by(Invoice.created_at, Invoice.id)
        .limit(1)
    )
    return (await session.scalars(statement)).one_or_none()


async def paid_since(session: Session, subscription_id: uuid.UUID, since: datetime) -> bool:
    """Tell whether an invoice of the subscription was paid since then: the latest one makes all well again."""
    statement = select(Invoice.id).where(
        Invoice.subscription_id == subscription_id, Invoice.status == InvoiceStatus.PAID, Invoice.paid_at >= since
    )
    return (await session.execute(statement.limit(1))).scalar_one_or_none() is not None


async def get_invoice(session: Session, stripe_invoice_id: str) -> Invoice | None:
    statement = select(Invoice).where(Invoice.stripe_invoice_id == stripe_invoice_id)
    return (await session.scalars(statement.execution_options(populate_existing=True))).one_or_none()


async def try_run_lock(session: Session) -> bool:
    """Be the only run until the commit; False when another one is under way."""
    return bool((await session.execute(_RUN_LOCK)).scalar_one())


async def list_unreviewed(session: Session, limit: int) -> Sequence[uuid.UUID]:
    """Return subscriptions that owe something and have no case, and those that owe nothing and have one."""
    owed = exists().where(Invoice.subscription_id == Subscription.id, Invoice.status == InvoiceStatus.OPEN)
    statement = select(Subscription.id).where(_IS_OWING, _HAS_LICENSE, ~_HAS_CASE, owed).limit(limit)
    settled = (
        select(Subscription.id)
        .join(DunningCase, DunningCase.subscription_id == Subscription.id)
        .where(
            DunningCase.closed_at.is_(None), DunningCase.stage.in_(_BEFORE_THE_END), Subscription.status.in_(RUNNING)
        )
        .limit(limit)
    )
    return (await session.execute(statement.union_all(settled))).scalars().all()


async def list_unended(session: Session, limit: int) -> Sequence[uuid.UUID]:
    """Return subscriptions that were cancelled and have no case."""
    cancelled = Subscription.status == SubscriptionStatus.CANCELLED
    statement = select(Subscription.id).where(cancelled, _HAS_LICENSE, ~_HAS_CASE).limit(limit)
    return (await session.execute(statement)).scalars().all()


async def list_due(session: Session, now: datetime, limit: int) -> Sequence[DunningCase]:
    """Return cases with a mail or an act due, those whose act is held by the brake left out."""
    held = and_(_act_is_due(now), DunningCase.cleared_for.is_(None))
    statement = select(DunningCase).where(_is_due(now), ~held).order_by(DunningCase.next_action_at).limit(limit)
    return (await session.scalars(statement)).all()


async def list_uncleared(session: Session, now: datetime) -> Sequence[DunningCase]:
    """Return, locked, the cases whose act is due and has not passed the brake."""
    statement = (
        select(DunningCase)
        .where(DunningCase.closed_at.is_(None), _act_is_due(now), DunningCase.cleared_for.is_(None))
        .order_by(DunningCase.id)
        .with_for_update(skip_locked=True)
    )
    return (await session.scalars(statement)).all()


async def count_cleared(session: Session, since: datetime) -> int:
    """Return how many cases runs have let pass since then; those that a person let pass don't count."""
    statement = select(func.count()).where(DunningCase.cleared_at > since, DunningCase.brake_id.is_(None))
    return (await session.execute(statement)).scalar_one()


async def count_accounts(session: Session) -> int:
    statement = select(func.count()).where(PanelAccount.status != PanelAccountStatus.TERMINATED)
    return (await session.execute(statement)).scalar_one()


async def lock_pending_brake(session: Session) -> DunningBrake | None:
    statement = select(DunningBrake).where(DunningBrake.status == BrakeStatus.PENDING).with_for_update()
    return (await session.scalars(statement)).one_or_none()


async def lock_brake(session: Session, brake_id: uuid.UUID) -> DunningBrake | None:
    statement = select(DunningBrake).where(DunningBrake.id == brake_id).with_for_update()
    return (await session.scalars(statement)).one_or_none()


async def held_by(session: Session, brake_id: uuid.UUID) -> Sequence[DunningCase]:
    """Return, locked, the open cases that the brake holds."""
    statement = (
        select(DunningCase)
        .where(DunningCase.brake_id == brake_id, DunningCase.closed_at.is_(None), DunningCase.cleared_for.is_(None))
        .order_by(DunningCase.id)
        .with_for_update()
    )
    return (await session.scalars(statement)).all()


async def list_brakes(
    session: Session, status: BrakeStatus | None, cursor: str | None, limit: int
) -> Sequence[DunningBrake]:
    statement = select(DunningBrake)
    if status is not None:
        statement = statement.where(DunningBrake.status == status)
    return (await session.scalars(keyset(statement, DunningBrake.id, cursor, limit))).all()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter(Made):
    """What the list of cases is narrowed to; `brake_id` is a stopped run that holds them."""

    stage: CaseStage | None = None
    brake_id: uuid.UUID | None = None
    user_id: uuid.UUID | None = None

    def statement(self) -> AnySelect:
        wanted = narrowed(
            columns_for(DunningCaseOut, DunningCase),
            (DunningCase.stage, self.stage),
            (DunningCase.brake_id, self.brake_id),
            (DunningCase.user_id, self.user_id),
        )
        return self.within(wanted, DunningCase.created_at)


def _is_due(now: datetime) -> ColumnElement[bool]:
    return and_(
        DunningCase.closed_at.is_(None),
        DunningCase.next_action_at <= now,
        or_(DunningCase.lease_until.is_(None), DunningCase.lease_until < now),
    )


def _act_is_due(now: datetime) -> ColumnElement[bool]:
    return or_(
        and_(DunningCase.stage.in_((CaseStage.GRACE, CaseStage.ENDING)), DunningCase.suspend_at <= now),
        and_(DunningCase.stage == CaseStage.SUSPENDED, DunningCase.cancel_at <= now),
        and_(DunningCase.stage == CaseStage.CANCELLED, DunningCase.terminate_at <= now),
    )
