"""Webhooks: how fast events are acknowledged, and how fast a backlog of them drains.

Baseline: a bare ASGI application on the same server program that reads the body and answers, in the same run. The
backlog is of subscription events while no worker ran; each makes billing ask the Stripe stand-in and bring its own rows
in line. Acknowledging is measured while no worker runs.
"""

import asyncio
import contextlib
import hashlib
import hmac
import json
import os
import time
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

import httpx
from house import House, house
from load import flood, pace, post
from sqlalchemy import select
from stack_access import percentile, report

from billing.accounts.models import User
from billing.catalog import seeds
from billing.catalog.models import Plan
from billing.kit.db import Subject
from billing.orders.models import Order
from billing.subscriptions.models import Subscription, SubscriptionStatus
from testkit.ports import free_port

EVENTS = int(os.environ.get("EVENTS", "4000"))
BACKLOG = int(os.environ.get("BACKLOG", "20000"))
RATE = int(os.environ.get("RATE", "200"))
RATE_SECONDS = int(os.environ.get("RATE_SECONDS", "20"))
WORKERS = int(os.environ.get("WORKERS", "2"))
SUBSCRIPTIONS = int(os.environ.get("SUBSCRIPTIONS", "200"))
AT_A_TIME = 32
PRICE = 2_900
LIMIT_SECONDS = 3600.0
SECRET = ("sk_test_sandbox", "")
EVENT_TYPE = "customer.subscription.updated"


async def make_subscriptions(sandbox: str) -> list[str]:
    """Make subscriptions at the stand-in; return their ids."""
    async with httpx.AsyncClient(base_url=f"{sandbox}/stripe/v1", auth=SECRET, timeout=60, trust_env=False) as http:

        async def make(path: str, **form: str) -> str:
            answer = await http.post(path, data=form)
            answer.raise_for_status()
            made: str = answer.json()["id"]
            return made

        product = await make("/products", id="nextpanel_bench", name="Bench")
        price = await make(
            "/prices", product=product, currency="usd", unit_amount=str(PRICE), **{"recurring[interval]": "month"}
        )
        customer = await make("/customers", email="bench@customer.example")
        form = {"customer": customer, "items[0][price]": price, "payment_behavior": "default_incomplete"}
        return [await make("/subscriptions", **form) for _ in range(SUBSCRIPTIONS)]


async def own_them(place: House, subscription_ids: Sequence[str]) -> None:
    """Write a customer, and an order and a subscription of ours for each."""
    async with place.database() as database, database.transaction(Subject.system()) as session:
        await seeds.seed(session)
        plan = (await session.scalars(select(Plan).limit(1))).one()
        user = User(email="bench@customer.example", password_hash="-", full_name="Bench")
        session.add(user)
        await session.flush()
        for name in subscription_ids:
            order = Order(
                user_id=user.id,
                currency="USD",
                subtotal_amount=PRICE,
                total_amount=PRICE,
                stripe_subscription_id=name,
                expires_at=datetime.now(UTC),
            )
            session.add(order)
            await session.flush()
            session.add(
                Subscription(
                    user_id=user.id,
                    order_id=order.id,
                    plan_id=plan.id,
                    stripe_subscription_id=name,
                    status=SubscriptionStatus.INCOMPLETE,
                    interval="month",
                    currency="USD",
                )
            )


def make_requests(place: House, subscription_ids: Sequence[str], count: int) -> list[bytes]:
    """Return that many signed events, each another one, as they go over the wire."""
    now = int(time.time())
    made: list[bytes] = []
    for number in range(count):
        snapshot = {"id": subscription_ids[number % len(subscription_ids)], "object": "subscription"}
        event = {
            "id": f"evt_{uuid.uuid4().hex}",
            "object": "event",
            "type": EVENT_TYPE,
            "api_version": "2026-10-28.endive",
            "created": now,
            "data": {"object": snapshot},
        }
        body = json.dumps(event).encode()
        signed = hmac.new(place.webhook_secret.encode(), f"{now}.".encode() + body, hashlib.sha256).hexdigest()
        made.append(post("/api/v1/webhooks/stripe", body, Stripe_Signature=f"t={now},v1={signed}"))
    return made


