"""What the contract tests need from the other side of an adapter, in words that fit every registrar."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

import httpx

from billing.domains.ports import Contact, DomainContacts, RegisterRequest, Registrar
from billing.integrations.registrars.namecheap.config import NamecheapConfig
from billing.integrations.registrars.registry import build_registrar
from billing.kit.money import Money

CONTACT = Contact(
    first_name="Ada",
    last_name="Lovelace",
    address1="1 Analytical Way",
    city="Phoenix",
    state_province="AZ",
    postal_code="85001",
    country="US",
    phone="+1.6025550100",
    email="ada@customer.example",
    organization="Engines Ltd.",
)
NAMESERVERS = ("ns1.nextpanel.example", "ns2.nextpanel.example")
DAY = timedelta(days=1)


def order(name: str, *, years: int = 1, **changes: Any) -> RegisterRequest:
    """A registration as the purchase sends it."""
    values: dict[str, Any] = {
        "contacts": DomainContacts.same(CONTACT),
        "expected_cost": Money(1028, "USD"),
        "nameservers": NAMESERVERS,
        **changes,
    }
    return RegisterRequest(name=name, years=years, **values)


class World(Protocol):
    """A registrar's sandbox and its knobs."""

    name: str
    # What the registrar can't do by API.
    lacks: frozenset[str]

    def connect(self, *, timeout: timedelta = ..., url: str | None = None) -> Registrar: ...

    async def set_balance(self, amount: int) -> None: ...
    async def balance(self) -> int: ...
    async def registered(self) -> list[str]:
        """Every name the registry has for our account, once per registration."""
        ...

    async def advance(self, by: timedelta) -> None: ...
    async def take(self, name: str) -> None:
        """Somebody else registers the name."""
        ...

    async def limit_rate(self) -> None:
        """Answer the next call as one too many."""
        ...

    async def limit_rate_of(self, operation: str) -> None:
        """Answer the next such call as one too many."""
        ...

    async def swallow(self, operation: str) -> None:
        """Cut the connection of the next such call without looking at it."""
        ...

    async def lose_answer(self, operation: str, *, after: float = 0) -> None:
        """Execute the next such call, then cut the connection after so many seconds."""
        ...

    async def break_answer(self, operation: str) -> None:
        """Execute the next such call, then answer with something unreadable."""
        ...

    async def stall_registry(self, seconds: float) -> None:
        """Accept the next registration; the registry answers after so long."""
        ...

    async def calls(self, operation: str) -> int:
        """How often such a call arrived."""
        ...

    async def refuse_access(self) -> None:
        """Let nobody in any more."""
        ...


@dataclass
class NamecheapWorld:
    """The Namecheap stand-in."""

    url: str
    admin: httpx.AsyncClient
    name: str = "namecheap"
    lacks: frozenset[str] = frozenset({"auth_code"})
    operations: dict[str, str] = field(
        default_factory=lambda: {
            "register": "domains.create",
            "renew": "domains.renew",
            "reactivate": "domains.reactivate",
            "transfer": "domains.transfer.create",
            "get_domain": "domains.getInfo",
            "check": "domains.check",
        }
    )

    def connect(self, *, timeout: timedelta = timedelta(seconds=10), url: str | None = None) -> Registrar:
        config = NamecheapConfig(
            api_url=url or f"{self.url}/namecheap/xml.response",
            api_user="sandbox",
            api_key="sandbox-key",
            client_ip="127.0.0.1",
            timeout=timeout,
        )
        return build_registrar(self.name, config)

    async def change_settings(self, **changes: Any) -> None:
        (await self.admin.patch("/admin/namecheap/settings", json=changes)).raise_for_status()

    async def set_balance(self, amount: int) -> None:
        await self.change_settings(balance=amount)

    async def balance(self) -> int:
        return int((await self.admin.get("/admin/namecheap/settings")).json()["balance"])

    async def registered(self) -> list[str]:
        found = (await self.admin.get("/admin/namecheap/domains")).json()["domains"]
        return [domain["name"] for domain in found]

    async def advance(self, by: timedelta) -> None:
        seconds = int(by.total_seconds())
        (await self.admin.post("/admin/clock/advance", json={"seconds": seconds})).raise_for_status()

    async def take(self, name: str) -> None:
        (await self.admin.put(f"/admin/namecheap/taken/{name}")).raise_for_status()

    async def arm(self, operation: str, kind: str, **more: Any) -> None:
        body = {"vendor": "namecheap", "operation": self.operations.get(operation, operation), "kind": kind, **more}
        (await self.admin.post("/admin/faults", json=body)).raise_for_status()

    async def limit_rate(self) -> None:
        await self.limit_rate_of("*")

    async def limit_rate_of(self, operation: str) -> None:
        await self.arm(operation, "rate_limit")

    async def swallow(self, operation: str) -> None:
        await self.arm(operation, "drop")

    async def lose_answer(self, operation: str, *, after: float = 0) -> None:
        await self.arm(operation, "timeout_after_commit", seconds=after)

    async def break_answer(self, operation: str) -> None:
        await self.arm(operation, "truncated")

    async def stall_registry(self, seconds: float) -> None:
        await self.arm("register", "non_realtime", seconds=seconds)

    async def calls(self, operation: str) -> int:
        wanted = self.operations[operation]
        found = (await self.admin.get("/admin/journal", params={"vendor": "namecheap", "limit": 500})).json()
        return sum(entry["operation"] == wanted for entry in found["requests"])

    async def refuse_access(self) -> None:
        await self.change_settings(allowed_ips=[])


WORLDS: dict[str, type[NamecheapWorld]] = {"namecheap": NamecheapWorld}
