"""The ledger beside the provider's balance: fees and payouts are brought in, then the totals have to be equal."""

from datetime import datetime

from sqlalchemy import exists, select

from billing.flows.reconcile.compare import Difference
from billing.flows.reconcile.models import FindingList, ObjectKind
from billing.flows.reconcile.ports import ProviderBooks, Seen
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.ledger.facts import ProviderFact
from billing.ledger.models import Account, EntryKind, LedgerEntry
from billing.ledger.service import post_provider, trial_balance

_BATCH = 200


async def import_movements(container: Container, since: datetime | None) -> int:
    """Post the fees and payouts since then, all there ever were the first time; return how many were new."""
    database = container.get(Database)
    begun = select(exists().where(LedgerEntry.kind.in_([EntryKind.FEE, EntryKind.PAYOUT])))
    async with database.transaction(Subject.system()) as session:
        is_first = not (await session.execute(begun)).scalar_one()
    new, batch = 0, list[ProviderFact]()
    async for fact in container.get(ProviderBooks).list_movements(None if is_first else since):
        batch.append(fact)
        if len(batch) == _BATCH:
            new += await _post(database, batch)
            batch = []
    return new + await _post(database, batch)


async def _post(database: Database, batch: list[ProviderFact]) -> int:
    if not batch:
        return 0
    async with database.transaction(Subject.system()) as session:
        return await post_provider(session, batch)


async def compare_books(container: Container) -> list[Difference]:
    """Return a difference for each total that is not the provider's, and for a currency that does not balance."""
    held = await container.get(ProviderBooks).held()
    async with container.get(Database).transaction(Subject.system()) as session:
        booked = await trial_balance(session)
    found: list[Difference] = []
    for currency in sorted({*held.balance, *held.receivable, *booked}):
        accounts = booked.get(currency, {})
        pairs = {
            "cash": (held.balance.get(currency, 0), accounts.get(Account.CASH, 0)),
            "trial_balance": (0, sum(accounts.values())),
        }
        found += [_difference(currency, name, *pair) for name, pair in pairs.items() if pair[0] != pair[1]]
    return found


def _difference(currency: str, name: str, there: int, here: int) -> Difference:
    key = f"{name}:{currency}"
    return Difference(
        FindingList.DIFFERENT,
        Seen(ObjectKind.LEDGER, key, {"amount": there}),
        Seen(ObjectKind.LEDGER, key, {"amount": here}),
    )
