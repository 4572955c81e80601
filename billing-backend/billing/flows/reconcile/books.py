"""The ledger beside the provider's balance: fees and payouts are brought in, then the totals have to be equal."""

from datetime import datetime

from billing.flows.reconcile.compare import Difference
from billing.flows.reconcile.models import FindingList, ObjectKind
from billing.flows.reconcile.ports import ProviderBooks, Seen
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.ledger.facts import ProviderFact
from billing.ledger.models import Account
from billing.ledger.service import owed_by_invoice, post_provider, trial_balance

_BATCH = 200


async def import_movements(container: Container, since: datetime | None) -> int:
    """Post the fees and payouts since then, all there ever were without `since`; return how many were new."""
    database = container.get(Database)
    new, batch = 0, list[ProviderFact]()
    async for fact in container.get(ProviderBooks).list_movements(since):
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
    """Return a difference for each total that is not the provider's, and for a currency that does not balance.

    What is owed is compared by invoice, so that two mistakes can't make up for each other.
    """
    held = await container.get(ProviderBooks).held()
    async with container.get(Database).transaction(Subject.system()) as session:
        booked, owed = await trial_balance(session), await owed_by_invoice(session)
    found: list[Difference] = []
    for invoice_id in sorted({*held.owed, *owed}):
        there, here = held.owed.get(invoice_id), owed.get(invoice_id)
        if there is not None and there.is_checkout and here is None:
            continue
        amounts = there.amount if there else 0, here or 0
        if amounts[0] != amounts[1]:
            found.append(_difference(invoice_id, "receivable", *amounts))
    for currency in sorted({*held.balance, *booked}):
        accounts = booked.get(currency, {})
        pairs = {
            "cash": (held.balance.get(currency, 0), accounts.get(Account.CASH, 0)),
            "trial_balance": (0, sum(accounts.values())),
        }
        found += [_difference(currency, name, *pair) for name, pair in pairs.items() if pair[0] != pair[1]]
    return found


def _difference(what: str, name: str, there: int, here: int) -> Difference:
    key = f"{name}:{what}"
    return Difference(
        FindingList.DIFFERENT,
        Seen(ObjectKind.LEDGER, key, {"amount": there}),
        Seen(ObjectKind.LEDGER, key, {"amount": here}),
    )
