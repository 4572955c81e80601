"""What a registrar can do to an order: charge and say nothing, take its time, sell the name to others, want money."""

import asyncio
import uuid
from typing import Any

import pytest

from tests.faults.gates import REFUND_MADE, Gates, gates
from tests.faults.ledger import STARTER, Purchase, all_settled, balance, check_exactly_once, place
from tests.faults.stack import Stack

COST_OF_COM = 1028


def domain_item(name: str) -> dict[str, Any]:
    return {"type": "domain", "name": name}


def new_name(word: str) -> str:
    return f"{word}-{uuid.uuid4().hex[:8]}.com"


async def pay(stack: Stack, purchase: Purchase) -> None:
    answer = await stack.pay(purchase.placed)
    assert answer.status_code == 200, answer.text


async def kill_worker(stack: Stack) -> None:
    """Kill the worker and start another one, for which the dead one's leases have run out."""
    worker = stack.services["worker"]
    worker.kill()
    await stack.end_worker_connections()
    await stack.end_leases()
    worker.start()


async def step_of(stack: Stack, purchase: Purchase, kind: str) -> dict[str, Any] | None:
    """Return the order's step of this kind; None before the order is paid."""
    order = await stack.show(purchase.customer, purchase.order_id)
    return next((step for step in order["steps"] if step["kind"] == kind), None)


async def until_step(stack: Stack, purchase: Purchase, kind: str, status: str) -> dict[str, Any]:
    """Wait until a step has this status; return it."""

    async def there() -> dict[str, Any] | None:
        step = await step_of(stack, purchase, kind)
        return step if step is not None and step["status"] == status else None

    step: dict[str, Any] = await stack.until(f"{kind} {status}", there, pause=0.2)
    return step


async def test_charged_and_not_answered_is_found_by_asking(stack: Stack) -> None:
    """One answer is cut off at once, one after a while, and one worker is dead before its answer could come."""
    before = await balance(stack)
    hang = {"cut": 0.0, "late": 2.0, "killed": 60.0}
    purchases = {case: await place(stack, new_name(case)) for case in hang}
    for case, purchase in purchases.items():
        match = {"domain": purchase.domain}
        await stack.fault("namecheap", "domains.create", "timeout_after_commit", seconds=hang[case], match=match)
        await pay(stack, purchase)

    async def charged() -> bool:
        return purchases["killed"].domain in {domain["name"] for domain in await stack.domains_at_registrar()}

    await stack.until("the registrar has charged", charged)
    await kill_worker(stack)
    await all_settled(stack, list(purchases.values()))
    await check_exactly_once(stack, list(purchases.values()))
    assert before - await balance(stack) == COST_OF_COM * len(purchases)


async def test_a_registry_that_takes_its_time_holds_up_nothing_else(stack: Stack) -> None:
    before = await balance(stack)
    purchase = await place(stack, new_name("slow-registry"))
    await stack.fault("namecheap", "domains.create", "non_realtime", seconds=20, match={"domain": purchase.domain})
    await pay(stack, purchase)

    waiting = await until_step(stack, purchase, "register_domain", "waiting")
    assert waiting["error_code"] == "registry_pending"
    await until_step(stack, purchase, "welcome_mail", "done")
    assert (await stack.show(purchase.customer, purchase.order_id))["status"] == "paid"

    await all_settled(stack, [purchase])
    await check_exactly_once(stack, [purchase])
    assert before - await balance(stack) == COST_OF_COM


async def _refunds(stack: Stack, purchase: Purchase) -> list[int]:
    """Return the amounts that went back to this customer, as Stripe has them."""
    customer = await stack.one("SELECT stripe_customer_id FROM users WHERE id = %s::uuid", purchase.user_id)
    charges = [charge for charge in await stack.stripe("charges") if charge["customer"] == customer]
    intents = {charge["payment_intent"] for charge in charges}
    return [refund["amount"] for refund in await stack.stripe("refunds") if refund["payment_intent"] in intents]


