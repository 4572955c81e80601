"""Placing an order while everything around it misbehaves: many at once, Stripe failing, the API dying."""

import asyncio
import uuid
from typing import Any

import pytest

from tests.faults.ledger import STARTER, Purchase, all_settled, check_exactly_once
from tests.faults.stack import Stack
from tests.storefront import REGISTRANT, Customer


def cart(word: str) -> tuple[str, list[dict[str, Any]]]:
    """Return a domain's name, and a license and that domain as items."""
    name = f"{word}-{uuid.uuid4().hex[:8]}.com"
    return name, [STARTER, {"type": "domain", "name": name}]


async def subscriptions_of(stack: Stack, customer: Customer) -> int:
    """Return how many subscriptions Stripe has for a customer, whoever of ours knows of them."""
    found = await stack.stripe("customers", email=customer.email)
    counts = [len(await stack.stripe("subscriptions", customer=one["id"], status="all")) for one in found]
    return sum(counts)


async def finish(stack: Stack, customer: Customer, placed: dict[str, Any], name: str) -> None:
    """Pay the order and see it delivered once."""
    assert (await stack.pay(placed)).status_code == 200
    user_id = str(await stack.one("SELECT id FROM users WHERE email = %s", customer.email))
    purchase = Purchase(customer, user_id, placed["order"]["id"], name, placed)
    await all_settled(stack, [purchase])
    await check_exactly_once(stack, [purchase])


async def orders_of(stack: Stack, customer: Customer) -> int:
    query = "SELECT count(*) FROM orders WHERE user_id = (SELECT id FROM users WHERE email = %s)"
    return int(await stack.one(query, customer.email))


async def test_one_key_sixteen_times_at_once_is_one_order(stack: Stack) -> None:
    customer = await stack.customer()
    name, items = cart("sixteen")
    key = str(uuid.uuid4())
    answers = await asyncio.gather(*(stack.place(customer, *items, key=key) for _ in range(16)))
    assert [answer.status_code for answer in answers] == [201] * 16, {answer.text for answer in answers}
    assert len({answer.json()["order"]["id"] for answer in answers}) == 1
    assert len({answer.json()["client_secret"] for answer in answers}) == 1
    assert sum("Idempotent-Replayed" not in answer.headers for answer in answers) == 1
    assert (await orders_of(stack, customer), await subscriptions_of(stack, customer)) == (1, 1)
    assert len(await stack.stripe("customers", email=customer.email)) == 1

    other = await stack.place(customer, STARTER, key=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
    stranger = await stack.customer()
    assert (await stack.place(stranger, STARTER, key=key)).status_code == 201
    await finish(stack, customer, answers[0].json(), name)


@pytest.mark.parametrize(
    ("operation", "kind", "times"),
    [
        ("subscriptions.create", "error_500", 3),
        ("subscriptions.create", "error_500_saved", 1),
        ("subscriptions.create", "error_429", 3),
        ("subscriptions.create", "lock_timeout", 3),
        ("customers.create", "error_500_saved", 1),
        ("customers.create", "timeout_after_commit", 1),
    ],
)
async def test_stripe_fails_and_the_same_key_completes_the_order(
    stack: Stack, operation: str, kind: str, times: int
) -> None:
    customer = await stack.customer()
    name, items = cart("stripe-fails")
    key = str(uuid.uuid4())
    await stack.fault("stripe", operation, kind, times=times)
    first = await stack.place(customer, *items, key=key)
    if kind != "timeout_after_commit":
        assert (first.status_code, first.json()["code"]) == (503, "payment_provider_unavailable"), first.text
        assert await orders_of(stack, customer) == 1
    second = await stack.place(customer, *items, key=key)
    assert second.status_code == 201, second.text
    assert second.headers["Idempotent-Replayed"] == "true"
    assert (await orders_of(stack, customer), await subscriptions_of(stack, customer)) == (1, 1)
    assert len(await stack.stripe("customers", email=customer.email)) == 1
    await finish(stack, customer, second.json(), name)


async def test_a_customer_who_changes_name_between_two_tries_is_one_customer(stack: Stack) -> None:
    """Stripe made the customer and never said so; under the same key it wants to hear the same name again."""
    customer = await stack.customer()
    name, items = cart("renamed")
    key = str(uuid.uuid4())
    await stack.fault("stripe", "customers.create", "timeout_after_commit")
    await stack.fault("stripe", "customers.create", "error_500", times=2)
    assert (await stack.place(customer, *items, key=key)).status_code == 503
    renamed = await stack.http.patch("/api/v1/me", json={"full_name": "Augusta King"}, headers=customer.headers)
    assert renamed.status_code == 200, renamed.text
    answer = await stack.place(customer, *items, key=key)
    assert answer.status_code == 201, answer.text
    assert len(await stack.stripe("customers", email=customer.email)) == 1
    await finish(stack, customer, answer.json(), name)


@pytest.mark.parametrize("operation", ["invoices.create", "invoiceitems.create", "invoices.finalize"])
async def test_stripe_fails_at_an_order_of_domains_only(stack: Stack, operation: str) -> None:
    customer = await stack.customer()
    name = f"only-{uuid.uuid4().hex[:8]}.com"
    key = str(uuid.uuid4())
    await stack.fault("stripe", operation, "error_500_saved")
    first = await stack.place(customer, {"type": "domain", "name": name}, key=key)
    assert first.status_code == 503, first.text
    second = await stack.place(customer, {"type": "domain", "name": name}, key=key)
    assert second.status_code == 201, second.text
    assert second.json()["payment"]["amount_due"] == second.json()["order"]["total_amount"]
    assert (await stack.pay(second.json())).status_code == 200
    order = await stack.fulfilled(customer, second.json()["order"]["id"])
    assert order["status"] == "fulfilled"
    (made,) = await stack.stripe("customers", email=customer.email)
    (invoice,) = await stack.stripe("invoices", customer=made["id"])
    assert [line["amount"] for line in invoice["lines"]["data"]] == [order["total_amount"]]


async def test_the_api_dies_between_stripe_and_its_own_memory(stack: Stack) -> None:
    customer = await stack.customer()
    name, items = cart("api-dies")
    key = str(uuid.uuid4())
    await stack.fault("stripe", "subscriptions.create", "timeout_after_commit", seconds=60)
    placing = asyncio.create_task(stack.place(customer, *items, key=key))

    async def made() -> bool:
        return await subscriptions_of(stack, customer) == 1

    await stack.until("the subscription is made", made)
    api = stack.services["api"]
    api.kill()
    (lost,) = await asyncio.gather(placing, return_exceptions=True)
    assert isinstance(lost, Exception)
    api.start()
    await asyncio.to_thread(api.wait_ready)

    answer = await stack.place(customer, *items, key=key)
    assert answer.status_code == 201, answer.text
    assert (await orders_of(stack, customer), await subscriptions_of(stack, customer)) == (1, 1)
    await finish(stack, customer, answer.json(), name)


async def test_the_registrar_is_silent_at_the_checkout(stack: Stack) -> None:
    """Nothing is ordered on a guess: no answer is not "available"."""
    customer = await stack.customer()
    _, items = cart("silent")
    await stack.fault("namecheap", "domains.check", "error_500", times=10)
    answer = await stack.http.post(
        "/api/v1/orders",
        json={"currency": "USD", "items": items, "registrant": REGISTRANT},
        headers={**customer.headers, "Idempotency-Key": str(uuid.uuid4())},
    )
    assert (answer.status_code, answer.json()["code"]) == (503, "registrar_unavailable")
    assert await orders_of(stack, customer) == 0
