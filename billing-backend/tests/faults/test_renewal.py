"""What a registrar can do to a renewal: charge for the year and say nothing, while workers die."""

from datetime import datetime
from typing import Any

from tests.faults.ledger import Purchase, all_settled, balance, place
from tests.faults.stack import Stack
from tests.faults.test_registrar import domain_item, kill_worker, new_name, pay

COST_OF_RENEWAL = 1458


async def ends_at(stack: Stack, purchase: Purchase) -> datetime:
    found = [domain for domain in await stack.domains_at_registrar() if domain["name"] == purchase.domain]
    return datetime.fromisoformat(str(found[0]["expires_at"]))


async def owned(stack: Stack, case: str) -> Purchase:
    """A domain that is bought and delivered."""
    name = new_name(case)
    purchase = await place(stack, name, domain_item(name))
    await pay(stack, purchase)
    await all_settled(stack, [purchase])
    return purchase


def renewal_of(purchase: Purchase) -> dict[str, Any]:
    return {"type": "domain_renewal", "name": purchase.domain, "years": 1}


async def test_a_year_charged_and_not_answered_is_found_by_asking(stack: Stack) -> None:
    """One answer is cut off at once, one after a while, and one worker is dead before its answer could come."""
    hang = {"cut": 0.0, "late": 2.0, "killed": 60.0}
    bought = {case: await owned(stack, case) for case in hang}
    before = await balance(stack)
    ended = {case: await ends_at(stack, purchase) for case, purchase in bought.items()}
    renewals: dict[str, Purchase] = {}
    for case, purchase in bought.items():
        match = {"domain": purchase.domain}
        await stack.fault("namecheap", "domains.renew", "timeout_after_commit", seconds=hang[case], match=match)
        renewals[case] = await place(stack, purchase.domain, renewal_of(purchase), customer=purchase.customer)
        await pay(stack, renewals[case])

    async def charged() -> bool:
        return await ends_at(stack, bought["killed"]) > ended["killed"]

    await stack.until("the registrar has charged", charged)
    await kill_worker(stack)
    await all_settled(stack, list(renewals.values()))
    for case, purchase in bought.items():
        assert await ends_at(stack, purchase) == ended[case].replace(year=ended[case].year + 1), case
        mails = [mail["subject"] for mail in await stack.mails(purchase.customer.email)]
        assert sum(f"{purchase.domain} is renewed until" in subject for subject in mails) == 1, case
    assert before - await balance(stack) == COST_OF_RENEWAL * len(bought)