async def acknowledge(place: House, subscription_ids: Sequence[str]) -> tuple[float, float, list[float]]:
    """Return events per second of the bare application and of billing, and the milliseconds at a steady rate."""
    port = free_port()
    with place.bare(port):
        await flood(port, make_requests(place, subscription_ids, 500), AT_A_TIME)
        bare = await flood(port, make_requests(place, subscription_ids, EVENTS * 2), AT_A_TIME)
    await flood(place.api_port, make_requests(place, subscription_ids, 200), AT_A_TIME)
    ours = await flood(place.api_port, make_requests(place, subscription_ids, EVENTS), AT_A_TIME)
    steady = await pace(place.api_port, make_requests(place, subscription_ids, RATE * RATE_SECONDS), RATE)
    return bare, ours, steady


async def fill(place: House, subscription_ids: Sequence[str], stored: int) -> None:
    """Send events until as many wait as the backlog is to have; a signature is good for five minutes."""
    while stored < BACKLOG:
        count = min(2000, BACKLOG - stored)
        await flood(place.api_port, make_requests(place, subscription_ids, count), AT_A_TIME)
        stored += count


def waiting(place: House) -> int:
    return int(place.psql("SELECT count(*) FROM webhook_events WHERE status = 'received'"))


def drain(place: House, backlog: int) -> list[tuple[float, int]]:
    """Start the workers and return (seconds, still waiting) from the first event that was done until the last."""
    seen: list[tuple[float, int]] = []
    with contextlib.ExitStack() as stack:
        for number in range(WORKERS):
            stack.enter_context(place.worker(f"worker{number}"))
        begun = time.perf_counter()
        while not seen or seen[-1][1] > 0:
            if time.perf_counter() - begun > LIMIT_SECONDS:
                raise TimeoutError(f"{seen[-1][1] if seen else backlog} events still wait")
            time.sleep(0.5)
            left = waiting(place)
            if seen or left < backlog:
                seen.append((time.perf_counter(), left))
    return seen


def rates(seen: Sequence[tuple[float, int]]) -> list[float]:
    """Return events per second in each third of the drained events."""
    first, last = seen[0][1], seen[-1][1]
    marks = [first - (first - last) * part / 3 for part in range(4)]
    at = [next(moment for moment, left in seen if left <= mark) for mark in marks]
    return [(first - last) / 3 / max(at[part + 1] - at[part], 0.001) for part in range(3)]


def main() -> None:
    with house() as place, place.stripe():
        subscription_ids = asyncio.run(make_subscriptions(place.sandbox))
        asyncio.run(own_them(place, subscription_ids))
        with place.api():
            bare, ours, steady = asyncio.run(acknowledge(place, subscription_ids))
            asyncio.run(fill(place, subscription_ids, waiting(place)))
        backlog = waiting(place)
        seen = drain(place, backlog)
        done = int(place.psql("SELECT count(*) FROM webhook_events WHERE status = 'processed'"))
    elapsed = seen[-1][0] - seen[0][0]
    per_second = (seen[0][1] - seen[-1][1]) / max(elapsed, 0.001)
    print(f"\nacknowledged per second: billing {ours:.0f}, bare ASGI {bare:.0f}")
    p50, p99 = percentile(steady, 0.5), percentile(steady, 0.99)
    print(f"at {RATE}/s for {RATE_SECONDS} s: p50 {p50:.1f} ms, p99 {p99:.1f} ms")
    thirds = ", ".join(f"{rate:.0f}" for rate in rates(seen))
    print(f"backlog of {backlog}, {WORKERS} workers: {per_second:.0f}/s, by thirds {thirds}; {done} processed")
    figures: dict[str, float | int] = {
        "ratio_to_bare": round(ours / bare, 3),
        "ack_p99_ms": round(p99, 1),
        "drain_per_second": round(per_second, 1),
    }
    report("webhooks", figures)


if __name__ == "__main__":
    main()
