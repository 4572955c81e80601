"""What staff do with tax rates."""

import uuid
from collections.abc import Mapping
from datetime import date

from billing.audit.service import record
from billing.kit.db import Session
from billing.tax import repository
from billing.tax.determination import normal_region
from billing.tax.errors import TaxRateEndInPast, TaxRateInUse, TaxRateNotFound, TaxRateTaken
from billing.tax.models import TaxRate
from billing.tax.schemas import TaxRateIn
from service_kit.ids import uuid7

_FREE = frozenset({"name", "valid_until_on"})


async def create_rate(session: Session, body: TaxRateIn, actor: uuid.UUID) -> TaxRate:
    """Add a rate; raises `TaxRateTaken`."""
    region = normal_region(body.region)
    if await repository.find_rate(session, body.country, region, body.valid_from_on) is not None:
        raise TaxRateTaken
    rate = TaxRate(
        id=uuid7(),
        country=body.country,
        region=region,
        name=body.name,
        percentage=body.percentage,
        inclusive=body.inclusive,
        valid_from_on=body.valid_from_on,
        valid_until_on=body.valid_until_on,
    )
    session.add(rate)
    await session.flush()
    await _note(session, rate, "tax_rate.created", actor, after=body.model_dump())
    return rate


async def change_rate(
    session: Session, rate_id: uuid.UUID, changes: Mapping[str, object], *, today: date, actor: uuid.UUID
) -> TaxRate:
    """Change the named fields; raises `TaxRateNotFound`, `TaxRateInUse`, `TaxRateEndInPast`, `TaxRateTaken`.

    What was sold at a rate has to stay explainable: one that has begun, or that the provider knows, keeps its terms.
    """
    rate = await _lock_or_raise(session, rate_id)
    before = {name: getattr(rate, name) for name, value in changes.items() if getattr(rate, name) != value}
    if not before:
        return rate
    used = rate.has_begun(today) or rate.stripe_tax_rate_id is not None
    if used and not _FREE.issuperset(before):
        raise TaxRateInUse
    begins = changes.get("valid_from_on", rate.valid_from_on)
    assert isinstance(begins, date)
    if "valid_from_on" in before and await repository.find_rate(session, rate.country, rate.region, begins):
        raise TaxRateTaken
    ends = changes.get("valid_until_on", rate.valid_until_on)
    if isinstance(ends, date) and (ends <= begins or ("valid_until_on" in before and used and ends < today)):
        raise TaxRateEndInPast
    for name in before:
        setattr(rate, name, changes[name])
    await session.flush()
    after = {name: changes[name] for name in before}
    await _note(session, rate, "tax_rate.updated", actor, before=before, after=after)
    return rate


async def delete_rate(session: Session, rate_id: uuid.UUID, *, today: date, actor: uuid.UUID) -> None:
    """Take back a rate that has not begun; raises `TaxRateNotFound`, `TaxRateInUse`."""
    rate = await _lock_or_raise(session, rate_id)
    if rate.has_begun(today) or rate.stripe_tax_rate_id is not None:
        raise TaxRateInUse
    before = {"country": rate.country, "region": rate.region, "percentage": rate.percentage}
    await _note(session, rate, "tax_rate.deleted", actor, before={**before, "valid_from_on": rate.valid_from_on})
    await session.delete(rate)
    await session.flush()


async def _lock_or_raise(session: Session, rate_id: uuid.UUID) -> TaxRate:
    rate = await repository.lock_rate(session, rate_id)
    if rate is None:
        raise TaxRateNotFound
    return rate


async def _note(
    session: Session,
    rate: TaxRate,
    action: str,
    actor: uuid.UUID,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    await record(
        session,
        actor_user_id=actor,
        action=action,
        object_type="tax_rate",
        object_id=rate.id,
        before=before,
        after=after,
    )
