"""Changes of the catalog by staff, each with its trace."""

import uuid
from collections.abc import Mapping
from datetime import datetime

from billing.audit.service import record
from billing.catalog import repository
from billing.catalog.errors import PlanChanged, PlanCodeTaken, PlanNotFound, TldNotFound, TldTaken, YearsOutOfRange
from billing.catalog.features import Feature
from billing.catalog.models import Plan, TldPrice
from billing.kit.db import Session
from service_kit.ids import uuid7


async def add_tld(session: Session, values: Mapping[str, object], *, actor: uuid.UUID) -> TldPrice:
    """Return the new top-level domain; raises `TldTaken`."""
    price = await repository.insert_tld(session, {"id": uuid7(), **values})
    if price is None:
        raise TldTaken
    await _note(session, actor, "tld.created", price, None, values)
    return price


async def change_tld(
    session: Session, tld_id: uuid.UUID, changes: Mapping[str, object], *, actor: uuid.UUID
) -> TldPrice:
    """Return the changed top-level domain; raises `TldNotFound`, `YearsOutOfRange`."""
    price = await repository.get_tld_for_update(session, tld_id)
    if price is None:
        raise TldNotFound
    before = _apply(price, changes)
    if price.min_years > price.max_years:
        raise YearsOutOfRange(extra={"min_years": price.min_years, "max_years": price.max_years})
    if before:
        await _note(session, actor, "tld.changed", price, before, {name: getattr(price, name) for name in before})
    return price


async def add_plan(session: Session, values: Mapping[str, object], *, actor: uuid.UUID) -> Plan:
    """Return the new plan, which is not for sale before it has its prices; raises `PlanCodeTaken`."""
    plan = await repository.insert_plan(session, {"id": uuid7(), **_with_flags(values, {})})
    if plan is None:
        raise PlanCodeTaken
    await _note(session, actor, "plan.created", plan, None, values)
    return plan


async def plan_with(session: Session, plan_id: uuid.UUID, changes: Mapping[str, object]) -> Plan:
    """Return the plan as it would be, detached; raises `PlanNotFound`."""
    plan = await repository.get_plan_for_update(session, plan_id)
    if plan is None:
        raise PlanNotFound
    session.expunge(plan)
    _apply(plan, _with_flags(changes, plan.features))
    return plan


async def change_plan(
    session: Session, plan_id: uuid.UUID, changes: Mapping[str, object], *, seen_at: datetime, actor: uuid.UUID
) -> Plan:
    """Return the changed plan, locked. Licenses keep what they were sold with.

    Raises `PlanNotFound`, and `PlanChanged` when it is not as it was at `seen_at`, its `updated_at`.
    """
    plan = await repository.get_plan_for_update(session, plan_id)
    if plan is None:
        raise PlanNotFound
    if plan.updated_at != seen_at:
        raise PlanChanged
    before = _apply(plan, _with_flags(changes, plan.features))
    if before:
        await _note(session, actor, "plan.changed", plan, before, {name: getattr(plan, name) for name in before})
    return plan


def _with_flags(values: Mapping[str, object], known: Mapping[str, object]) -> dict[str, object]:
    """Return the values with every flag of `features`, those that are not named as they are."""
    named = values.get("features")
    if not isinstance(named, Mapping):
        return dict(values)
    flags = {feature.value: named.get(feature.value, known.get(feature.value, False)) for feature in Feature}
    return {**values, "features": flags}


def _apply(row: Plan | TldPrice, changes: Mapping[str, object]) -> dict[str, object]:
    """Set what differs and return what it was."""
    before = {name: getattr(row, name) for name, value in changes.items() if getattr(row, name) != value}
    for name in before:
        setattr(row, name, changes[name])
    return before


async def _note(
    session: Session,
    actor: uuid.UUID,
    action: str,
    row: Plan | TldPrice,
    before: Mapping[str, object] | None,
    after: Mapping[str, object],
) -> None:
    await session.flush()
    await record(
        session,
        actor_user_id=actor,
        action=action,
        object_type=action.partition(".")[0],
        object_id=row.id,
        before=before,
        after=after,
    )
