"""Domains over HTTP: search for everybody, the rest for owners only."""

import uuid
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest

from billing.accounts.models import User
from billing.catalog import seeds
from billing.domains.actions.search import DomainSearch
from billing.domains.actions.sync import sync_unsynced
from billing.domains.models import Domain
from billing.domains.ports import DomainStatus, Registrar, Registrars
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from service_kit.clock import FixedClock
from tests.factories_accounts import log_in, make_user
from tests.registrars.worlds import NAMESERVERS, World, order


@dataclass
class Shop:
    """The app over HTTP with its registrar."""

    http: httpx.AsyncClient
    database: Database
    container: Container
    registrar: Registrar

    async def headers(self, user: User) -> dict[str, str]:
        return (await log_in(self.http, user.email)).headers


@pytest.fixture
async def api(client: httpx.AsyncClient, container: Container, database: Database, world: World) -> AsyncIterator[Shop]:
    async with aclosing(world.connect()) as registrar:
        registrars = container.put(Registrars, Registrars({world.name: registrar}))
        container.put(DomainSearch, DomainSearch(registrars, per_minute=5))
        async with database.transaction(Subject.system()) as session:
            await seeds.seed(session)
        yield Shop(client, database, container, registrar)


async def own(shop: Shop, user: User, name: str, status: DomainStatus = DomainStatus.ACTIVE) -> Domain:
    """A domain of the user, at the registrar too."""
    await shop.registrar.register(order(name))
    domain = Domain(
        user_id=user.id,
        domain_name=name,
        registrar=shop.registrar.name,
        nameservers=list(NAMESERVERS),
        status=status,
    )
    async with shop.database.transaction(Subject.system()) as session:
        session.add(domain)
    return domain


async def test_search_tells_state_and_price(api: Shop) -> None:
    expected = {
        "example.com": ("available", 1399, 1799, "USD"),
        "taken.com": ("taken", None, None, None),
        "premium-word.com": ("premium", None, None, None),
    }
    for name, (status, register, renew, currency) in expected.items():
        answer = await api.http.get("/api/v1/domains/search", params={"name": name})
        assert answer.status_code == 200
        (found,) = answer.json()["results"]
        assert found == {
            "name": name,
            "unicode_name": name,
            "status": status,
            "register_amount": register,
            "renew_amount": renew,
            "currency": currency,
        }


async def test_a_bare_word_is_tried_under_every_ending(api: Shop) -> None:
    answer = await api.http.get("/api/v1/domains/search", params={"name": "Bücher"})
    found = answer.json()["results"]
    assert len(found) >= 10
    assert {"bücher.com", "bücher.co.uk"} <= {row["unicode_name"] for row in found}
    assert all(row["name"].startswith("xn--bcher-kva.") for row in found)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("not a name", "invalid_domain_name"),
        ("-.com", "invalid_domain_name"),
        ("www.example.com", "unsupported_tld"),
        ("example.zz", "unsupported_tld"),
        ("", "validation_failed"),
        ("a" * 300, "validation_failed"),
    ],
)
async def test_search_refuses_what_is_no_name(api: Shop, name: str, code: str) -> None:
    answer = await api.http.get("/api/v1/domains/search", params={"name": name})
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_a_registrar_that_is_down_is_a_503_and_never_free(api: Shop, world: World) -> None:
    await world.limit_rate()
    answer = await api.http.get("/api/v1/domains/search", params={"name": "example.com"})
    assert (answer.status_code, answer.json()["code"]) == (503, "registrar_unavailable")
    assert int(answer.headers["Retry-After"]) >= 1


async def test_strangers_cannot_use_the_registrar_up(api: Shop, world: World) -> None:
    for _ in range(3):
        assert (await api.http.get("/api/v1/domains/search", params={"name": "same.com"})).status_code == 200
    assert await world.calls("check") == 1
    codes = [
        (await api.http.get("/api/v1/domains/search", params={"name": f"name-{number}.com"})).status_code
        for number in range(6)
    ]
    assert codes == [200, 200, 200, 200, 503, 503]
    assert await world.calls("check") == 5


