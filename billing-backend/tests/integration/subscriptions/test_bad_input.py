"""What subscriptions refuse before anybody outside is asked: Stripe is not there in these tests."""

from typing import Any

import httpx
import pytest
from sqlalchemy import update

from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.subscriptions.models import Subscription, SubscriptionStatus
from tests.factories_orders import Belongings, make_belongings

YEAR = {"plan": "starter", "interval": "year"}
MONTH = {"plan": "starter", "interval": "month"}
CHANGES = "changes"


@pytest.fixture
async def owned(container: Container) -> Belongings:
    return await make_belongings(container)


async def ask(client: httpx.AsyncClient, owned: Belongings, verb: str, body: Any = None) -> tuple[int, str]:
    path = f"/api/v1/subscriptions/{owned.subscription_id}/{verb}"
    answer = await client.post(path, json=body, headers=owned.person.headers)
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"plan": "starter"},
        {"plan": "starter", "interval": "decade"},
        {"plan": "starter", "interval": "month", "timing": "yesterday"},
        {"plan": "'; DROP TABLE plans", "interval": "month"},
        {"plan": "starter", "interval": "month", "price": 1},
        {"plan": None, "interval": "month"},
        [],
    ],
)
async def test_a_change_that_makes_no_sense(client: httpx.AsyncClient, owned: Belongings, body: Any) -> None:
    assert await ask(client, owned, CHANGES, body) == (422, "validation_failed")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"reason": "because"},
        {"reason": "other", "at": "tomorrow"},
        {"reason": "other", "feedback": "x" * 10_000},
        {"reason": "other", "feedback": "nul\x00byte"},
        {"reason": "other", "refund": "much", "at": "now"},
    ],
)
async def test_a_cancellation_that_makes_no_sense(client: httpx.AsyncClient, owned: Belongings, body: Any) -> None:
    assert await ask(client, owned, "cancel", body) == (422, "validation_failed")


async def test_a_change_to_what_it_is_already_or_to_a_plan_nobody_sells(
    client: httpx.AsyncClient, owned: Belongings
) -> None:
    assert await ask(client, owned, CHANGES, YEAR) == (409, "same_plan")
    assert await ask(client, owned, CHANGES, {**YEAR, "plan": "nobody-sells-it"}) == (422, "unknown_plan")


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (SubscriptionStatus.PAST_DUE, "subscription_past_due"),
        (SubscriptionStatus.UNPAID, "subscription_past_due"),
        (SubscriptionStatus.PAUSED, "subscription_paused"),
        (SubscriptionStatus.CANCELLED, "subscription_over"),
        (SubscriptionStatus.INCOMPLETE, "subscription_not_started"),
    ],
)
async def test_a_change_in_the_wrong_state(
    client: httpx.AsyncClient, database: Database, owned: Belongings, status: SubscriptionStatus, code: str
) -> None:
    async with database.transaction(Subject.system()) as session:
        await session.execute(update(Subscription).values(status=status))
    assert await ask(client, owned, CHANGES, MONTH) == (409, code)
    assert await ask(client, owned, f"changes/{owned.change_id}/confirm") == (409, code)


async def test_cards_before_the_first_order(client: httpx.AsyncClient, owned: Belongings) -> None:
    headers = {**owned.person.headers, "Idempotency-Key": "k1"}
    assert (await client.get("/api/v1/payment-methods", headers=headers)).json() == {"items": []}
    begun = await client.post("/api/v1/payment-method-setups", headers=headers)
    assert (begun.status_code, begun.json()["code"]) == (409, "no_purchase_yet")
    gone = await client.delete("/api/v1/payment-methods/pm_of_somebody", headers=headers)
    assert (gone.status_code, gone.json()["code"]) == (404, "payment_method_not_found")
    odd = await client.delete("/api/v1/payment-methods/..%2Fcustomers", headers=headers)
    assert odd.status_code in {404, 422}
    keyless = await client.post("/api/v1/payment-method-setups", headers=owned.person.headers)
    assert (keyless.status_code, keyless.json()["code"]) == (400, "idempotency_key_missing")


async def test_no_cancellation_to_take_back_and_nothing_to_resume(client: httpx.AsyncClient, owned: Belongings) -> None:
    assert await ask(client, owned, "keep") == (409, "subscription_not_ending")
    assert await ask(client, owned, "resume") == (409, "subscription_not_paused")
