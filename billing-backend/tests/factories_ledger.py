"""Facts for the ledger, and short ways to look at its accounts."""

from datetime import UTC, datetime, timedelta

from billing.kit.container import Container
from billing.kit.db import Database, Session, Subject
from billing.ledger.facts import Customer, InvoiceFact, LineFact
from billing.ledger.journal import trial_balance
from tests.factories_licenses import make_person

JANUARY = datetime(2026, 1, 1, tzinfo=UTC)


def day(number: int) -> datetime:
    """Return the midnight `number` days after the first of January 2026."""
    return JANUARY + timedelta(days=number)


async def make_payer(container: Container, country: str | None = "DE") -> Customer:
    return Customer((await make_person(container)).user_id, country)


def year_invoice(
    invoice_id: str = "in_1", *, net: int = 10_000, tax: int = 1_900, paid_at: datetime | None = None, used: int = 0
) -> InvoiceFact:
    """Return the invoice of a year on a plan from the first of January on; `used` is credit that settles a part."""
    line = LineFact(f"il_{invoice_id}", net, JANUARY, day(365), "starter")
    return InvoiceFact(
        id=invoice_id,
        currency="EUR",
        total=net + tax,
        tax=tax,
        finalized_at=JANUARY,
        lines=[line],
        balance_change=used,
        paid_at=paid_at,
    )


async def balances(session: Session, currency: str = "EUR") -> dict[str, int]:
    """Return the accounts that hold something, having checked that all of them together hold nothing."""
    accounts = (await trial_balance(session)).get(currency, {})
    assert sum(accounts.values()) == 0
    return {account.value: amount for account, amount in accounts.items() if amount}


async def look(container: Container, currency: str = "EUR") -> dict[str, int]:
    async with container.get(Database).transaction(Subject.system()) as session:
        return await balances(session, currency)
