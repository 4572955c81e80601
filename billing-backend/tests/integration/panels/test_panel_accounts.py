"""What customers do with their panel accounts, zones, and what a panel server may ask about."""

import uuid

import httpx
import pytest
from sqlalchemy import func, select
from starlette.responses import JSONResponse
from tests.factories_licenses import VALIDATE, Person, SignedCaller, make_key, make_license, make_person
from tests.fake_panel import FakePanel, make_panel, running
from tests.integration.panels.conftest import KEY_ID, SECRET

from billing.flows.provisioning.provision_license import provision_license
from billing.flows.provisioning.register_server import register_server
from billing.integrations.nextpanel.gateway import NextPanelGateway
from billing.kit.container import Container
from billing.kit.crypto import Vault
from billing.kit.db import Database, Subject
from billing.licenses.actions.issue import IssuedLicense
from billing.licenses.errors import ApiKeyTaken
from billing.licenses.models import ApiKey
from billing.panels.actions.zones import create_zone
from billing.panels.errors import PanelAddressInvalid
from billing.panels.models import PanelAccount, PanelAccountStatus, PanelServer
from billing.panels.ports import Rejected
from service_kit.clock import Clock


async def provision(
    container: Container, gateway: NextPanelGateway, person: Person
) -> tuple[IssuedLicense, PanelAccount]:
    issued = await make_license(container, user_id=person.user_id)
    account = await provision_license(
        container.get(Database),
        gateway,
        container.get(Vault),
        container.get(Clock),
        license_id=issued.license.id,
        user_email=person.email,
    )
    return issued, account


async def test_customers_see_and_open_their_own_accounts_only(
    container: Container, client: httpx.AsyncClient, panel: FakePanel, gateway: NextPanelGateway
) -> None:
    owner, stranger = await make_person(container), await make_person(container)
    issued, account = await provision(container, gateway, owner)
    shown = (await client.get("/api/v1/panel-accounts", headers=owner.headers)).json()["items"]
    assert shown == [
        {
            "id": str(account.id),
            "license_id": str(issued.license.id),
            "status": "active",
            "username": "u1",
            "login_url": f"{panel.base_url}/login",
            "created_at": shown[0]["created_at"],
        }
    ]
    path = f"/api/v1/panel-accounts/{account.id}/sso"
    opened = [(await client.post(path, headers=owner.headers)).json()["url"] for _ in range(2)]
    assert all(url.startswith(f"{panel.base_url}/sso/") for url in opened)
    assert opened[0] != opened[1]
    assert (await client.get("/api/v1/panel-accounts", headers=stranger.headers)).json()["items"] == []
    foreign = await client.post(path, headers=stranger.headers)
    assert (foreign.status_code, foreign.json()["code"]) == (404, "panel_account_not_found")
    assert (await client.post(path)).status_code == 401
    async with container.get(Database).transaction(Subject.customer(stranger.user_id)) as session:
        assert (await session.scalars(select(func.count()).select_from(PanelAccount))).one() == 0


async def test_opening_says_what_is_wrong(
    container: Container, client: httpx.AsyncClient, database: Database, panel: FakePanel, gateway: NextPanelGateway
) -> None:
    owner = await make_person(container)
    _, account = await provision(container, gateway, owner)
    path = f"/api/v1/panel-accounts/{account.id}/sso"
    panel.answers = [
        JSONResponse({"code": "internal_error"}, 503, {"Retry-After": "9"}),
        JSONResponse({"code": "account_terminated"}, 409),
    ]
    down = await client.post(path, headers=owner.headers)
    assert (down.status_code, down.json()["code"], down.headers["Retry-After"]) == (503, "panel_unavailable", "9")
    refused = await client.post(path, headers=owner.headers)
    assert (refused.status_code, refused.json()["panel_code"]) == (409, "account_terminated")
    async with database.transaction(Subject.system()) as session:
        (await session.get_one(PanelAccount, account.id)).status = PanelAccountStatus.CREATING
    early = await client.post(path, headers=owner.headers)
    assert (early.status_code, early.json()["code"]) == (409, "panel_account_not_ready")
    assert (early.json()["status"], early.json()["account_status"]) == (409, "creating")


