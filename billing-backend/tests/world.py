"""The whole house for a test: billing's API on a real port, a worker, the sandbox and a panel as processes of their own.

The worker's queue is in the test's hands: `until` runs what was enqueued, and sweeps, until something is true.
"""

import asyncio
import contextlib
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn

from billing import maintenance
from billing.app import create_app
from billing.catalog import seeds
from billing.catalog.actions.sync import sync_prices
from billing.catalog.ports import PriceBook
from billing.chores import CHORES, TASKS
from billing.flows.provisioning.register_server import register_server
from billing.flows.purchase.products import DOMAIN_PRODUCT_CODE, DOMAIN_PRODUCT_NAME
from billing.kit.container import Container
from billing.kit.crypto import Vault
from billing.kit.db import Database, Subject
from billing.kit.tasks import RecordingQueue
from billing.settings import Settings
from service_kit.clock import OffsetClock

GOOD_CARD = "4242424242424242"
DECLINED_CARD = "4000000000000002"
PASSWORD = "correct horse battery"
REGISTRANT = {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "address1": "1 Analytical Way",
    "city": "Phoenix",
    "state_province": "AZ",
    "postal_code": "85001",
    "country": "US",
    "phone": "+1.6025550100",
    "email": "ada@customer.example",
}


@dataclass(frozen=True)
class PanelPeer:
    """A running panel and the key it signs with."""

    url: str
    server_id: uuid.UUID
    key_id: str
    secret: str


@dataclass
class Customer:
    email: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@dataclass
