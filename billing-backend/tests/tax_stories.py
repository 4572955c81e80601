"""What a customer with an address does, and what Stripe and the registry saw of it."""

import contextlib
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import event

from billing import maintenance
from billing.kit.db import Database, Subject
from billing.tax.models import TaxRate
from billing.tax.seeds import seed_rates
from service_kit.ids import uuid7
from tests.storefront import Customer
from tests.world import World

STARTER = {"type": "license", "plan": "starter", "interval": "year"}
MONTHLY = {"type": "license", "plan": "starter", "interval": "month"}
GERMAN = {"address_line1": "Hauptstr. 1", "city": "Berlin", "postal_code": "10115", "country": "DE"}
FRENCH = {
    "company_name": "Exemple SARL",
    "address_line1": "1 rue de la Paix",
    "city": "Paris",
    "postal_code": "75002",
    "country": "FR",
}
SWISS = {"address_line1": "Bahnhofstr. 1", "city": "Zürich", "postal_code": "8001", "country": "CH"}
FRENCH_NUMBER = "FR40303265045"
DAY_SECONDS = 86_400


class TaxDesk:
    """The world with tax rates, seen from the counter."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def open(self) -> None:
        async with self.world.database.transaction(Subject.system()) as session:
            assert await seed_rates(session) == 30

    async def details(self, customer: Customer, **body: Any) -> dict[str, Any]:
        answer = await self.world.http.put("/api/v1/me/billing-details", json=body, headers=customer.headers)
        assert answer.status_code == 200, answer.text
        shown: dict[str, Any] = answer.json()
        return shown

    async def shown_details(self, customer: Customer) -> dict[str, Any]:
        answer = await self.world.http.get("/api/v1/me/billing-details", headers=customer.headers)
        shown: dict[str, Any] = answer.json()
        return shown

    async def preview(self, customer: Customer, *items: dict[str, Any]) -> dict[str, Any]:
        body = {"currency": "USD", "items": list(items)}
        answer = await self.world.http.post("/api/v1/quotes", json=body, headers=customer.headers)
        assert answer.status_code == 200, answer.text
        quote: dict[str, Any] = answer.json()
        return quote

    async def stripe_customer(self, customer: Customer) -> dict[str, Any]:
        found = await self.world.stripe("customers", email=customer.email)
        return found[0]

    async def tax_ids(self, customer: Customer) -> list[tuple[str, str]]:
        stripe_id = (await self.stripe_customer(customer))["id"]
        found = await self.world.stripe(f"customers/{stripe_id}/tax_ids")
        return [(tax_id["type"], tax_id["value"]) for tax_id in found]

    async def rates_on_subscription(self, customer: Customer) -> list[float]:
        stripe_id = (await self.stripe_customer(customer))["id"]
        found = await self.world.stripe("subscriptions", customer=stripe_id)
        return [rate["percentage"] for rate in found[0]["default_tax_rates"] or []]

    @contextlib.contextmanager
    def statements(self) -> Iterator[list[str]]:
        """Collect the SELECTs and writes that the API sends meanwhile."""
        engine, sent = self.world.api.get(Database).engine.sync_engine, list[str]()

        def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            sent.append(statement.partition(" FROM ")[2] if statement.startswith("SELECT") else statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            event.remove(engine, "before_cursor_execute", note)

    async def new_rate(self, country: str, percentage: str, begins_on: date, *, inclusive: bool = False) -> uuid.UUID:
        rate = TaxRate(
            id=uuid7(),
            country=country,
            name="VAT",
            percentage=Decimal(percentage),
            inclusive=inclusive,
            valid_from_on=begins_on,
        )
        async with self.world.database.transaction(Subject.system()) as session:
            session.add(rate)
        return rate.id

    async def pass_time(self, seconds: int) -> None:
        """Move our clock and the sandbox's, and let everything that follows happen."""
        self.world.clock.advance(timedelta(seconds=seconds))
        answer = await self.world.http.post(f"{self.world.sandbox_url}/admin/clock/advance", json={"seconds": seconds})
        assert answer.status_code == 200
        await self.world.sweep()

    async def house_keeping(self) -> None:
        await maintenance.tidy(self.world.worker)
        await self.world.drain()
