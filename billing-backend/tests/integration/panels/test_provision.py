"""Provisioning: one account per license, whatever happens in between."""

import asyncio
import uuid

import httpx
import pytest
from sqlalchemy import select
from starlette.responses import JSONResponse
from tests.conftest import Cluster
from tests.factories_licenses import dumped, make_license, make_person
from tests.fake_panel import FakePanel, make_panel, running

from billing.accounts.permissions import Role
from billing.flows.provisioning.provision_license import provision_license
from billing.flows.provisioning.register_server import register_server
from billing.integrations.nextpanel.gateway import NextPanelGateway
from billing.kit.container import Container
from billing.kit.crypto import Vault
from billing.kit.db import Database, Subject
from billing.licenses.actions import lifecycle
from billing.licenses.actions.issue import IssuedLicense
from billing.licenses.models import License
from billing.panels.models import PanelAccount, PanelAccountStatus, PanelServer
from billing.panels.ports import ActionRequired, Retriable
from billing.panels.service import reveal_setup_url
from service_kit.clock import Clock


async def provision(container: Container, gateway: NextPanelGateway, issued: IssuedLicense) -> PanelAccount:
    return await provision_license(
        container.get(Database),
        gateway,
        container.get(Vault),
        container.get(Clock),
        license_id=issued.license.id,
        user_email="ada@example.com",
    )


async def stored(database: Database, license_id: uuid.UUID) -> PanelAccount:
    async with database.transaction(Subject.system()) as session:
        return (await session.scalars(select(PanelAccount).where(PanelAccount.license_id == license_id))).one()


async def assigned(database: Database, server_id: uuid.UUID) -> int:
    async with database.transaction(Subject.system()) as session:
        return (await session.get_one(PanelServer, server_id)).assigned_accounts


async def test_an_account_is_made_and_known_on_both_sides(
    container: Container, database: Database, panel: FakePanel, gateway: NextPanelGateway
) -> None:
    issued = await make_license(container, plan="professional")
    account = await provision(container, gateway, issued)
    remote = panel.accounts[str(issued.license.id)]
    assert account.status is PanelAccountStatus.ACTIVE
    assert account.nextpanel_account_id == remote["nextpanel_account_id"]
    assert (account.username, account.login_url) == ("u1", f"{panel.base_url}/login")
    sent = {name: remote[name] for name in ("license_key", "user_email", "plan", "features", "quotas", "locale")}
    assert sent == {
        "license_key": issued.key,
        "user_email": "ada@example.com",
        "plan": "professional",
        "features": issued.license.features,
        "quotas": issued.license.quotas(),
        "locale": "en",
    }
    now = container.get(Clock).now()
    assert reveal_setup_url(container.get(Vault), account, now) == f"{panel.base_url}/setup/link-number-1"
    async with database.transaction(Subject.system()) as session:
        row = await session.get_one(License, issued.license.id)
        assert row.nextpanel_user_id == account.nextpanel_account_id


async def test_ten_at_once_make_one_account(
    container: Container, database: Database, panel: FakePanel, gateway: NextPanelGateway
) -> None:
    issued = await make_license(container)
    accounts = await asyncio.gather(*(provision(container, gateway, issued) for _ in range(10)))
    assert len({account.id for account in accounts}) == 1
    assert len(panel.accounts) == 1
    assert await assigned(database, panel.id) == 1
    # Each link the panel gives ends the one before, so only the last may be kept.
    kept = reveal_setup_url(container.get(Vault), await stored(database, issued.license.id), container.get(Clock).now())
    assert kept == f"{panel.base_url}/setup/link-number-{panel.links}"


async def test_an_answer_that_got_lost_is_found_and_not_doubled(
    container: Container, database: Database, panel: FakePanel, gateway: NextPanelGateway
) -> None:
    issued = await make_license(container)
    panel.delay = 1.5
    with pytest.raises(Retriable):
        await provision(container, gateway, issued)
    waiting = await stored(database, issued.license.id)
    assert (waiting.status, waiting.panel_server_id) == (PanelAccountStatus.CREATING, panel.id)
    assert len(panel.accounts) == 1
    panel.delay = 0
    account = await provision(container, gateway, issued)
    assert account.nextpanel_account_id == panel.accounts[str(issued.license.id)]["nextpanel_account_id"]
    assert len(panel.accounts) == 1
    assert await assigned(database, panel.id) == 1
    # The first link is lost with the answer; what is kept is the fresh one.
    link = reveal_setup_url(container.get(Vault), account, container.get(Clock).now())
    assert link == f"{panel.base_url}/setup/link-number-2"


async def test_an_account_its_owner_has_set_up_gets_no_new_link(
    container: Container, panel: FakePanel, gateway: NextPanelGateway
) -> None:
    issued = await make_license(container)
    panel.delay = 1.5
    with pytest.raises(Retriable):
        await provision(container, gateway, issued)
    panel.delay = 0
    panel.accounts[str(issued.license.id)]["is_set_up"] = True
    account = await provision(container, gateway, issued)
    assert account.status is PanelAccountStatus.ACTIVE
    assert panel.count("POST", "/api/v1/accounts") == 1
    assert reveal_setup_url(container.get(Vault), account, container.get(Clock).now()) is None


async def test_a_retry_goes_to_the_server_first_chosen(
    container: Container, client: httpx.AsyncClient, database: Database, panel: FakePanel, gateway: NextPanelGateway
) -> None:
    issued = await make_license(container)
    panel.answers = [JSONResponse({"code": "internal_error"}, 500)]
    with pytest.raises(Retriable):
        await provision(container, gateway, issued)
    async with running(await make_panel(container, client)) as second:
        await add_server(container, second, name="two", key_id="npk_PLATFORM000000000000000002")
        assert (await provision(container, gateway, issued)).panel_server_id == panel.id
        # The next one goes where there are fewer.
        other = await provision(container, gateway, await make_license(container))
        assert other.panel_server_id == second.id
    assert (len(panel.accounts), len(second.accounts)) == (1, 1)


