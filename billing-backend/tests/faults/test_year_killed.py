"""Months go by while one worker after the other is killed: nothing is lost, nothing happens twice."""

from pathlib import Path

from tests.year.run import live

# One customer of each of the first six kinds, for three renewals.
CUSTOMERS, MONTHS = 6, 3
KILL_EVERY = 1.0
TOTALS = {
    "credit notes issued": 1,
    # Upgrades: 5. Pays in grace: 4. Never pays: 1. Leaves and returns: 2. Downgrades: 4. Leaves with a refund: 1.
    "invoices paid": 17,
    # What was never paid, of two months.
    "invoices void": 2,
    "payments failed": 2,
    "payments succeeded": 17,
    "refunds succeeded": 1,
    "subscriptions active": 4,
    "subscriptions cancelled": 3,
}


async def test_a_quarter_with_workers_killed_all_the_time_ends_as_one_without(tmp_path: Path) -> None:
    year = await live(tmp_path, customers=CUSTOMERS, months=MONTHS, kill_every=KILL_EVERY)
    # How many fit into it is the machine's affair.
    assert year.kills > 0
    assert year.differences == []
    assert year.imbalance == 0
    assert year.totals == TOTALS
