"""What a customer does, and what the outside world saw of it, over public HTTP only."""

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx

from testkit.processes import PATIENCE

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
SETTLED = frozenset({"fulfilled", "refunded"})


@dataclass
class Customer:
    email: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


class Storefront:
    """Drives billing's API as a customer's browser does; `http` has the API's address as its base."""

    # Seconds to wait for what others do, and between two looks; more where there are many, or they are killed.
    pause = 0.05

    def __init__(self, http: httpx.AsyncClient, sandbox_url: str) -> None:
        self.http = http
        self.sandbox_url = sandbox_url

    async def work(self) -> None:
        """Let time do something for us between two looks; here the processes work by themselves."""

    async def until(self, what: str, true: Callable[[], Awaitable[Any]], *, pause: float | None = None) -> Any:
        """Look every `pause` seconds until `true()` is truthy and return that; AssertionError when patience ends."""
        pause = self.pause if pause is None else pause
        end = time.monotonic() + PATIENCE
        while True:
            await self.work()
            value = await true()
            if value:
                return value
            if time.monotonic() > end:
                raise AssertionError(f"did not happen in {PATIENCE:g} s: {what}")
            await asyncio.sleep(pause)

    # --- what a customer does

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
        return Customer(email, await self.log_in(email, PASSWORD))

    async def log_in(self, email: str, password: str) -> str:
        """Return an access token."""
        answer = await self.http.post("/api/v1/auth/token", data={"username": email, "password": password})
        assert answer.status_code == 200, answer.text
        token: str = answer.json()["access_token"]
        return token

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
        return await self.confirm(placed["client_secret"], placed["payment"]["publishable_key"], card)

    async def confirm(self, secret: str, publishable_key: str, card: str = GOOD_CARD) -> httpx.Response:
        intent = secret.split("_secret_", maxsplit=1)[0]
        return await self.http.post(
            f"{self.sandbox_url}/stripe/v1/payment_intents/{intent}/confirm",
            auth=(publishable_key, ""),
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
        """Wait until nothing about the order will change any more; return it."""

        async def ended() -> dict[str, Any] | None:
            order = await self.show(customer, order_id)
            return order if order["status"] in SETTLED else None

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
