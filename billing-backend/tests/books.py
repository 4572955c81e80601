"""The ledger beside the sandbox's Stripe: what the stories about money end with."""

from collections.abc import Mapping

from billing.kit.db import Subject
from billing.ledger.models import Account
from billing.ledger.service import trial_balance
from tests.world import World


async def books(world: World) -> Mapping[Account, int]:
    """Return what the accounts hold; every currency must balance."""
    async with world.database.transaction(Subject.system()) as session:
        accounts = (await trial_balance(session)).get("USD", {})
    assert sum(accounts.values()) == 0
    return accounts


async def assert_books_are_stripes(world: World) -> Mapping[Account, int]:
    """Cash and fees have to be the sum of Stripe's balance transactions, what is owed that of its open invoices.

    What Stripe tells may be on its way yet, so that is waited for. Return what the accounts hold.
    """

    async def agree() -> bool:
        accounts = await books(world)
        moved = await world.stripe("balance_transactions")
        owed = sum(int(row["amount_remaining"]) for row in await world.stripe("invoices", status="open"))
        return (
            accounts.get(Account.CASH, 0) == sum(int(row["net"]) for row in moved)
            and accounts.get(Account.FEES, 0) == sum(int(row["fee"]) for row in moved)
            and accounts.get(Account.RECEIVABLE, 0) == owed
        )

    await world.until("the books are Stripe's", agree)
    return await books(world)
