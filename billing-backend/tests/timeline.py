"""Time that is moved, for us and for the sandbox, and what is done at the sandbox meanwhile."""

from abc import ABC, abstractmethod
from datetime import timedelta
from typing import Any, Generic, TypeVar

from tests.storefront import PASSWORD, Customer, Storefront

SECRET = ("sk_test_sandbox", "")

WorldT = TypeVar("WorldT", bound=Storefront)


class Timeline(ABC, Generic[WorldT]):
    """A world with a clock that is moved by hand."""

    def __init__(self, world: WorldT) -> None:
        self.world = world

    @property
    @abstractmethod
    def ahead(self) -> timedelta:
        """How far the time has been moved so far."""

    @abstractmethod
    async def listen(self) -> None:
        """Let every event that is on its way arrive and be worked on."""

    async def admin(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        answer = await self.world.http.request(method, f"{self.world.sandbox_url}/admin/{path}", json=body)
        assert answer.status_code < 300, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def stripe_settings(self, **changes: Any) -> None:
        await self.admin("PUT", "stripe/billing-settings", **changes)

    async def stripe_post(self, path: str, **data: str) -> dict[str, Any]:
        url = f"{self.world.sandbox_url}/stripe/v1/{path}"
        answer = await self.world.http.post(url, data=data, auth=SECRET)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def pay_with(self, method: str, **only: str) -> None:
        """Make a card that of all subscriptions from now on, or of those that a list with `only` has."""
        for subscription in await self.world.stripe("subscriptions", status="all", **only):
            card = await self.stripe_post(f"payment_methods/{method}/attach", customer=subscription["customer"])
            await self.stripe_post(f"subscriptions/{subscription['id']}", default_payment_method=card["id"])

    async def headers(self, customer: Customer) -> dict[str, str]:
        """Return headers of a session that was begun just now."""
        return {"Authorization": f"Bearer {await self.world.log_in(customer.email, PASSWORD)}"}
