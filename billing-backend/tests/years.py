"""A world in which months go by: our clock and the sandbox's move together, and everybody works meanwhile."""

import base64
import uuid
from datetime import datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import select

from billing.flows.dunning.models import DunningCase
from billing.integrations.nextpanel.gateway import NextPanelGateway
from billing.kit.db import Subject
from billing.kit.tokens import TokenSigner
from billing.panels.ports import PanelGateway, ServerAddress
from service_kit.clock import SystemClock
from tests.factories_licenses import SignedCaller
from tests.portal import Portal
from tests.storefront import PASSWORD, Customer
from tests.timeline import Timeline
from tests.world import World

MONTHLY = {"type": "license", "plan": "starter", "interval": "month"}
FAILING = "pm_card_chargeCustomerFail"
CONFIRMING = "pm_card_authenticationRequired"
GOOD = "pm_card_visa"
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
# In the subject of the mails about an unpaid renewal.
FAILED = "did not go through"


class Years(Timeline[World]):
    """Moves time, looks at the panel, and changes cards at the sandbox's Stripe. Close it at the end."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        settings = world.settings
        # The panel lives in real time; only its tokens need to.
        key = base64.b64decode(settings.token_private_key.get_secret_value())
        self.gateway = NextPanelGateway(TokenSigner(key, issuer=settings.base_url, clock=SystemClock()))
        world.worker.put(PanelGateway, self.gateway)
        self.panel_address = ServerAddress(world.panel.server_id, world.panel.url)

    async def aclose(self) -> None:
        await self.gateway.aclose()

    @property
    def now(self) -> datetime:
        return self.world.clock.now()

    @property
    def ahead(self) -> timedelta:
        return self.world.clock.offset

    async def listen(self) -> None:
        """Let every event that is on its way arrive and be worked on."""

        async def quiet() -> bool:
            pending = await self.admin("GET", "stripe/deliveries?state=pending&limit=1")
            return not pending["deliveries"] and not self.world.queue.messages

        await self.world.until("events delivered", quiet)

    async def go(self, by: timedelta, *, step: timedelta = 3 * DAY) -> None:
        """Let time pass in steps; after each, everybody does what is due."""
        left = by
        while left > timedelta():
            moved = min(step, left)
            self.world.clock.advance(moved)
            await self.admin("POST", "clock/advance", seconds=int(moved.total_seconds()))
            await self.listen()
            await self.world.sweep()
            await self.listen()
            left -= moved

    async def go_to(self, at: datetime) -> None:
        await self.go(at - self.now)

    async def own(self, customer: Customer, noun: str) -> list[dict[str, Any]]:
        answer = await self.world.http.get(f"/api/v1/{noun}", headers=await self.headers(customer))
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def license(self, customer: Customer) -> dict[str, Any]:
        (found,) = await self.own(customer, "licenses")
        return found

    async def key(self, customer: Customer) -> str:
        """Return the license's key in clear."""
        found = await self.license(customer)
        path = f"/api/v1/licenses/{found['id']}/reveal"
        body = {"current_password": PASSWORD}
        answer = await self.world.http.post(path, json=body, headers=await self.headers(customer))
        assert answer.status_code == 200, answer.text
        revealed: str = answer.json()["license_key"]
        return revealed

    async def verdict(self, key: str) -> str:
        """Ask as the panel does whether a database may be created."""
        panel = self.world.panel
        caller = SignedCaller(self.world.http, self.world.clock, panel.key_id, panel.secret, key)
        code: str = (await caller.validate())["code"]
        return code

    async def panel_status(self, license_id: str) -> str:
        found = await self.gateway.get_by_license(self.panel_address, uuid.UUID(license_id))
        assert found is not None
        return found.status

    async def cases(self) -> list[DunningCase]:
        async with self.world.database.transaction(Subject.system()) as session:
            return list(await session.scalars(select(DunningCase).order_by(DunningCase.id)))

    async def case(self) -> DunningCase:
        return (await self.cases())[-1]

    async def confirm_open_invoice(self, customer: Customer, card: str) -> httpx.Response:
        """Pay the open invoice in the portal with a card."""
        return await Portal(self, customer).pay_open_invoice(card)

    async def subjects(self, customer: Customer) -> list[str]:
        """Return the subjects of a customer's mails, oldest first."""
        mails = await self.world.mails(customer.email)
        return [mail["subject"] for mail in sorted(mails, key=lambda mail: str(mail["received_at"]))]

    async def count(self, customer: Customer, part: str) -> int:
        """Return how many of a customer's mails have `part` in their subject."""
        return sum(part in subject for subject in await self.subjects(customer))

    async def bought(self) -> tuple[Customer, str, str]:
        """Return a customer with a license by the month, its id and key."""
        customer = await self.world.customer()
        order = await self.world.buy(customer, MONTHLY)
        assert order["status"] == "fulfilled"
        found = await self.license(customer)
        return customer, found["id"], await self.key(customer)

    async def to_renewal(self, customer: Customer, card: str) -> None:
        """Go to a few hours after the end of the first month, which is charged to `card`."""
        await self.pay_with(card)
        end = datetime.fromisoformat((await self.license(customer))["expiry_date"])
        await self.go(end - self.now - HOUR, step=40 * DAY)
        await self.go(3 * HOUR, step=1.5 * HOUR)
