"""Deferred revenue becomes earned as its service period goes by; exact to the cent at the end of each period."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from billing.kit.db import Session
from billing.ledger.facts import Customer
from billing.ledger.journal import Draft, Side, post
from billing.ledger.models import Account, EntryKind, RevenueSchedule

BATCH = 500
# An amount of a period that ends at midnight belongs to the day before.
_INSTANT = timedelta(microseconds=1)


async def earn_due(session: Session, until: datetime, limit: int = BATCH) -> int:
    """Earn up to `until` for at most `limit` lines that are behind; return how many there were."""
    statement = (
        select(RevenueSchedule)
        .where(
            RevenueSchedule.active_from.is_not(None),
            RevenueSchedule.earned_amount != RevenueSchedule.amount,
            RevenueSchedule.earned_until < until,
            RevenueSchedule.active_from <= until,
        )
        .order_by(RevenueSchedule.earned_until, RevenueSchedule.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    rows = list((await session.execute(statement)).scalars())
    await earn(session, rows, until=until)
    return len(rows)


async def earn(session: Session, rows: Iterable[RevenueSchedule], *, until: datetime) -> None:
    """Post what the lines (active, locked) earned up to `until`, a month at a time."""
    drafts: list[Draft] = []
    for row in rows:
        for end in month_ends(row.earned_until, until):
            amount = row.earned_by(end) - row.earned_amount
            drafts.append(_draft(row, end, amount))
            row.mark_earned(amount, end)
    await post(session, drafts)
    await session.flush()


def month_ends(start: datetime, end: datetime) -> Iterator[datetime]:
    """Yield the first instants of the UTC months after `start` and before `end`, then `end`; nothing if it is past."""
    at = start.astimezone(UTC)
    while start < end:
        at = (at.replace(day=1, hour=0, minute=0, second=0, microsecond=0) + timedelta(days=32)).replace(day=1)
        yield min(at, end)
        if at >= end:
            return


def _draft(row: RevenueSchedule, end: datetime, amount: int) -> Draft:
    assert row.active_from is not None
    return Draft(
        source_key=f"earned:{row.id}:{end.astimezone(UTC).isoformat()}",
        kind=EntryKind.EARNED,
        source_id=row.line_key,
        currency=row.currency,
        occurred_at=max(end - _INSTANT, row.active_from),
        sides=[
            Side(Account.REVENUE_DEFERRED, amount, row.plan_code),
            Side(Account.REVENUE_EARNED, -amount, row.plan_code),
        ],
        customer=Customer(row.user_id, row.country),
        reference=row.invoice_ref,
    )
