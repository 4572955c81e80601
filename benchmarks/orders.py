"""Orders per second, from `POST /orders` to delivered, through the public API.

500 license orders, 16 at a time, by customers made before. Baseline: the Stripe stand-in alone taking the same
payments with nothing behind it, which bounds what any shop on this machine could do.
"""

import asyncio
import os
import time
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
from stack_access import Stack, cpu_seconds, percentile, report, running_stack

ORDERS = int(os.environ.get("ORDERS", "500"))
AT_A_TIME = int(os.environ.get("AT_A_TIME", "16"))
CUSTOMERS = int(os.environ.get("CUSTOMERS", "32"))
RESTING = int(os.environ.get("RESTING", "20"))
PASSWORD = "a pass phrase for benchmarks"
LIMIT_SECONDS = 300.0
CARD = {
    "payment_method_data[type]": "card",
    "payment_method_data[card][number]": "4242424242424242",
    "payment_method_data[card][exp_month]": "12",
    "payment_method_data[card][exp_year]": "2035",
    "payment_method_data[card][cvc]": "123",
}


@dataclass
class Customer:
    """A customer behind an address of their own, as far as rate limits can tell."""

    number: int
    email: str
    http: httpx.AsyncClient
    token: str = ""

    @property
    def headers(self) -> dict[str, str]:
        token = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return {**token, "X-Forwarded-For": f"10.0.0.{self.number + 1}"}


@dataclass
class Tally:
    order_ms: list[float] = field(default_factory=list)
    pay_ms: list[float] = field(default_factory=list)
    paid_to_fulfilled: list[float] = field(default_factory=list)
    step_seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    fulfilled: set[str] = field(default_factory=set)


def client(base: str) -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=AT_A_TIME * 3, max_keepalive_connections=AT_A_TIME * 3)
    return httpx.AsyncClient(base_url=base, timeout=180, limits=limits, trust_env=False)


async def checked(answer: httpx.Response) -> Any:
    if answer.is_error:
        raise RuntimeError(
            f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text[:300]}"
        )
    return answer.json() if answer.content else None


async def make_customer(number: int, http: httpx.AsyncClient, sandbox: httpx.AsyncClient) -> Customer:
    customer = Customer(number, f"bench-{uuid.uuid4().hex[:10]}@customer.example", http)
    body = {"email": customer.email, "password": PASSWORD, "full_name": "Bench Mark"}
    await checked(await http.post("/api/v1/auth/register", json=body, headers=customer.headers))
    mails: list[dict[str, Any]] = []
    async with asyncio.timeout(60):
        while not mails:
            await asyncio.sleep(0.1)
            mails = (await checked(await sandbox.get("/mails", params={"to": customer.email})))["items"]
    token = next(link for link in mails[0]["links"] if "token=" in link).split("token=")[1]
    await checked(await http.post("/api/v1/auth/verify-email", json={"token": token}, headers=customer.headers))
    form = {"username": customer.email, "password": PASSWORD}
    customer.token = (await checked(await http.post("/api/v1/auth/token", data=form, headers=customer.headers)))[
        "access_token"
    ]
    return customer


async def buy(customer: Customer, sandbox: httpx.AsyncClient, tally: Tally) -> None:
    """Order, pay, and watch the order's events until it is delivered."""
    started = time.perf_counter()
    placed = await checked(
        await customer.http.post(
            "/api/v1/orders",
            json={"currency": "USD", "items": [{"type": "license", "plan": "starter", "interval": "month"}]},
            headers={**customer.headers, "Idempotency-Key": str(uuid.uuid4())},
        )
    )
    tally.order_ms.append((time.perf_counter() - started) * 1000)
    started = time.perf_counter()
    await pay(sandbox, placed["client_secret"], placed["payment"]["publishable_key"])
    tally.pay_ms.append((time.perf_counter() - started) * 1000)
    order = await watch(customer, placed["order"]["id"])
    if order["status"] == "fulfilled":
        tally.fulfilled.add(order["id"])
        tally.paid_to_fulfilled.append(seconds(order["paid_at"], order["fulfilled_at"]))
        for step in order["steps"]:
            tally.step_seconds[step["kind"]].append(seconds(step["started_at"], step["finished_at"]))


async def pay(sandbox: httpx.AsyncClient, secret: str, key: str) -> None:
    intent = secret.split("_secret_", maxsplit=1)[0]
    form = {"client_secret": secret, **CARD}
    await checked(await sandbox.post(f"/stripe/v1/payment_intents/{intent}/confirm", data=form, auth=(key, "")))


async def watch(customer: Customer, order_id: str) -> dict[str, Any]:
    order: dict[str, Any] = {"status": "unknown"}
    async with customer.http.stream("GET", f"/api/v1/orders/{order_id}/events", headers=customer.headers) as events:
        kind = ""
        async for line in events.aiter_lines():
            if line.startswith("event: "):
                kind = line.removeprefix("event: ")
            elif line.startswith("data: ") and kind == "order":
                order = httpx.Response(200, content=line.removeprefix("data: ")).json()
    return order