def _price_of_domain(purchase: Purchase) -> int:
    (item,) = (item for item in purchase.placed["order"]["items"] if item["kind"] == "domain")
    return int(item["amount"])


async def _check_domain_refunded(stack: Stack, purchase: Purchase) -> dict[str, Any]:
    """Assert that the domain's price, and nothing else, went back once; return the order."""
    order = await stack.fulfilled(purchase.customer, purchase.order_id)
    price = _price_of_domain(purchase)
    assert await _refunds(stack, purchase) == [price]
    assert order["refunded_amount"] == price
    assert await stack.one("SELECT sum(amount) FROM refunds WHERE user_id = %s::uuid", purchase.user_id) == price
    assert await stack.one("SELECT count(*) FROM domains WHERE domain_name = %s", purchase.domain) == 0

    async def told() -> bool:
        subjects = [mail["subject"] for mail in await stack.mails(purchase.customer.email)]
        return sum(f"{purchase.domain} could not be registered" in subject for subject in subjects) == 1

    await stack.until("one mail about the refund", told)
    return order


@pytest.mark.parametrize("trouble", ["none", "stripe times out after the refund", "worker dies before and after it"])
@pytest.mark.usefixtures("gated")
async def test_a_name_sold_to_others_meanwhile_is_refunded(stack: Stack, trouble: str) -> None:
    before = await balance(stack)
    async with gates(stack) as held:
        purchase = await place(stack, new_name("sniped"))
        await stack.fault("namecheap", "domains.create", "sniped", match={"domain": purchase.domain})
        if trouble.startswith("stripe"):
            await stack.fault("stripe", "refunds.create", "timeout_after_commit", times=3)
        elif trouble.startswith("worker"):
            await held.shut(REFUND_MADE, purchase.user_id)
            await stack.fault("stripe", "refunds.list", "slow", seconds=60)
        await pay(stack, purchase)
        if trouble.startswith("worker"):
            await _kill_around_the_refund(stack, held, purchase)
        await until_step(stack, purchase, "register_domain", "refunded")

    order = await _check_domain_refunded(stack, purchase)
    assert order["status"] == "fulfilled"
    assert {step["kind"]: step["status"] for step in order["steps"]} == {
        "issue_license": "done",
        "provision_account": "done",
        "register_domain": "refunded",
        "dns_zone": "skipped",
        "welcome_mail": "done",
    }
    assert before == await balance(stack)
    welcome = await stack.until("the welcome mail", lambda: stack.mail(purchase.customer.email, "license is ready"))
    assert purchase.domain not in welcome["text"]


async def _kill_around_the_refund(stack: Stack, held: Gates, purchase: Purchase) -> None:
    async def refused() -> bool:
        query = "SELECT count(*) FROM registrar_operations WHERE domain_name = %s AND state = 'refused'"
        return int(await stack.one(query, purchase.domain)) == 1

    await stack.until("the registrar has refused", refused)
    await kill_worker(stack)

    async def made() -> bool:
        return not await held.deserted()

    await stack.until("the refund is made and not written down", made)
    assert await _refunds(stack, purchase) == [_price_of_domain(purchase)]
    stack.services["worker"].kill()
    await held.open_all()
    await stack.end_worker_connections()
    await stack.end_leases()
    stack.services["worker"].start()


async def test_an_order_of_nothing_but_a_lost_name_is_refunded_whole(stack: Stack) -> None:
    name = new_name("sniped-alone")
    purchase = await place(stack, name, domain_item(name))
    await stack.fault("namecheap", "domains.create", "sniped", match={"domain": name})
    await pay(stack, purchase)
    order = await _check_domain_refunded(stack, purchase)
    assert order["status"] == "refunded"
    assert order["refunded_amount"] == order["total_amount"]


