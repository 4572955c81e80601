"""All SQL of the journal. An entry and its postings go in with one statement; the database checks that they balance."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import DateTime, String, Uuid

from billing.kit.db import Session
from billing.ledger.facts import Customer
from billing.ledger.models import Account, EntryKind, LedgerEntry, LedgerPosting
from service_kit.ids import uuid7


class Unbalanced(ValueError):
    """The postings of an entry do not add up to zero; nothing was written."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of an entry: a debit is positive, a credit negative, minor units."""

    account: Account
    amount: int
    plan_code: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry to be posted. Sides of nothing are left out; an entry without sides is not posted."""

    source_key: str
    kind: EntryKind
    source_id: str
    currency: str
    occurred_at: datetime
    sides: Sequence[Side]
    customer: Customer | None = None
    reference: str | None = None


_POST = text(
    """
    WITH fresh AS (
      INSERT INTO ledger_entries (id, source_key, kind, source_id, user_id, currency, occurred_at)
      SELECT * FROM unnest(
        CAST(:ids AS uuid[]), CAST(:keys AS text[]), CAST(:kinds AS text[]), CAST(:source_ids AS text[]),
        CAST(:user_ids AS uuid[]), CAST(:currencies AS text[]), CAST(:times AS timestamptz[]))
      ON CONFLICT (source_key) DO NOTHING
      RETURNING id, source_key, user_id, currency, occurred_at
    ), sides AS (
      INSERT INTO ledger_postings
        (id, entry_id, user_id, account, amount, currency, occurred_at, reference, plan_code, country)
      SELECT side.id, side.entry_id, fresh.user_id, side.account, side.amount, fresh.currency, fresh.occurred_at,
        side.reference, side.plan_code, side.country
      FROM unnest(
        CAST(:side_ids AS uuid[]), CAST(:entry_ids AS uuid[]), CAST(:accounts AS text[]), CAST(:amounts AS bigint[]),
        CAST(:side_references AS text[]), CAST(:plans AS text[]), CAST(:countries AS text[]))
        AS side (id, entry_id, account, amount, reference, plan_code, country)
      JOIN fresh ON fresh.id = side.entry_id
    )
    SELECT source_key FROM fresh
    """
).bindparams(bindparam("times", type_=ARRAY(DateTime(timezone=True))), bindparam("user_ids", type_=ARRAY(Uuid())))


async def post(session: Session, drafts: Iterable[Draft]) -> set[str]:
    """Write the entries that are not there yet; return their source keys. Raises `Unbalanced`."""
    entries = [(uuid7(), draft, _worth(draft)) for draft in drafts]
    entries = [entry for entry in entries if entry[2]]
    if not entries:
        return set()
    sides = [(entry_id, draft, side) for entry_id, draft, worth in entries for side in worth]
    rows = await session.execute(
        _POST,
        {
            "ids": [entry_id for entry_id, _, _ in entries],
            "keys": [draft.source_key for _, draft, _ in entries],
            "kinds": [draft.kind.value for _, draft, _ in entries],
            "source_ids": [draft.source_id for _, draft, _ in entries],
            "user_ids": [draft.customer.user_id if draft.customer else None for _, draft, _ in entries],
            "currencies": [draft.currency for _, draft, _ in entries],
            "times": [draft.occurred_at for _, draft, _ in entries],
            "side_ids": [uuid7() for _ in sides],
            "entry_ids": [entry_id for entry_id, _, _ in sides],
            "accounts": [side.account.value for _, _, side in sides],
            "amounts": [side.amount for _, _, side in sides],
            "side_references": [draft.reference for _, draft, _ in sides],
            "plans": [side.plan_code for _, _, side in sides],
            "countries": [draft.customer.country if draft.customer else None for _, draft, _ in sides],
        },
    )
    return set(rows.scalars())


def _worth(draft: Draft) -> list[Side]:
    """Return the sides that carry an amount, one per account and plan; raises `Unbalanced`."""
    sums: dict[tuple[Account, str | None], int] = {}
    for side in draft.sides:
        key = side.account, side.plan_code
        sums[key] = sums.get(key, 0) + side.amount
    if sum(sums.values()) != 0:
        raise Unbalanced(f"{draft.source_key}: {[(side.account.value, side.amount) for side in draft.sides]}")
    return [Side(account, amount, plan) for (account, plan), amount in sums.items() if amount]


async def booked_on(session: Session, invoice_id: str) -> list[Side]:
    """Return what is booked on an invoice by account and plan, nothings left out."""
    total = func.sum(LedgerPosting.amount)
    statement = (
        select(LedgerPosting.account, total, LedgerPosting.plan_code)
        .join(LedgerEntry, LedgerEntry.id == LedgerPosting.entry_id)
        .where(LedgerPosting.reference == invoice_id)
        .group_by(LedgerPosting.account, LedgerPosting.plan_code)
        .having(total != 0)
    )
    return [Side(account, int(amount), plan) for account, amount, plan in (await session.execute(statement)).all()]


async def sides_of(session: Session, source_key: str) -> list[Side]:
    """Return the sides of an entry; none when it is not there."""
    statement = (
        select(LedgerPosting.account, LedgerPosting.amount, LedgerPosting.plan_code)
        .join(LedgerEntry, LedgerEntry.id == LedgerPosting.entry_id)
        .where(LedgerEntry.source_key == source_key)
    )
    return [Side(*row) for row in (await session.execute(statement)).all()]


def reverse(sides: Iterable[Side]) -> list[Side]:
    return [Side(side.account, -side.amount, side.plan_code) for side in sides]


async def trial_balance(session: Session) -> dict[str, dict[Account, int]]:
    """Return the balance of every account by currency; each currency adds up to zero."""
    statement = select(LedgerPosting.currency, LedgerPosting.account, func.sum(LedgerPosting.amount)).group_by(
        LedgerPosting.currency, LedgerPosting.account
    )
    totals: dict[str, dict[Account, int]] = {}
    for currency, account, amount in (await session.execute(statement)).all():
        totals.setdefault(currency, {})[account] = int(amount)
    return totals


async def posted_keys(session: Session, source_keys: Sequence[str]) -> set[str]:
    """Return which of the movements are in the journal."""
    statement = select(LedgerEntry.source_key).where(
        LedgerEntry.source_key == func.any(bindparam("keys", list(source_keys), ARRAY(String)))
    )
    return set((await session.execute(statement)).scalars())


async def owed_by_invoice(session: Session) -> dict[str, int]:
    """Return what is owed on each invoice, below zero where too much was paid, by the provider's id of it."""
    owed = func.sum(LedgerPosting.amount)
    statement = (
        select(LedgerPosting.reference, owed)
        .where(LedgerPosting.account == Account.RECEIVABLE, LedgerPosting.reference.is_not(None))
        .group_by(LedgerPosting.reference)
        .having(owed != 0)
    )
    return {str(reference): int(amount) for reference, amount in await session.execute(statement)}
