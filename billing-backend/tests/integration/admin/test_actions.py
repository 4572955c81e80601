"""What staff do by hand: licenses stopped and let go, staff invited and deposed, servers registered."""

import asyncio
import uuid
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from billing.accounts.permissions import Role
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.kit.tasks import RecordingQueue
from billing.licenses.actions.lifecycle import suspend_license
from billing.licenses.models import License
from billing.panels.actions.want_status import CONVERGE_TASK
from billing.panels.commands import PanelCommand
from tests.factories_accounts import ask_for_token, log_in, mails
from tests.factories_licenses import make_license, make_person
from tests.factories_orders import make_belongings
from tests.integration.admin.desk import Desk


async def test_a_license_is_stopped_and_let_go_and_the_panel_follows(
    container: Container, client: httpx.AsyncClient, database: Database, queue: RecordingQueue
) -> None:
    owned = await make_belongings(container)
    desk = await Desk.of(container, client, Role.BILLING_ADMIN)
    path = f"licenses/{owned.license_id}"
    queue.messages.clear()
    stopped = (await desk.ask("POST", f"{path}/suspend", json={"reason": "Sends spam"})).json()
    assert (stopped["status"], stopped["suspended_reason"]) == ("suspended", "Sends spam")
    assert (stopped["panel_account"]["wanted_status"], stopped["panel_account"]["command_status"]) == (
        "suspended",
        "pending",
    )
    assert [message.task for message in queue.messages] == [CONVERGE_TASK]
    again = await desk.refused("POST", f"{path}/suspend", json={"reason": "Again"})
    assert again == (409, "license_state_conflict")
    released = (await desk.ask("POST", f"{path}/reinstate")).json()
    assert (released["status"], released["suspended_reason"]) == ("active", None)
    assert released["panel_account"]["wanted_status"] == "active"
    assert await desk.refused("POST", f"{path}/reinstate") == (409, "license_state_conflict")
    entries = (await desk.get("audit-entries", object_id=str(owned.license_id)))["items"]
    assert [entry["action"] for entry in entries][:2] == ["license.reinstated", "license.suspended"]
    assert entries[1]["after"] == {"status": "suspended", "reason": "Sends spam"}
    assert all(entry["actor_kind"] == "staff" for entry in entries[:2])
    async with database.transaction(Subject.system()) as session:
        assert (await session.scalars(select(PanelCommand.revision))).all() == [2]


async def test_what_a_rule_has_stopped_a_rule_lets_go(
    container: Container, client: httpx.AsyncClient, database: Database
) -> None:
    issued = await make_license(container)
    desk = await Desk.of(container, client)
    path = f"licenses/{issued.license.id}"
    for reason in ("payment overdue", "subscription_paused"):
        assert await desk.refused("POST", f"{path}/suspend", json={"reason": reason}) == (422, "reason_reserved")
    async with database.transaction(Subject.system()) as session:
        await suspend_license(session, await session.get_one(License, issued.license.id), reason="payment overdue")
    assert await desk.refused("POST", f"{path}/reinstate") == (409, "suspended_by_rule")
    assert (await desk.get(path))["status"] == "suspended"
    for body in ({}, {"reason": ""}, {"reason": "x", "more": 1}):
        assert await desk.refused("POST", f"{path}/suspend", json=body) == (422, "validation_failed")


async def test_staff_come_by_a_link(container: Container, client: httpx.AsyncClient) -> None:
    desk = await Desk.of(container, client)
    body = {"email": "New@Example.com", "full_name": "Grace Hopper", "role": "support"}
    made = await desk.ask("POST", "staff", json=body)
    assert made.status_code == 201, made.text
    assert (made.json()["email"], made.json()["role"], made.json()["is_active"]) == ("new@example.com", "support", True)
    assert await desk.refused("POST", "staff", json=body) == (409, "email_taken")
    assert await desk.refused("POST", "staff", json={**body, "role": "customer"}) == (422, "validation_failed")
    (first,) = await mails(container, to="new@example.com")
    assert first.template == "staff_invited"
    assert (await desk.ask("POST", f"staff/{made.json()['id']}/invitations")).status_code == 201
    _, second = await mails(container, to="new@example.com")
    password = "a password of my own"
    stale = await client.post("/api/v1/auth/password/reset", json={"token": first.token, "new_password": password})
    assert stale.status_code == 400
    answer = await client.post("/api/v1/auth/password/reset", json={"token": second.token, "new_password": password})
    assert answer.status_code in {200, 204}, answer.text
    tokens = await log_in(client, "new@example.com", password)
    assert (await client.get("/api/v1/admin/orders", headers=tokens.headers)).status_code == 200
    listed = (await desk.get("staff"))["items"]
    assert [member["email"] for member in listed][:1] == ["new@example.com"]
    assert [row["email"] for row in await desk.csv("staff")] == [member["email"] for member in listed]
    roles = (await desk.get("roles"))["items"]
    assert [role["role"] for role in roles] == ["support", "billing_admin", "owner"]
    assert "staff:write" in roles[2]["permissions"]


