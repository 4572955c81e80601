"""What a customer with one subscription does in the portal, over billing's API."""

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Generic, Self, TypeVar

import httpx

from tests.storefront import GOOD_CARD, Customer
from tests.timeline import Timeline

YearsT = TypeVar("YearsT", bound=Timeline[Any])


@dataclass
class Portal(Generic[YearsT]):
    """Create with `with_plan`. After the time was moved the next call begins a new session."""

    years: YearsT
    customer: Customer
    order: dict[str, Any] = field(default_factory=dict)
    _seen_at: timedelta | None = None
    _headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    async def with_plan(cls, years: YearsT, item: dict[str, Any], **placing: Any) -> Self:
        """Return a new customer who has bought `item`, all delivered."""
        portal = cls(years, await years.world.customer())
        portal.order = await portal.buy(item, **placing)
        return portal

    async def buy(self, item: dict[str, Any], **placing: Any) -> dict[str, Any]:
        """Order, pay with a good card where there is something to pay, and wait until all is delivered."""
        placed = await self.call("POST", "orders", body={"currency": "USD", "items": [item], **placing})
        if placed["client_secret"] is not None:
            paid = await self.years.world.confirm(placed["client_secret"], placed["payment"]["publishable_key"])
            assert paid.status_code == 200, paid.text
        order_id = placed["order"]["id"]

        async def fulfilled() -> dict[str, Any] | None:
            order = await self.call("GET", f"orders/{order_id}")
            return order if order["status"] == "fulfilled" else None

        order: dict[str, Any] = await self.years.world.until("order fulfilled", fulfilled)
        await self.years.listen()
        return order

    async def ask(self, method: str, path: str, body: Any = None) -> httpx.Response:
        if self._seen_at != self.years.ahead or not self._headers:
            self._seen_at, self._headers = self.years.ahead, await self.years.headers(self.customer)
        headers = {**self._headers, "Idempotency-Key": str(uuid.uuid4())}
        answer: httpx.Response = await self.years.world.http.request(
            method, f"/api/v1/{path}", json=body, headers=headers
        )
        return answer

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        answer = await self.ask(method, path, body)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    async def refused(self, method: str, path: str, body: Any = None) -> tuple[int, dict[str, Any]]:
        """Return status and problem of a call that must not succeed."""
        answer = await self.ask(method, path, body)
        assert 400 <= answer.status_code < 500, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        return answer.status_code, answer.json()

    async def act(self, verb: str, body: Any = None, *, method: str = "POST") -> Any:
        """Do something with the subscription, and let what follows from it happen."""
        done = await self.call(method, f"{await self.path()}/{verb}", body)
        await self.years.listen()
        return done

    async def path(self) -> str:
        return f"subscriptions/{(await self.subscription())['id']}"

    async def subscription(self) -> dict[str, Any]:
        """Return the newest subscription."""
        found: dict[str, Any] = (await self.call("GET", "subscriptions"))["items"][0]
        return found

    async def license(self) -> dict[str, Any]:
        """Return the newest license, with what it grants."""
        newest = (await self.call("GET", "licenses"))["items"][0]
        found: dict[str, Any] = await self.call("GET", f"licenses/{newest['id']}")
        return found

    async def invoices(self) -> list[dict[str, Any]]:
        """Return the invoices, newest first."""
        items: list[dict[str, Any]] = (await self.call("GET", "invoices"))["items"]
        return sorted(items, key=lambda item: str(item["created_at"]), reverse=True)

    async def quote(self, plan: str, *, interval: str = "month", timing: str = "now") -> dict[str, Any]:
        body = {"plan": plan, "interval": interval, "timing": timing}
        quoted: dict[str, Any] = await self.call("POST", f"{await self.path()}/changes", body)
        return quoted

    async def confirm(self, quote: dict[str, Any]) -> dict[str, Any]:
        done: dict[str, Any] = await self.act(f"changes/{quote['id']}/confirm")
        return done

    async def change(self, quote: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = await self.call("GET", f"{await self.path()}/changes/{quote['id']}")
        return found

    async def add_card(self, card: str = GOOD_CARD) -> str:
        """Set a card up in the browser; return the id of the set-up."""
        made = await self.call("POST", "payment-method-setups")
        secret = made["client_secret"]
        answer = await self.years.world.http.post(
            f"{self.years.world.sandbox_url}/stripe/v1/setup_intents/{made['id']}/confirm",
            auth=(made["publishable_key"], ""),
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
        assert answer.status_code == 200, answer.text
        setup_id: str = made["id"]
        return setup_id

    async def pay_open_invoice(self, card: str = GOOD_CARD) -> httpx.Response:
        """Pay the open invoice with a card, which may be declined; let what follows happen."""
        (invoice,) = [item for item in await self.invoices() if item["status"] == "open"]
        handle = await self.call("POST", f"invoices/{invoice['id']}/payment")
        paid: httpx.Response = await self.years.world.confirm(handle["client_secret"], handle["publishable_key"], card)
        await self.years.listen()
        return paid
