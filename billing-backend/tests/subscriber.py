"""A customer with one subscription, and the months that go by for them."""

import uuid
from datetime import datetime, timedelta

from tests.factories_licenses import USAGE, SignedCaller
from tests.portal import Portal
from tests.years import Years

# A renewal is drafted at the end of the period and charged an hour later.
RENEWED = timedelta(hours=2)


class Subscriber(Portal[Years]):
    """A customer of a world in one process. Create with `with_plan`."""

    async def quota(self, name: str) -> int | None:
        granted: dict[str, int | None] = (await self.license())["entitlements"]["quotas"]
        return granted[name]

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

    async def use(self, resource: str, count: int) -> None:
        """Let the panel report that so much was created."""
        panel, world = self.years.world.panel, self.years.world
        key = await self.years.key(self.customer)
        caller = SignedCaller(world.http, world.clock, panel.key_id, panel.secret, key)
        body = {"license_key": key, "resource": resource, "action": "created", "count": count}
        answer = await caller.send("POST", USAGE, body, idempotency_key=str(uuid.uuid4()))
        assert answer.status_code == 200, answer.text
