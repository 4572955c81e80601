"""A credit note takes back what is not earned yet first, then what is."""

from collections.abc import Sequence
from datetime import datetime

from billing.kit.db import Session
from billing.ledger.actions.earn import earn
from billing.ledger.actions.invoices import lock_schedules
from billing.ledger.facts import CreditNoteFact, Customer
from billing.ledger.journal import Draft, Side, booked_on, post, posted_keys, reverse, sides_of
from billing.ledger.models import Account, EntryKind, RevenueSchedule

_REVENUE = frozenset({Account.REVENUE_DEFERRED, Account.REVENUE_EARNED})


async def post_credit_note(session: Session, customer: Customer, fact: CreditNoteFact) -> None:
    """Bring the journal to how the credit note stands; the invoice itself has to be posted before."""
    key = _key(fact)
    known = await posted_keys(session, [key, f"{key}:voided"])
    if key not in known and not await _take(session, customer, fact, key, fact.issued_at):
        return
    if fact.voided_at is not None and f"{key}:voided" not in known:
        await _give_back(session, customer, fact, f"{key}:voided", fact.voided_at)


async def turn_credit_note(
    session: Session, customer: Customer, fact: CreditNoteFact, *, cause: str, counts: bool, at: datetime
) -> None:
    """Take a posted credit note out of the books, or let it count again; once for each `cause`."""
    key = f"{_key(fact)}:{cause}"
    known = await posted_keys(session, [_key(fact), key])
    if _key(fact) not in known or key in known:
        return
    if counts:
        await _take(session, customer, fact, key, at)
    else:
        await _give_back(session, customer, fact, key, at)


def _key(fact: CreditNoteFact) -> str:
    return f"credit_note:{fact.id}"


async def _take(session: Session, customer: Customer, fact: CreditNoteFact, key: str, at: datetime) -> bool:
    """Post what the note takes back; False when somebody else just did."""
    schedules = await lock_schedules(session, fact.invoice_id)
    await earn(session, [row for row in schedules if row.active_from], until=at)
    net = fact.total - fact.tax
    booked = [side for side in await booked_on(session, fact.invoice_id) if side.account in _REVENUE]
    if net == -sum(side.amount for side in booked):
        # Nothing is left of the invoice, however earlier notes were shared out among its lines.
        revenue, taken = reverse(booked), [(row, row.deferred) for row in schedules]
    else:
        parts = split(schedules, fact)
        revenue, taken = _shares(parts, net), [(row, _deferred_part(row, amount)) for row, amount in parts]
    sides = [Side(Account.TAX_PAYABLE, fact.tax), *revenue, *_given(fact)]
    if key not in await post(session, [_draft(customer, fact, key, at, sides)]):
        return False
    for row, amount in taken:
        row.take_back(amount, at)
    await session.flush()
    return True


async def _give_back(session: Session, customer: Customer, fact: CreditNoteFact, key: str, at: datetime) -> None:
    """Turn the note round. What it took of revenue is to be earned anew over what is left of the period."""
    schedules = await lock_schedules(session, fact.invoice_id)
    await earn(session, [row for row in schedules if row.active_from], until=at)
    turned, taken = list[Side](), dict[str | None, int]()
    for side in await sides_of(session, _key(fact)):
        if side.account in _REVENUE:
            taken[side.plan_code] = taken.get(side.plan_code, 0) + side.amount
        else:
            turned.append(Side(side.account, -side.amount, side.plan_code))
    rows: list[tuple[RevenueSchedule, int]] = []
    for plan, amount in taken.items():
        row = max((row for row in schedules if row.plan_code == plan), key=lambda row: row.ends_at, default=None)
        turned.append(Side(Account.REVENUE_DEFERRED if row else Account.REVENUE_EARNED, -amount, plan))
        rows += [(row, amount)] if row else []
    if key in await post(session, [_draft(customer, fact, key, at, turned)]):
        for row, amount in rows:
            row.take_back(-amount, at)
        await session.flush()


def split(schedules: Sequence[RevenueSchedule], fact: CreditNoteFact) -> list[tuple[RevenueSchedule, int]]:
    """Return (line, amount without tax), in proportion to the lines; exact to the cent."""
    net = fact.total - fact.tax
    whole = sum(row.amount for row in schedules if row.amount > 0)
    parts: list[tuple[RevenueSchedule, int]] = []
    seen = given = 0
    for row in schedules:
        if row.amount > 0:
            seen += row.amount
            share = net * seen // whole - given
            given += share
            parts.append((row, share))
    return parts


def _deferred_part(row: RevenueSchedule, amount: int) -> int:
    return min(amount, max(row.deferred, 0)) if amount >= 0 else amount


def _shares(parts: Sequence[tuple[RevenueSchedule, int]], net: int) -> list[Side]:
    sides: list[Side] = []
    for row, amount in parts:
        deferred = _deferred_part(row, amount)
        sides.append(Side(Account.REVENUE_DEFERRED, deferred, row.plan_code))
        sides.append(Side(Account.REVENUE_EARNED, amount - deferred, row.plan_code))
    # What no line of ours explains is taken from revenue, so that the books hold.
    sides.append(Side(Account.REVENUE_EARNED, net - sum(amount for _, amount in parts)))
    return sides


def _given(fact: CreditNoteFact) -> list[Side]:
    return [
        Side(Account.REFUNDS, -fact.refunded),
        Side(Account.CUSTOMER_CREDIT, -fact.credited),
        Side(Account.BANK, -fact.out_of_band),
        Side(Account.RECEIVABLE, fact.refunded + fact.credited + fact.out_of_band - fact.total),
    ]


def _draft(customer: Customer, fact: CreditNoteFact, key: str, at: datetime, sides: list[Side]) -> Draft:
    return Draft(
        source_key=key,
        kind=EntryKind.CREDIT_NOTE,
        source_id=fact.id,
        currency=fact.currency,
        occurred_at=at,
        sides=sides,
        customer=customer,
        reference=fact.invoice_id,
    )
