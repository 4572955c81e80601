"""A customer with one subscription, and the months that go by for them."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from tests.factories_licenses import USAGE, SignedCaller
from tests.storefront import GOOD_CARD, Customer
from tests.years import Years

# A renewal is drafted at the end of the period and charged an hour later.
RENEWED = timedelta(hours=2)
WORK_DONE = timedelta(seconds=1)


@dataclass
class Subscriber:
    """Acts over billing's API as the portal does. Create with `with_plan`."""

    years: Years
    customer: Customer
    order: dict[str, Any] = field(default_factory=dict)
    _seen_at: timedelta | None = None
    _headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    async def with_plan(cls, years: Years, item: dict[str, Any], **placing: Any) -> "Subscriber":
        """Return a new customer who has bought `item`, all delivered."""
        subscriber = cls(years, await years.world.customer())
        subscriber.order = await subscriber.buy(item, **placing)
        return subscriber

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
        if self._seen_at != self.years.world.clock.offset or not self._headers:
            self._seen_at, self._headers = self.years.world.clock.offset, await self.years.headers(self.customer)
        headers = {**self._headers, "Idempotency-Key": str(uuid.uuid4())}
        return await self.years.world.http.request(method, f"/api/v1/{path}", json=body, headers=headers)

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

    async def quota(self, name: str) -> int | None:
        granted: dict[str, int | None] = (await self.license())["entitlements"]["quotas"]
        return granted[name]

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

    async def plan_at_panel(self) -> str:
        """Return the plan that the panel has for the newest license."""
        found = await self.years.gateway.get_by_license(
            self.years.panel_address, uuid.UUID((await self.license())["id"])
        )
        assert found is not None
        assert found.plan is not None
        return found.plan

    async def renewal(self) -> None:
        """Let the running period end, and the next one begin and be paid."""
        end = datetime.fromisoformat((await self.subscription())["current_period_end"])
        await self.years.go(end - self.years.now - timedelta(minutes=30), step=timedelta(days=400))
        await self.years.go(RENEWED + timedelta(minutes=30), step=timedelta(minutes=75))

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

    async def use(self, resource: str, count: int) -> None:
        """Let the panel report that so much was created."""
        panel, world = self.years.world.panel, self.years.world
        key = await self.years.key(self.customer)
        caller = SignedCaller(world.http, world.clock, panel.key_id, panel.secret, key)
        body = {"license_key": key, "resource": resource, "action": "created", "count": count}
        answer = await caller.send("POST", USAGE, body, idempotency_key=str(uuid.uuid4()))
        assert answer.status_code == 200, answer.text
