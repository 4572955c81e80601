"""What came of orders, counted wherever it could have happened twice."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.faults.stack import Stack
from tests.storefront import Customer

STARTER = {"type": "license", "plan": "starter", "interval": "year"}


@dataclass
class Purchase:
    """One customer with one order of a license and a domain."""

    customer: Customer
    user_id: str
    order_id: str
    domain: str
    placed: dict[str, Any]


async def place(stack: Stack, domain: str, *items: dict[str, Any], customer: Customer | None = None) -> Purchase:
    """Place an order, for a new customer if none is given: `items`, else a license and `domain`."""
    customer = customer or await stack.customer()
    placed = await stack.order(customer, *(items or (STARTER, {"type": "domain", "name": domain})))
    user_id = await stack.one("SELECT id FROM users WHERE email = %s", customer.email)
    return Purchase(customer, str(user_id), placed["order"]["id"], domain, placed)


async def balance(stack: Stack) -> int:
    """Return what is left of our account at the registrar, in cents."""
    return int((await stack.sandbox_admin("GET", "namecheap/settings"))["balance"])


async def statuses(stack: Stack, purchases: Sequence[Purchase]) -> Counter[str]:
    found = await stack.rows(
        "SELECT status FROM orders WHERE id = ANY(%s::uuid[])", [purchase.order_id for purchase in purchases]
    )
    return Counter(row["status"] for row in found)


async def all_settled(stack: Stack, purchases: Sequence[Purchase]) -> None:
    """Wait until every order is fulfilled and its mails are out."""

    async def settled() -> bool:
        await stack.pass_time()
        return await statuses(stack, purchases) == {"fulfilled": len(purchases)} and await _unsent(stack) == 0

    try:
        await stack.until("all orders fulfilled", settled, pause=0.3)
    except AssertionError as error:
        raise AssertionError(await describe(stack, purchases)) from error


async def _unsent(stack: Stack) -> int:
    return int(await stack.one("SELECT count(*) FROM email_messages WHERE status IN ('queued', 'sending')"))


async def describe(stack: Stack, purchases: Sequence[Purchase]) -> str:
    """Say where the orders stand, for a test that failed."""
    steps = await stack.rows(
        "SELECT order_id::text, kind, status, attempts, last_error FROM fulfillment_steps"
        " WHERE order_id = ANY(%s::uuid[]) AND status NOT IN ('done', 'skipped')",
        [purchase.order_id for purchase in purchases],
    )
    mails = await stack.rows(
        "SELECT template, status, attempts, last_error FROM email_messages WHERE status IN ('queued', 'sending')"
    )
    return f"orders {dict(await statuses(stack, purchases))}, steps {steps}, mails {mails}"


async def check_exactly_once(stack: Stack, purchases: Sequence[Purchase]) -> None:
    """Assert that each order had each of its effects exactly once, at every place that keeps count."""
    users = [purchase.user_id for purchase in purchases]
    once = dict.fromkeys(users, 1)
    for what, query in {
        "licenses": "SELECT user_id FROM licenses",
        "linked subscriptions": "SELECT user_id FROM subscriptions WHERE license_id IS NOT NULL AND status = 'active'",
        "paid payments": "SELECT user_id FROM payments WHERE status = 'succeeded' AND refunded_amount = 0",
        "paid invoices": "SELECT user_id FROM invoices WHERE status = 'paid'",
        "panel accounts": "SELECT user_id FROM panel_accounts WHERE status = 'active'",
        "domains": "SELECT user_id FROM domains WHERE status = 'active'",
    }.items():
        rows = await stack.rows(f"SELECT user_id::text FROM ({query}) AS found WHERE user_id = ANY(%s::uuid[])", users)
        assert Counter(row["user_id"] for row in rows) == once, what
    await _check_panel(stack, purchases)
    await _check_registrar(stack, purchases)
    await _check_stripe(stack, purchases)
    await _check_mails(stack, purchases)


async def _check_panel(stack: Stack, purchases: Sequence[Purchase]) -> None:
    emails = [purchase.customer.email for purchase in purchases]
    accounts = await stack.rows(
        "SELECT email FROM accounts WHERE email = ANY(%s)", emails, database=stack.panel_database
    )
    assert Counter(row["email"] for row in accounts) == dict.fromkeys(emails, 1), "accounts at the panel"
    names = [purchase.domain for purchase in purchases]
    zones = await stack.rows("SELECT domain FROM zones WHERE domain = ANY(%s)", names, database=stack.panel_database)
    assert Counter(row["domain"] for row in zones) == dict.fromkeys(names, 1), "zones at the panel"


async def _check_registrar(stack: Stack, purchases: Sequence[Purchase]) -> None:
    registered = Counter(domain["name"] for domain in await stack.domains_at_registrar())
    assert {purchase.domain: registered[purchase.domain] for purchase in purchases} == {
        purchase.domain: 1 for purchase in purchases
    }


async def _check_stripe(stack: Stack, purchases: Sequence[Purchase]) -> None:
    customers = await stack.rows(
        "SELECT stripe_customer_id FROM users WHERE id = ANY(%s::uuid[])", [purchase.user_id for purchase in purchases]
    )
    ids = {row["stripe_customer_id"] for row in customers}
    charges = [charge for charge in await stack.stripe("charges") if charge["customer"] in ids]
    assert Counter(charge["customer"] for charge in charges) == dict.fromkeys(ids, 1), "charges at Stripe"
    assert all(charge["status"] == "succeeded" and charge["amount_refunded"] == 0 for charge in charges)
    subscriptions = [found for found in await stack.stripe("subscriptions") if found["customer"] in ids]
    assert Counter(found["customer"] for found in subscriptions) == dict.fromkeys(ids, 1), "subscriptions at Stripe"


async def _check_mails(stack: Stack, purchases: Sequence[Purchase]) -> None:
    """A relay that dies before its "250" has the mail and gets a copy; the Message-ID tells that it is one."""
    for purchase in purchases:
        found = await stack.mails(purchase.customer.email)
        by_id = {(await stack.mail_headers(mail["id"]))["Message-ID"]: mail["subject"] for mail in found}
        subjects = list(by_id.values())
        for subject in ("license is ready", "eceipt", purchase.domain):
            count = sum(subject in other for other in subjects)
            assert count == 1, f"{count} mails {subject!r} of {subjects}"