async def test_an_empty_account_at_the_registrar_waits_for_staff(stack: Stack) -> None:
    """Out of funds: three orders need a person, who retries one by the API, one from a shell, and ends one by hand."""
    funds = await balance(stack)
    by_api, by_shell, by_hand = [await place(stack, new_name("unfunded")) for _ in range(3)]
    await stack.sandbox_admin("PATCH", "namecheap/settings", {"balance": 0})
    await asyncio.gather(*(pay(stack, purchase) for purchase in (by_api, by_shell, by_hand)))
    steps = {}
    for purchase in (by_api, by_shell, by_hand):
        step = await until_step(stack, purchase, "register_domain", "needs_attention")
        assert step["error_code"] == "insufficient_funds"
        steps[purchase.order_id] = step["id"]
        # The rest is delivered all the same.
        await until_step(stack, purchase, "welcome_mail", "done")

    staff = await _staff(stack)
    listed = (await stack.http.get("/api/v1/admin/attention", headers=staff)).json()["items"]
    assert set(steps.values()) <= {item["id"] for item in listed}
    await stack.sandbox_admin("PATCH", "namecheap/settings", {"balance": funds})
    answer = await stack.http.post(f"/api/v1/admin/steps/{steps[by_api.order_id]}/retry", headers=staff)
    assert answer.status_code == 200, answer.text
    assert steps[by_shell.order_id] in await stack.run_billing("orders", "attention")
    assert "starts over" in await stack.run_billing("orders", "retry", str(steps[by_shell.order_id]))
    answer = await stack.http.post(
        f"/api/v1/admin/steps/{steps[by_hand.order_id]}/resolve",
        headers=staff,
        json={"note": "the customer took another name", "delivered": False},
    )
    assert answer.status_code == 200, answer.text

    await all_settled(stack, [by_api, by_shell, by_hand])
    await check_exactly_once(stack, [by_api, by_shell])
    assert funds - await balance(stack) == COST_OF_COM * 2
    await until_step(stack, by_hand, "dns_zone", "skipped")
    history = await stack.http.get(f"/api/v1/admin/steps/{steps[by_api.order_id]}", headers=staff)
    assert "retried" in [entry["outcome"] for entry in history.json()["history"]]


async def _staff(stack: Stack) -> dict[str, str]:
    """Make a member of staff from a shell, and return the headers of a log-in."""
    email = f"owner-{uuid.uuid4().hex[:8]}@nextpanel.example"
    secret = uuid.uuid4().hex
    stack.environment = {**stack.environment, "STAFF_SECRET": secret}
    await stack.run_billing("create-admin", "--email", email, "--password-env", "STAFF_SECRET")
    return {"Authorization": f"Bearer {await stack.log_in(email, secret)}"}


async def test_two_customers_pay_for_one_name(stack: Stack) -> None:
    before = await balance(stack)
    name = new_name("contested")
    first = await place(stack, name, STARTER, domain_item(name))
    second = await place(stack, name, STARTER, domain_item(name))
    await asyncio.gather(pay(stack, first), pay(stack, second))
    await all_settled(stack, [first, second])

    owner = str(await stack.one("SELECT user_id FROM domains WHERE domain_name = %s", name))
    assert owner in {first.user_id, second.user_id}
    winner, loser = (first, second) if owner == first.user_id else (second, first)
    await check_exactly_once(stack, [winner])
    order = await _check_loser(stack, loser)
    assert order["status"] == "fulfilled"
    assert await stack.one("SELECT count(*) FROM licenses WHERE user_id = %s::uuid", loser.user_id) == 1
    assert before - await balance(stack) == COST_OF_COM


async def _check_loser(stack: Stack, loser: Purchase) -> dict[str, Any]:
    price = _price_of_domain(loser)
    assert await _refunds(stack, loser) == [price]
    order = await stack.show(loser.customer, loser.order_id)
    assert order["refunded_amount"] == price
    return order