async def test_a_zone_is_made_once(
    container: Container, database: Database, panel: FakePanel, gateway: NextPanelGateway
) -> None:
    _, account = await provision(container, gateway, await make_person(container))
    for _ in range(2):
        await create_zone(database, gateway, account, domain="example.com", nameservers=["ns1.x", "ns2.x"])
    assert panel.zones == {"example.com": ["ns1.x", "ns2.x"]}
    keys = {key for method, path, key in panel.calls if path.endswith("/zones")}
    assert len(keys) == 1
    account.nextpanel_account_id = None
    with pytest.raises(Rejected) as refused:
        await create_zone(database, gateway, account, domain="example.org", nameservers=["ns1.x"])
    assert refused.value.code == "account_not_created"


async def test_a_panel_server_asks_about_the_licenses_it_hosts_only(
    container: Container, client: httpx.AsyncClient, database: Database, panel: FakePanel, gateway: NextPanelGateway
) -> None:
    hosted, _ = await provision(container, gateway, await make_person(container))
    elsewhere = await make_license(container)
    platform = SignedCaller(client, container.get(Clock), KEY_ID, SECRET, hosted.key)
    assert (await platform.validate())["remaining_quota"] == 5
    assert (await platform.report("created")).json() == {"success": True, "quota_remaining": 4}
    platform.license_key = elsewhere.key
    assert (await platform.validate())["code"] == "NOT_FOUND"
    assert (await platform.report("created")).status_code == 404
    async with running(await make_panel(container, client)) as second:
        async with database.transaction(Subject.system()) as session:
            (await session.get_one(PanelServer, panel.id)).is_active = False
            await register_server(
                session,
                container.get(Vault),
                server_id=second.id,
                name="two",
                base_url=second.base_url,
                key_id="npk_PLATFORM000000000000000002",
                secret="nps_two",
            )
        other, _ = await provision(container, gateway, await make_person(container))
    assert str(other.license.id) in second.accounts
    platform.license_key = other.key
    assert (await platform.validate())["code"] == "NOT_FOUND"


async def test_registering_a_server_again_changes_what_is_new_only(
    container: Container, client: httpx.AsyncClient, database: Database
) -> None:
    server_id = uuid.uuid4()

    async def register(secret: str, *, key_id: str = KEY_ID, base_url: str = "http://127.0.0.1:9000/") -> None:
        async with database.transaction(Subject.system()) as session:
            await register_server(
                session,
                container.get(Vault),
                server_id=server_id,
                name="one",
                base_url=base_url,
                key_id=key_id,
                secret=secret,
            )

    async def status(key_id: str, secret: str) -> int:
        caller = SignedCaller(client, container.get(Clock), key_id, secret)
        question = {"license_key": "NP-7K3M-9QRT-4WXY", "feature": "create_database"}
        return (await caller.send("POST", VALIDATE, question)).status_code

    for nonsense in ("ftp://panel.example", "panel.example", "https://", ""):
        with pytest.raises(PanelAddressInvalid):
            await register("nps_first", base_url=nonsense)
    for _ in range(2):
        await register("nps_first")
    assert await status(KEY_ID, "nps_first") == 200
    await register("nps_second", base_url="http://127.0.0.1:9100")
    assert (await status(KEY_ID, "nps_first"), await status(KEY_ID, "nps_second")) == (401, 200)
    await register("nps_third", key_id="npk_OTHER")
    assert (await status(KEY_ID, "nps_second"), await status("npk_OTHER", "nps_third")) == (401, 200)
    async with database.transaction(Subject.system()) as session:
        server = await session.get_one(PanelServer, server_id)
        keys = (await session.scalars(select(ApiKey).where(ApiKey.panel_server_id == server_id))).all()
    assert server.base_url == "http://127.0.0.1:9000"
    taken = (await make_key(container, await make_license(container))).key.public_id
    with pytest.raises(ApiKeyTaken):
        await register("nps_fourth", key_id=taken)
    assert sorted((key.public_id, key.is_active) for key in keys) == [("npk_OTHER", True), (KEY_ID, False)]
