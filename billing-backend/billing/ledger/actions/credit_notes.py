"""A credit note takes back what is not earned yet first, then what is."""

from collections.abc import Sequence
from datetime import datetime

from billing.kit.db import Session
from billing.ledger.actions.earn import earn
from billing.ledger.actions.invoices import lock_schedules
from billing.ledger.facts import CreditNoteFact, Customer
from billing.ledger.journal import Draft, Side, post, posted_keys, reverse, sides_of
from billing.ledger.models import Account, EntryKind, RevenueSchedule


async def post_credit_note(session: Session, customer: Customer, fact: CreditNoteFact) -> None:
    """Bring the journal to how the credit note stands; the invoice itself has to be posted before."""
    key = f"credit_note:{fact.id}"
    known = await posted_keys(session, [key, f"{key}:voided"])
    schedules = await lock_schedules(session, fact.invoice_id)
    if key not in known:
        parts = split(schedules, fact)
        await earn(session, [row for row, _ in parts if row.active_from], until=fact.issued_at)
        sides = _taken_back(parts, fact)
        if key not in await post(session, [_draft(customer, fact, key, fact.issued_at, sides)]):
            return
        for row, amount in parts:
            row.take_back(_deferred_part(row, amount), fact.issued_at)
    if fact.voided_at is not None and f"{key}:voided" not in known:
        sides = reverse(await sides_of(session, key))
        await post(session, [_draft(customer, fact, f"{key}:voided", fact.voided_at, sides)])
        for row, amount in split(schedules, fact):
            row.take_back(-amount, fact.voided_at)
    await session.flush()


def split(schedules: Sequence[RevenueSchedule], fact: CreditNoteFact) -> list[tuple[RevenueSchedule, int]]:
    """Return (line, amount without tax): as the note says, else in proportion to the lines; exact to the cent."""
    net = fact.total - fact.tax
    by_key = dict(fact.line_amounts)
    named = [(row, by_key[row.line_key]) for row in schedules if row.line_key in by_key]
    if named and sum(amount for _, amount in named) == net:
        return named
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


def _taken_back(parts: Sequence[tuple[RevenueSchedule, int]], fact: CreditNoteFact) -> list[Side]:
    sides = [Side(Account.TAX_PAYABLE, fact.tax)]
    for row, amount in parts:
        deferred = _deferred_part(row, amount)
        sides.append(Side(Account.REVENUE_DEFERRED, deferred, row.plan_code))
        sides.append(Side(Account.REVENUE_EARNED, amount - deferred, row.plan_code))
    # What no line of ours explains is taken from revenue, so that the books hold.
    unexplained = fact.total - fact.tax - sum(amount for _, amount in parts)
    sides.append(Side(Account.REVENUE_EARNED, unexplained))
    sides.append(Side(Account.REFUNDS, -fact.refunded))
    sides.append(Side(Account.CUSTOMER_CREDIT, -fact.credited))
    sides.append(Side(Account.BANK, -fact.out_of_band))
    sides.append(Side(Account.RECEIVABLE, fact.refunded + fact.credited + fact.out_of_band - fact.total))
    return sides


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