class World:
    settings: Settings
    clock: OffsetClock
    api: Container
    worker: Container
    queue: RecordingQueue
    panel: PanelPeer
    http: httpx.AsyncClient
    sandbox_url: str
    errors: list[BaseException] = field(default_factory=list)

    @property
    def database(self) -> Database:
        return self.worker.get(Database)

    # --- the stage

    async def prepare(self) -> None:
        """Fill the catalog, sync it to the sandbox, make the panel known."""
        async with self.database.transaction(Subject.system()) as session:
            await seeds.seed(session)
            await register_server(
                session,
                self.worker.get(Vault),
                server_id=self.panel.server_id,
                name="local",
                base_url=self.panel.url,
                key_id=self.panel.key_id,
                secret=self.panel.secret,
            )
        book = self.worker.get(PriceBook)
        await book.ensure_product(DOMAIN_PRODUCT_CODE, name=DOMAIN_PRODUCT_NAME, description="Domains")
        await sync_prices(self.database, book)

    async def drain(self) -> int:
        """Run everything enqueued so far, several at a time as a worker would."""
        done = 0
        while self.queue.messages:
            batch, self.queue.messages = self.queue.messages, []
            await asyncio.gather(*(TASKS[message.task](self.worker, *message.args) for message in batch))
            done += len(batch)
        return done

    async def until(self, what: str, true: Callable[[], Awaitable[Any]], *, seconds: float = 20) -> Any:
        """Work until `true()` returns something truthy and return that; AssertionError after `seconds`."""
        end = time.monotonic() + seconds
        while True:
            await self.drain()
            value = await true()
            if value:
                return value
            if time.monotonic() > end:
                raise AssertionError(f"did not happen in {seconds} s: {what}")
            await asyncio.sleep(0.05)

    async def sweep(self) -> None:
        await maintenance.sweep(self.worker)
        await self.drain()

    # --- what a customer does, through public HTTP only

    async def customer(self, email: str | None = None) -> Customer:
        """Register, confirm the address with the link from the mail, and log in."""
        email = email or f"c{uuid.uuid4().hex[:12]}@customer.example"
        answer = await self.http.post(
            "/api/v1/auth/register", json={"email": email, "password": PASSWORD, "full_name": "Ada Lovelace"}
        )
        assert answer.status_code == 202, answer.text
        mail = await self.until("verification mail", lambda: self.mail(email, "onfirm"))
        token = next(link for link in mail["links"] if "token=" in link).split("token=")[1]
        answer = await self.http.post("/api/v1/auth/verify-email", json={"token": token})
        assert answer.status_code < 300, answer.text
        answer = await self.http.post("/api/v1/auth/token", data={"username": email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return Customer(email, answer.json()["access_token"])

    async def order(self, customer: Customer, *items: dict[str, Any], key: str | None = None) -> dict[str, Any]:
        answer = await self.place(customer, *items, key=key)
        assert answer.status_code == 201, answer.text
        placed: dict[str, Any] = answer.json()
        return placed

    async def place(self, customer: Customer, *items: dict[str, Any], key: str | None = None) -> httpx.Response:
        return await self.http.post(
            "/api/v1/orders",
            json={"currency": "USD", "items": list(items), "registrant": REGISTRANT},
            headers={**customer.headers, "Idempotency-Key": key or str(uuid.uuid4())},
        )

    async def pay(self, placed: dict[str, Any], card: str = GOOD_CARD) -> httpx.Response:
        """Confirm the payment as Stripe.js does: publishable key, client secret, card data to Stripe only."""
        secret = placed["client_secret"]
        intent = secret.split("_secret_")[0]
        return await self.http.post(
            f"{self.sandbox_url}/stripe/v1/payment_intents/{intent}/confirm",
            auth=(placed["payment"]["publishable_key"], ""),
            data={
                "client_secret": secret,
                "payment_method_data[type]": "card",
                "payment_method_data[card][number]": card,
                "payment_method_data[card][exp_month]": "12",
                "payment_method_data[card][exp_year]": "2035",
                "payment_method_data[card][cvc]": "123",
                "return_url": "https://shop.example/done",
            },
        )

    async def show(self, customer: Customer, order_id: str) -> dict[str, Any]:
        answer = await self.http.get(f"/api/v1/orders/{order_id}", headers=customer.headers)
        assert answer.status_code == 200, answer.text
        shown: dict[str, Any] = answer.json()
        return shown

    async def fulfilled(self, customer: Customer, order_id: str) -> dict[str, Any]:
        async def ended() -> dict[str, Any] | None:
            order = await self.show(customer, order_id)
            return order if order["status"] in {"fulfilled", "refunded"} else None

        order: dict[str, Any] = await self.until("order fulfilled", ended)
        return order

    async def buy(self, customer: Customer, *items: dict[str, Any]) -> dict[str, Any]:
        """Order, pay with a good card, and wait until everything is delivered."""
        placed = await self.order(customer, *items)
        paid = await self.pay(placed)
        assert paid.status_code == 200, paid.text
        return await self.fulfilled(customer, placed["order"]["id"])

    # --- what the outside world saw

    async def mails(self, to: str) -> list[dict[str, Any]]:
        answer = await self.http.get(f"{self.sandbox_url}/mails", params={"to": to})
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def mail(self, to: str, subject: str) -> dict[str, Any] | None:
        return next((mail for mail in await self.mails(to) if subject in mail["subject"]), None)

    async def fault(self, vendor: str, operation: str, kind: str, **options: Any) -> None:
        """Arm a fault at the sandbox."""
        body = {"vendor": vendor, "operation": operation, "kind": kind, **options}
        answer = await self.http.post(f"{self.sandbox_url}/admin/faults", json=body)
        assert answer.status_code == 201, answer.text

    async def stripe(self, path: str, **params: str) -> list[dict[str, Any]]:
        """List objects at the sandbox's Stripe."""
        answer = await self.http.get(
            f"{self.sandbox_url}/stripe/v1/{path}", params={"limit": "100", **params}, auth=("sk_test_sandbox", "")
        )
        assert answer.status_code == 200, answer.text
        data: list[dict[str, Any]] = answer.json()["data"]
        return data

    async def domains_at_registrar(self) -> list[dict[str, Any]]:
        answer = await self.http.get(f"{self.sandbox_url}/domains.json")
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items


@contextlib.asynccontextmanager
async def serving(container: Container, port: int) -> AsyncIterator[None]:
    """Serve billing's API on `port` for the sandbox's webhooks and the panel's questions."""
    config = uvicorn.Config(create_app(container), port=port, log_config=None, lifespan="off", access_log=False)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield
    server.should_exit = True
    await task
