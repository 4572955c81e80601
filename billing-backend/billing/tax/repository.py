"""All SQL of tax."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, select

from billing.kit.db import Session
from billing.kit.listing import AnySelect, Made, columns_for, narrowed
from billing.tax.models import TaxRate, VatCheck, VatStatus
from billing.tax.schemas import VatCheckOut

# Built once: they are on the way of every order that has an address.
_RATES_OF = select(TaxRate).where(TaxRate.country.in_(bindparam("countries", expanding=True)))
_LATEST_CHECK = (
    select(VatCheck)
    .where(VatCheck.user_id == bindparam("user_id"), VatCheck.vat_number == bindparam("vat_number"))
    # An answer counts until the next one is there, not the question.
    .order_by(VatCheck.status == VatStatus.PENDING, VatCheck.id.desc())
    .limit(1)
)


async def list_rates_of(session: Session, countries: Collection[str]) -> Sequence[TaxRate]:
    """Return every rate of these countries, of all regions and times."""
    return (await session.execute(_RATES_OF, {"countries": sorted(countries)})).scalars().all()


async def list_rates(session: Session, country: str | None = None) -> Sequence[TaxRate]:
    statement = select(TaxRate).order_by(TaxRate.country, TaxRate.region, TaxRate.valid_from_on.desc())
    if country is not None:
        statement = statement.where(TaxRate.country == country)
    return (await session.execute(statement)).scalars().all()


async def get_rate(session: Session, rate_id: uuid.UUID) -> TaxRate | None:
    return await session.get(TaxRate, rate_id)


async def lock_rate(session: Session, rate_id: uuid.UUID) -> TaxRate | None:
    statement = select(TaxRate).where(TaxRate.id == rate_id).with_for_update()
    return (await session.execute(statement)).scalar_one_or_none()


async def find_rate(session: Session, country: str, region: str, begins_on: date) -> TaxRate | None:
    statement = select(TaxRate).where(
        TaxRate.country == country, TaxRate.region == region, TaxRate.valid_from_on == begins_on
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def latest_check(session: Session, user_id: uuid.UUID, vat_number: str) -> VatCheck | None:
    """Return what is known about this customer's number: the last answer, else the question that waits."""
    values = {"user_id": user_id, "vat_number": vat_number}
    return (await session.execute(_LATEST_CHECK, values)).scalar_one_or_none()


async def get_check(session: Session, check_id: uuid.UUID) -> VatCheck | None:
    return await session.get(VatCheck, check_id)


async def lock_check(session: Session, check_id: uuid.UUID) -> VatCheck | None:
    statement = (
        select(VatCheck).where(VatCheck.id == check_id).with_for_update().execution_options(populate_existing=True)
    )
    return (await session.execute(statement)).scalar_one_or_none()


@dataclass(frozen=True, slots=True, kw_only=True)
class VatCheckFilter(Made):
    """What the list of checks is narrowed to; `pending` ones still wait for an answer."""

    status: VatStatus | None = None
    user_id: uuid.UUID | None = None

    def statement(self) -> AnySelect:
        columns = columns_for(VatCheckOut, VatCheck)
        wanted = narrowed(columns, (VatCheck.status, self.status), (VatCheck.user_id, self.user_id))
        return self.within(wanted, VatCheck.created_at)


async def list_due_checks(session: Session, now: datetime, limit: int) -> Sequence[uuid.UUID]:
    statement = (
        select(VatCheck.id)
        .where(VatCheck.status == VatStatus.PENDING, VatCheck.next_attempt_at <= now)
        .order_by(VatCheck.next_attempt_at)
        .limit(limit)
    )
    return (await session.execute(statement)).scalars().all()