async def test_another_role_ends_the_sessions(container: Container, client: httpx.AsyncClient) -> None:
    desk, member = await Desk.of(container, client), await make_person(container, role=Role.BILLING_ADMIN)
    path = f"staff/{member.user_id}"
    assert (await client.get("/api/v1/admin/orders", headers=member.headers)).status_code == 200
    changed = (await desk.ask("PATCH", path, json={"role": "support", "full_name": "Ada L."})).json()
    assert (changed["role"], changed["full_name"]) == ("support", "Ada L.")
    assert (await client.get("/api/v1/admin/orders", headers=member.headers)).status_code == 401
    (entry,) = (await desk.get("audit-entries", action="staff.changed"))["items"]
    assert (entry["before"], entry["after"]) == (
        {"role": "billing_admin", "full_name": "Ada"},
        {"role": "support", "full_name": "Ada L."},
    )
    assert (await desk.ask("PATCH", path, json={"is_active": False})).json()["is_active"] is False
    assert (await ask_for_token(client, member.email)).status_code == 401
    assert (await desk.ask("PATCH", path, json={"is_active": True})).json()["is_active"] is True
    customer = await make_person(container)
    for target in (customer.user_id, uuid.uuid4()):
        assert await desk.refused("PATCH", f"staff/{target}", json={"role": "owner"}) == (404, "staff_not_found")
        assert await desk.refused("POST", f"staff/{target}/invitations") == (404, "staff_not_found")


@pytest.mark.parametrize("change", [{"role": "support"}, {"is_active": False}])
async def test_the_last_owner_stays(container: Container, client: httpx.AsyncClient, change: dict[str, Any]) -> None:
    owner = await make_person(container, role=Role.OWNER)
    desk = Desk(client, owner.headers)
    assert await desk.refused("PATCH", f"staff/{owner.user_id}", json=change) == (409, "last_owner")
    assert (await desk.ask("PATCH", f"staff/{owner.user_id}", json={"full_name": "Me"})).status_code == 200
    other = await make_person(container, role=Role.OWNER)
    rival = Desk(client, other.headers)
    answers = await asyncio.gather(
        desk.ask("PATCH", f"staff/{other.user_id}", json=change),
        rival.ask("PATCH", f"staff/{owner.user_id}", json=change),
    )
    # Of two who depose each other one is left; the other may have been logged out before asking.
    assert sorted(answer.status_code for answer in answers) in ([200, 409], [200, 401])


SERVER = {
    "id": "01939a3c-5f00-7d2a-9c55-0d1f2f3a4b5c",
    "name": "panel-1",
    "base_url": "https://panel-1.example.com/",
    "key_id": "npk_4f9a2c",
    "key_secret": "nps_a-long-random-text-of-the-panel",
    "max_accounts": 5,
}


async def test_panel_servers(container: Container, client: httpx.AsyncClient) -> None:
    desk = await Desk.of(container, client)
    made = await desk.ask("POST", "panel-servers", json=SERVER)
    assert made.status_code == 201, made.text
    assert "nps_" not in made.text
    shown = made.json()
    assert (shown["base_url"], shown["is_active"], shown["assigned_accounts"]) == (
        "https://panel-1.example.com",
        True,
        0,
    )
    assert (await desk.ask("POST", "panel-servers", json=SERVER)).json() == shown
    path = f"panel-servers/{SERVER['id']}"
    assert (await desk.get("panel-servers"))["items"] == [await desk.get(path)] == [shown]
    other = {**SERVER, "id": str(uuid.uuid4())}
    assert await desk.refused("POST", "panel-servers", json=other) == (409, "panel_server_taken")
    other["name"] = "panel-2"
    assert await desk.refused("POST", "panel-servers", json=other) == (409, "api_key_taken")
    for bad in ({"base_url": "ftp://x"}, {"base_url": "https://"}, {"key_secret": "short"}, {"max_accounts": -1}):
        answer = await desk.ask("POST", "panel-servers", json={**SERVER, **bad})
        assert answer.status_code == 422, bad
    changed = (await desk.ask("PATCH", path, json={"is_active": False, "max_accounts": None})).json()
    assert (changed["is_active"], changed["max_accounts"]) == (False, None)
    assert await desk.refused("PATCH", f"panel-servers/{uuid.uuid4()}", json={}) == (404, "panel_server_not_found")
    actions = [entry["action"] for entry in (await desk.get("audit-entries", object_id=SERVER["id"]))["items"]]
    assert actions == ["panel_server.changed", "panel_server.registered"]