async def test_owners_see_their_own_domains_only(api: Shop) -> None:
    ada, eve = await make_user(api.database), await make_user(api.database)
    domains = [await own(api, ada, f"ada-{number}.com") for number in range(3)]
    headers = await api.headers(ada)
    first = (await api.http.get("/api/v1/domains", params={"limit": 2}, headers=headers)).json()
    assert [item["domain_name"] for item in first["items"]] == ["ada-2.com", "ada-1.com"]
    rest = await api.http.get("/api/v1/domains", params={"cursor": first["next_cursor"]}, headers=headers)
    assert [item["domain_name"] for item in rest.json()["items"]] == ["ada-0.com"]
    assert rest.json()["next_cursor"] is None

    shown = await api.http.get(f"/api/v1/domains/{domains[0].id}", headers=headers)
    assert shown.json()["nameservers"] == list(NAMESERVERS)
    others = await api.headers(eve)
    assert (await api.http.get("/api/v1/domains", headers=others)).json()["items"] == []
    for request in (
        api.http.get(f"/api/v1/domains/{domains[0].id}", headers=others),
        api.http.get(f"/api/v1/domains/{uuid.uuid4()}", headers=headers),
        api.http.put(f"/api/v1/domains/{domains[0].id}/nameservers", json={"nameservers": []}, headers=others),
    ):
        answer = await request
        assert (answer.status_code, answer.json()["code"]) == (404, "domain_not_found")
    assert (await api.http.get("/api/v1/domains")).status_code == 401


async def test_nameservers_change_at_the_registrar_and_here(api: Shop) -> None:
    ada = await make_user(api.database)
    domain = await own(api, ada, "moving.com")
    servers = ["ns1.other.example", "NS2.other.example."]
    headers = await api.headers(ada)
    address = f"/api/v1/domains/{domain.id}/nameservers"
    answer = await api.http.put(address, json={"nameservers": servers}, headers=headers)
    assert answer.status_code == 200
    assert answer.json()["nameservers"] == ["ns1.other.example", "ns2.other.example"]
    held = await api.registrar.get_domain("moving.com")
    assert held is not None
    assert held.nameservers == ("ns1.other.example", "ns2.other.example")
    again = await api.http.get(f"/api/v1/domains/{domain.id}", headers=headers)
    assert again.json()["nameservers"] == ["ns1.other.example", "ns2.other.example"]


async def test_nameservers_that_are_none_change_nothing(api: Shop, world: World) -> None:
    ada = await make_user(api.database)
    domain = await own(api, ada, "staying.com")
    headers = await api.headers(ada)
    address = f"/api/v1/domains/{domain.id}/nameservers"
    for servers in (
        ["one.example"],
        ["same.example", "SAME.example"],
        ["bad host", "ns2.a.example"],
        ["localhost", "x.y"],
    ):
        answer = await api.http.put(address, json={"nameservers": servers}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_nameservers")
    await world.limit_rate()
    answer = await api.http.put(address, json={"nameservers": ["ns1.a.example", "ns2.a.example"]}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (503, "registrar_unavailable")
    shown = await api.http.get(f"/api/v1/domains/{domain.id}", headers=headers)
    assert shown.json()["nameservers"] == list(NAMESERVERS)


async def test_a_domain_that_is_not_active_cannot_be_changed(api: Shop) -> None:
    ada = await make_user(api.database)
    domain = await own(api, ada, "late.com", DomainStatus.EXPIRED)
    answer = await api.http.put(
        f"/api/v1/domains/{domain.id}/nameservers", json={"nameservers": []}, headers=await api.headers(ada)
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "domain_not_active")


async def test_reckoned_dates_are_replaced_by_asked_ones(api: Shop, clock: FixedClock, world: World) -> None:
    ada = await make_user(api.database)
    domain = await own(api, ada, "reckoned.com")
    registrars = api.container.get(Registrars)
    await world.limit_rate()
    assert await sync_unsynced(api.database, registrars, clock, pause=timedelta(0), limit=5) == 0
    assert await sync_unsynced(api.database, registrars, clock, pause=timedelta(hours=1), limit=5) == 0
    assert await sync_unsynced(api.database, registrars, clock, pause=timedelta(0), limit=5) == 1
    async with api.database.transaction(Subject.system()) as session:
        row = await session.get_one(Domain, domain.id)
    held = await api.registrar.get_domain("reckoned.com")
    assert held is not None
    assert (row.expiry_date, row.registrar_domain_id) == (held.expiry_date, held.registrar_domain_id)
    assert row.synced_at == clock.now()
    assert await sync_unsynced(api.database, registrars, clock, pause=timedelta(0), limit=5) == 0