def seconds(start: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()


async def run_orders(
    customers: list[Customer], sandbox: httpx.AsyncClient, count: int, at_a_time: int
) -> tuple[Tally, float]:
    tally, gate = Tally(), asyncio.Semaphore(at_a_time)

    async def one(number: int) -> None:
        async with gate:
            await buy(customers[number % len(customers)], sandbox, tally)

    started = time.perf_counter()
    async with asyncio.timeout(LIMIT_SECONDS):
        await asyncio.gather(*(one(number) for number in range(count)))
    return tally, time.perf_counter() - started


async def stripe_alone(sandbox: httpx.AsyncClient, count: int) -> float:
    """Return payments per second of the stand-in with the same calls and nobody behind it."""
    auth = ("sk_test_sandbox", "")
    prices = await checked(
        await sandbox.get("/stripe/v1/prices", params={"lookup_keys[]": "nextpanel_starter_month"}, auth=auth)
    )
    gate = asyncio.Semaphore(AT_A_TIME)

    async def one() -> None:
        async with gate:
            customer = await checked(
                await sandbox.post("/stripe/v1/customers", data={"email": "b@e.example"}, auth=auth)
            )
            form = {
                "customer": customer["id"],
                "items[0][price]": prices["data"][0]["id"],
                "payment_behavior": "default_incomplete",
                "expand[0]": "latest_invoice.confirmation_secret",
            }
            subscription = await checked(await sandbox.post("/stripe/v1/subscriptions", data=form, auth=auth))
            secret = subscription["latest_invoice"]["confirmation_secret"]["client_secret"]
            await pay(sandbox, secret, "pk_test_sandbox")

    started = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(count)))
    return count / (time.perf_counter() - started)


async def count_effects(customers: list[Customer]) -> tuple[int, int]:
    """Return how many licenses and panel accounts the customers hold."""
    licenses = accounts = 0
    for customer in customers:
        for path in ("/api/v1/licenses", "/api/v1/panel-accounts"):
            cursor: str | None = None
            while True:
                params = {"limit": "100", **({"cursor": cursor} if cursor else {})}
                page = await checked(await customer.http.get(path, params=params, headers=customer.headers))
                items = page["items"] if isinstance(page, dict) else page
                if path.endswith("licenses"):
                    licenses += len(items)
                else:
                    accounts += len(items)
                cursor = page.get("next_cursor") if isinstance(page, dict) else None
                if cursor is None:
                    break
    return licenses, accounts


def milliseconds(values: list[float]) -> str:
    return f"{percentile(values, 0.5) * 1000:.0f}"


def table(title: str, rows: list[tuple[str, str]]) -> None:
    print(f"\n{title}")
    for name, value in rows:
        print(f"  {name:<34}{value:>16}")


async def measure(stack: Stack) -> dict[str, float | int]:
    async with client(stack.billing) as http, client(stack.sandbox) as sandbox:
        customers = await asyncio.gather(*(make_customer(number, http, sandbox) for number in range(CUSTOMERS)))
        resting, _ = await run_orders(customers, sandbox, RESTING, 1)
        before = cpu_seconds()
        tally, elapsed = await run_orders(customers, sandbox, ORDERS, AT_A_TIME)
        after = cpu_seconds()
        baseline = await stripe_alone(sandbox, 100)
        bought = RESTING + ORDERS
        licenses, accounts = await count_effects(customers)
    rate = len(tally.fulfilled) / elapsed
    resting_p95 = percentile(resting.paid_to_fulfilled, 0.95)
    table(
        f"{ORDERS} orders, {AT_A_TIME} at a time, {elapsed:.1f} s",
        [
            ("orders fulfilled per second", f"{rate:.1f}"),
            ("baseline: payments/s, Stripe alone", f"{baseline:.1f}"),
            ("ratio to the baseline", f"{rate / baseline:.2f}"),
            ("paid → fulfilled p95, at rest", f"{resting_p95:.2f} s"),
            ("paid → fulfilled p95, under load", f"{percentile(tally.paid_to_fulfilled, 0.95):.2f} s"),
            ("POST /orders p50", f"{percentile(tally.order_ms, 0.5):.0f} ms"),
            ("POST /orders p95", f"{percentile(tally.order_ms, 0.95):.0f} ms"),
            ("card payment p50", f"{percentile(tally.pay_ms, 0.5):.0f} ms"),
        ],
    )
    table(
        "time in each step, p50 at rest / p50 under load",
        [
            (
                kind,
                f"{percentile(resting.step_seconds[kind], 0.5) * 1000:.0f} / {percentile(values, 0.5) * 1000:.0f} ms",
            )
            for kind, values in tally.step_seconds.items()
        ],
    )
    table(
        "CPU per order",
        [
            (name, f"{(after[name] - before.get(name, 0)) / ORDERS * 1000:.1f} ms")
            for name in sorted(after, key=lambda name: before.get(name, 0) - after[name])
        ],
    )
    return {
        "orders_per_second": round(rate, 2),
        "paid_to_fulfilled_p95_s": round(resting_p95, 3),
        "paid_to_fulfilled_under_load_p95_s": round(percentile(tally.paid_to_fulfilled, 0.95), 3),
        "ratio_to_stripe_alone": round(rate / baseline, 3),
        "lost": ORDERS - len(tally.fulfilled),
        "doubled": max(0, licenses - bought) + max(0, accounts - bought),
    }


def main() -> None:
    with running_stack() as stack:
        report("orders", asyncio.run(measure(stack)))


if __name__ == "__main__":
    main()
