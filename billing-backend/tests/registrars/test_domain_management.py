"""What owners change about their domains over HTTP: at the registrar first, then here, all of it on the record."""

from typing import Any

import httpx
from sqlalchemy import select

from billing.accounts.models import User
from billing.audit.models import AuditEntry
from billing.domains.models import Domain
from billing.domains.ports import DomainStatus
from billing.kit.db import Subject
from tests.factories_accounts import PASSWORD, make_user
from tests.registrars.test_domain_endpoints import Shop, api, own
from tests.registrars.worlds import World
from tests.storefront import REGISTRANT

__all__ = ["api"]


class Owner:
    """A customer with one domain."""

    def __init__(self, shop: Shop, user: User, domain: Domain, headers: dict[str, str]) -> None:
        self.shop, self.user, self.domain, self.headers = shop, user, domain, headers

    @classmethod
    async def of(cls, shop: Shop, name: str, status: DomainStatus = DomainStatus.ACTIVE) -> "Owner":
        user = await make_user(shop.database)
        return cls(shop, user, await own(shop, user, name, status), await shop.headers(user))

    async def ask(self, method: str, path: str = "", body: Any = None) -> httpx.Response:
        url = f"/api/v1/domains/{self.domain.id}{path}"
        return await self.shop.http.request(method, url, json=body, headers=self.headers)

    async def recorded(self) -> list[str]:
        async with self.shop.database.transaction(Subject.system()) as session:
            found = select(AuditEntry.action).where(AuditEntry.object_id == str(self.domain.id)).order_by(AuditEntry.id)
            return list(await session.scalars(found))


async def test_the_lock_goes_on_and_off(api: Shop) -> None:
    owner = await Owner.of(api, "locked.com")
    for locked in (False, True):
        answer = await owner.ask("PUT", "/lock", {"locked": locked})
        assert (answer.status_code, answer.json()["is_transfer_locked"]) == (200, locked)
        assert await api.registrar.get_lock("locked.com") is locked
        assert (await owner.ask("GET")).json()["is_transfer_locked"] is locked
    assert await owner.recorded() == ["domain.lock_changed"] * 2


async def test_privacy_goes_off_and_on(api: Shop) -> None:
    owner = await Owner.of(api, "private.com")
    for enabled in (False, True):
        answer = await owner.ask("PUT", "/privacy", {"enabled": enabled})
        assert (answer.status_code, answer.json()["is_private"]) == (200, enabled)
        held = await api.registrar.get_domain("private.com")
        assert held is not None
        assert held.is_private is enabled


async def test_an_ending_without_privacy_says_so(api: Shop) -> None:
    owner = await Owner.of(api, "public.eu")
    answer = await owner.ask("PUT", "/privacy", {"enabled": True})
    assert (answer.status_code, answer.json()["code"]) == (409, "registrar_not_supported")
    assert await owner.recorded() == []


async def test_contacts_are_the_registrars(api: Shop) -> None:
    owner = await Owner.of(api, "moved.com")
    before = (await owner.ask("GET", "/contacts")).json()
    assert {contact["email"] for contact in before.values()} == {"ada@customer.example"}
    tech = {**REGISTRANT, "first_name": "Charles", "organization": "Engines Ltd.", "email": "tech@customer.example"}
    owner_now = {**REGISTRANT, "city": "Zürich", "email": "new@customer.example"}
    answer = await owner.ask("PUT", "/contacts", {"registrant": owner_now, "tech": tech})
    assert answer.status_code == 200, answer.text
    after = (await owner.ask("GET", "/contacts")).json()
    assert after == answer.json()
    assert [after[role]["email"] for role in ("registrant", "admin", "tech", "billing")] == [
        "new@customer.example",
        "new@customer.example",
        "tech@customer.example",
        "new@customer.example",
    ]
    assert (after["registrant"]["city"], after["tech"]["organization"]) == ("Zürich", "Engines Ltd.")
    bad = await owner.ask("PUT", "/contacts", {"registrant": {**REGISTRANT, "phone": "0041 44"}})
    assert (bad.status_code, bad.json()["code"]) == (422, "validation_failed")
    assert await owner.recorded() == ["domain.contacts_changed"]


async def test_the_registry_may_refuse_a_contact(api: Shop, world: World) -> None:
    owner = await Owner.of(api, "refused.com")
    await world.arm("domains.setContacts", "error", options={"number": "2015182", "text": "Phone is invalid"})  # type: ignore[attr-defined] # Namecheap's own number
    answer = await owner.ask("PUT", "/contacts", {"registrant": REGISTRANT})
    assert (answer.status_code, answer.json()["code"]) == (422, "contact_invalid")


async def test_the_transfer_code_asks_for_the_password_and_says_who_has_it(api: Shop) -> None:
    owner = await Owner.of(api, "leaving.com")
    wrong = await owner.ask("POST", "/auth-code", {"current_password": "not it at all"})
    assert wrong.json()["code"] == "current_password_wrong"
    assert await owner.recorded() == []
    answer = await owner.ask("POST", "/auth-code", {"current_password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (409, "auth_code_by_support")
    assert "write to support" in answer.json()["title"]
    assert await owner.recorded() == ["domain.auth_code_requested"]


async def test_where_the_registrar_tells_the_code_it_is_shown(api: Shop) -> None:
    owner = await Owner.of(api, "telling.com")

    async def tells(name: str) -> str:
        return f"code of {name}"

    api.registrar.auth_code = tells  # type: ignore[method-assign] # no registrar of ours has this yet
    answer = await owner.ask("POST", "/auth-code", {"current_password": PASSWORD})
    assert (answer.status_code, answer.json()) == (200, {"auth_code": "code of telling.com"})


async def test_a_registrar_that_is_down_changes_nothing(api: Shop, world: World) -> None:
    owner = await Owner.of(api, "waiting.com")
    changes = (
        ("PUT", "/lock", {"locked": False}),
        ("PUT", "/privacy", {"enabled": False}),
        ("GET", "/contacts", None),
        ("PUT", "/contacts", {"registrant": REGISTRANT}),
    )
    for change in changes:
        await world.limit_rate()
        answer = await owner.ask(*change)
        assert (answer.status_code, answer.json()["code"]) == (503, "registrar_unavailable"), change
        assert int(answer.headers["Retry-After"]) >= 1
    shown = (await owner.ask("GET")).json()
    assert (shown["is_transfer_locked"], await owner.recorded()) == (True, [])


async def test_an_expired_domain_keeps_its_switch_and_nothing_else(api: Shop) -> None:
    owner = await Owner.of(api, "over.com", DomainStatus.EXPIRED)
    for path, body in (("/lock", {"locked": False}), ("/privacy", {"enabled": False})):
        answer = await owner.ask("PUT", path, body)
        assert (answer.status_code, answer.json()["code"]) == (409, "domain_not_active")
    for enabled in (False, True):
        answer = await owner.ask("PATCH", "", {"auto_renew": enabled})
        assert (answer.status_code, answer.json()["auto_renew"]) == (200, enabled)
    assert await owner.recorded() == ["domain.auto_renew_changed"] * 2
