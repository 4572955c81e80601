"""An invoice from its finalization to its end: owed, settled by credit, cancelled, restored."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from billing.kit.db import Session
from billing.ledger.facts import Customer, InvoiceFact, LineFact
from billing.ledger.journal import Draft, Side, booked_on, post, reverse, sides_of
from billing.ledger.models import Account, EntryKind, RevenueSchedule
from service_kit.ids import uuid7


async def post_invoice(session: Session, customer: Customer, fact: InvoiceFact) -> None:
    """Bring the journal to how the invoice stands now; any order and any repetition of facts leads to the same."""
    drafts = [_finalized(customer, fact), _balance(customer, fact)]
    posted = await post(session, drafts)
    if drafts[0].source_key in posted:
        await _plan_earning(session, customer, fact)
        if fact.cancelled_at is not None:
            await _cancel(session, customer, fact, fact.cancelled_at)
        return
    if fact.cancelled_at is not None and fact.paid_at is None:
        await _cancel(session, customer, fact, fact.cancelled_at)
    elif fact.paid_at is not None:
        await _restore(session, customer, fact, fact.paid_at)
        await _activate(session, fact.id, fact.paid_at)


def _finalized(customer: Customer, fact: InvoiceFact) -> Draft:
    """The customer owes the total; the tax is the state's, and the rest is not earned yet."""
    lines = [Side(Account.REVENUE_DEFERRED, -line.amount, line.plan_code) for line in fact.lines]
    return Draft(
        source_key=f"invoice:{fact.id}:finalized",
        kind=EntryKind.INVOICE,
        source_id=fact.id,
        currency=fact.currency,
        occurred_at=fact.finalized_at,
        sides=[Side(Account.RECEIVABLE, fact.total), Side(Account.TAX_PAYABLE, -fact.tax), *lines],
        customer=customer,
        reference=fact.id,
    )


def _balance(customer: Customer, fact: InvoiceFact) -> Draft:
    """Credit of the customer settles a part; an invoice of less than nothing adds to the credit."""
    change = fact.balance_change
    return Draft(
        source_key=f"invoice:{fact.id}:balance",
        kind=EntryKind.INVOICE_BALANCE,
        source_id=fact.id,
        currency=fact.currency,
        occurred_at=fact.finalized_at,
        sides=[Side(Account.CUSTOMER_CREDIT, change), Side(Account.RECEIVABLE, -change)],
        customer=customer,
        reference=fact.id,
    )


async def _plan_earning(session: Session, customer: Customer, fact: InvoiceFact) -> None:
    rows = [_schedule(customer, fact, line) for line in fact.lines if line.amount]
    if rows:
        await session.execute(insert(RevenueSchedule).values(rows).on_conflict_do_nothing(index_elements=["line_key"]))


def _schedule(customer: Customer, fact: InvoiceFact, line: LineFact) -> dict[str, object]:
    return {
        "id": uuid7(),
        "user_id": customer.user_id,
        "invoice_ref": fact.id,
        "line_key": line.key,
        "currency": fact.currency,
        "amount": line.amount,
        "earned_amount": 0,
        "base_amount": 0,
        "base_at": line.starts_at,
        "ends_at": max(line.ends_at, line.starts_at),
        "earned_until": line.starts_at,
        "active_from": fact.paid_at if fact.cancelled_at is None else None,
        "plan_code": line.plan_code,
        "country": customer.country,
    }


async def _activate(session: Session, invoice_id: str, paid_at: datetime) -> None:
    await session.execute(
        update(RevenueSchedule)
        .where(RevenueSchedule.invoice_ref == invoice_id, RevenueSchedule.active_from.is_(None))
        .values(active_from=paid_at)
        .execution_options(synchronize_session=False)
    )


async def _cancel(session: Session, customer: Customer, fact: InvoiceFact, at: datetime) -> None:
    """Void or uncollectible: nothing was earned, so all of it goes back; what is left of a part payment is lost."""
    booked = await booked_on(session, fact.id)
    owed = sum(side.amount for side in booked if side.account is Account.RECEIVABLE)
    partly_paid = any(side.account is Account.CASH for side in booked)
    sides = [Side(Account.WRITE_OFFS, owed), Side(Account.RECEIVABLE, -owed)] if partly_paid else reverse(booked)
    await post(session, [_ending(customer, fact, "cancelled", EntryKind.INVOICE_CANCELLED, at, sides)])


async def _restore(session: Session, customer: Customer, fact: InvoiceFact, at: datetime) -> None:
    """Paid after it was given up: what the cancellation took away is owed again."""
    cancelled = await sides_of(session, f"invoice:{fact.id}:cancelled")
    if cancelled:
        sides = reverse(cancelled)
        await post(session, [_ending(customer, fact, "restored", EntryKind.INVOICE_RESTORED, at, sides)])


def _ending(
    customer: Customer, fact: InvoiceFact, what: str, kind: EntryKind, at: datetime, sides: list[Side]
) -> Draft:
    return Draft(
        source_key=f"invoice:{fact.id}:{what}",
        kind=kind,
        source_id=fact.id,
        currency=fact.currency,
        occurred_at=at,
        sides=sides,
        customer=customer,
        reference=fact.id,
    )


async def lock_schedules(session: Session, invoice_id: str) -> list[RevenueSchedule]:
    """Return the plan of an invoice's lines, locked until the commit, oldest line first."""
    statement = (
        select(RevenueSchedule)
        .where(RevenueSchedule.invoice_ref == invoice_id)
        .order_by(RevenueSchedule.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list((await session.execute(statement)).scalars())