async def add_server(
    container: Container, server: FakePanel, *, name: str, key_id: str, max_accounts: int | None = None
) -> None:
    async with container.get(Database).transaction(Subject.system()) as session:
        await register_server(
            session,
            container.get(Vault),
            server_id=server.id,
            name=name,
            base_url=server.base_url,
            key_id=key_id,
            secret="nps_" + name * 10,
            max_accounts=max_accounts,
        )


async def test_full_and_inactive_servers_get_nothing(
    container: Container, database: Database, panel: FakePanel, gateway: NextPanelGateway
) -> None:
    async with database.transaction(Subject.system()) as session:
        (await session.get_one(PanelServer, panel.id)).max_accounts = 3
    issued = [await make_license(container) for _ in range(6)]
    results = await asyncio.gather(*(provision(container, gateway, one) for one in issued), return_exceptions=True)
    refused = [result for result in results if isinstance(result, ActionRequired)]
    assert {error.code for error in refused} == {"no_panel_capacity"}
    assert (len(refused), len(panel.accounts), await assigned(database, panel.id)) == (3, 3, 3)
    async with database.transaction(Subject.system()) as session:
        server = await session.get_one(PanelServer, panel.id)
        server.max_accounts, server.is_active = None, False
    with pytest.raises(ActionRequired):
        await provision(container, gateway, issued[results.index(refused[0])])


async def test_an_account_of_another_license_is_not_believed(
    container: Container, database: Database, panel: FakePanel, gateway: NextPanelGateway
) -> None:
    issued, other = await make_license(container), await make_license(container)
    foreign = await provision(container, gateway, other)
    panel.answers = [
        JSONResponse(
            {
                "nextpanel_account_id": foreign.nextpanel_account_id,
                "license_id": str(other.license.id),
                "username": "u1",
                "login_url": "https://x.example",
                "status": "active",
            }
        )
    ]
    with pytest.raises(ActionRequired) as refused:
        await provision(container, gateway, issued)
    assert refused.value.code == "panel_account_unusable"
    assert (await stored(database, issued.license.id)).nextpanel_account_id is None


async def test_the_set_up_link_is_not_readable_at_rest(
    container: Container, panel: FakePanel, gateway: NextPanelGateway, cluster: Cluster, database_name: str
) -> None:
    issued = await make_license(container)
    await provision(container, gateway, issued)
    dump = dumped(cluster, database_name)
    assert f"{panel.base_url}/login" in dump
    assert "link-number" not in dump
    assert issued.key not in dump


async def test_staff_provision_over_http_and_only_what_the_license_grants(
    container: Container, client: httpx.AsyncClient, panel: FakePanel, gateway: NextPanelGateway
) -> None:
    issued = await make_license(container, plan="professional")
    staff = await make_person(container, role=Role.BILLING_ADMIN)
    body = {
        "license_id": str(issued.license.id),
        "user_email": "ada@example.com",
        "plan": "professional",
        "features": {"daily_backups": True},
    }
    path = "/api/v1/nextpanel/provision"
    for greedy in ({"plan": "enterprise"}, {"features": {"white_label": True}}):
        refused = await client.post(path, json={**body, **greedy}, headers=staff.headers)
        assert (refused.status_code, refused.json()["code"]) == (409, "entitlements_mismatch")
    assert panel.accounts == {}
    answers = [await client.post(path, json=body, headers=staff.headers) for _ in range(2)]
    remote = panel.accounts[str(issued.license.id)]
    expected = {"nextpanel_account_id": remote["nextpanel_account_id"], "login_url": f"{panel.base_url}/login"}
    assert [answer.json() for answer in answers] == [expected, expected]
    assert panel.count("POST", "/api/v1/accounts") == 1


async def test_who_may_not_provision(
    container: Container, client: httpx.AsyncClient, panel: FakePanel, gateway: NextPanelGateway
) -> None:
    issued = await make_license(container)
    body = {"license_id": str(issued.license.id), "user_email": "ada@example.com"}
    path = "/api/v1/nextpanel/provision"
    customer, support = await make_person(container), await make_person(container, role=Role.SUPPORT)
    assert (await client.post(path, json=body)).status_code == 401
    for person in (customer, support):
        assert (await client.post(path, json=body, headers=person.headers)).status_code == 403
    admin = await make_person(container, role=Role.BILLING_ADMIN)
    unknown = await client.post(path, json={**body, "license_id": str(uuid.uuid4())}, headers=admin.headers)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "license_not_found")
    async with container.get(Database).transaction(Subject.system()) as session:
        row = await session.get_one(License, issued.license.id)
        await lifecycle.suspend_license(session, row, reason="payment overdue")
    suspended = await client.post(path, json=body, headers=admin.headers)
    assert (suspended.status_code, suspended.json()["code"]) == (409, "license_state_conflict")
    assert suspended.json()["license_status"] == "suspended"
    async with container.get(Database).transaction(Subject.system()) as session:
        await lifecycle.reinstate_license(session, await session.get_one(License, issued.license.id))
    panel.answers = [JSONResponse({"code": "internal_error"}, 500)]
    down = await client.post(path, json=body, headers=admin.headers)
    assert (down.status_code, down.json()["code"]) == (503, "panel_unavailable")
    assert panel.accounts == {}
