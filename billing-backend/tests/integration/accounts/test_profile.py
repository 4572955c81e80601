"""One's own profile."""

import httpx
from sqlalchemy import select
from tests.factories_accounts import PASSWORD, ask_for_token, auth_headers, log_in, make_user

from billing.accounts.actions.create_staff import create_staff
from billing.accounts.errors import EmailTaken
from billing.accounts.permissions import Permission, Role
from billing.accounts.repository import list_active_staff
from billing.audit.models import ActorKind, AuditEntry
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from service_kit.clock import Clock
from service_kit.passwords import PasswordHasher

ADDRESS = {
    "company_name": "Analytical Engines Ltd",
    "phone": "+442071234567",
    "address_line1": "12 St James's Square",
    "city": "London",
    "postal_code": "SW1Y 4JH",
    "country": "GB",
}


async def test_named_fields_change_and_the_rest_stays(client: httpx.AsyncClient, database: Database) -> None:
    headers = await auth_headers(client, database)
    changed = await client.patch("/api/v1/me", json=ADDRESS, headers=headers)
    assert changed.status_code == 200
    assert {name: changed.json()[name] for name in ADDRESS} == ADDRESS
    emptied = await client.patch("/api/v1/me", json={"company_name": None}, headers=headers)
    assert (emptied.json()["company_name"], emptied.json()["city"]) == (None, "London")
    assert emptied.json() == (await client.get("/api/v1/me", headers=headers)).json()
    async with database.transaction(Subject.system()) as session:
        entries = (await session.execute(select(AuditEntry).order_by(AuditEntry.id))).scalars().all()
    last = entries[-1]
    assert (last.action, last.actor_kind) == ("user.updated", ActorKind.CUSTOMER)
    assert (last.before, last.after) == ({"company_name": "Analytical Engines Ltd"}, {"company_name": None})


async def test_bad_profiles_change_nothing(client: httpx.AsyncClient, database: Database) -> None:
    headers = await auth_headers(client, database)
    before = (await client.get("/api/v1/me", headers=headers)).json()
    for bad in (
        {"full_name": None},
        {"full_name": " "},
        {"locale": None},
        {"phone": "020 7123 4567"},
        {"country": "uk"},
        {"city": "L" * 101},
        {"postal_code": "\u0000"},
        {"postal_code": "1" * 21},
        {"address_line1": "a\nb"},
        {"email": "eve@example.com"},
        {"role": "owner"},
        {"id": before["id"]},
    ):
        answer = await client.patch("/api/v1/me", json=bad, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed"), bad
    assert (await client.get("/api/v1/me", headers=headers)).json() == before


async def test_staff_are_made_confirmed_and_by_role(
    client: httpx.AsyncClient, container: Container, database: Database
) -> None:
    hasher, clock = container.get(PasswordHasher), container.get(Clock)
    async with database.transaction(Subject.system()) as session:
        await create_staff(
            session, hasher=hasher, clock=clock, email="Boss@example.com", full_name="Boss", role=Role.OWNER,
            password=PASSWORD,
        )  # fmt: skip
        await make_user(database, role=Role.SUPPORT)
        await make_user(database, role=Role.OWNER, is_active=False)
    tokens = await log_in(client, "boss@example.com")
    me = (await client.get("/api/v1/me", headers=tokens.headers)).json()
    assert (me["role"], me["email_verified"]) == ("owner", True)
    assert me["permissions"] == sorted(Permission)
    async with database.transaction(Subject.system()) as session:
        told = await list_active_staff(session, Permission.STAFF_WRITE)
    assert [user.email for user in told] == ["boss@example.com"]


async def test_staff_need_a_staff_role_and_a_free_address(container: Container, database: Database) -> None:
    hasher, clock = container.get(PasswordHasher), container.get(Clock)
    user = await make_user(database)
    failures: list[type[Exception]] = []
    for email, role in ((user.email, Role.SUPPORT), ("new@example.com", Role.CUSTOMER)):
        try:
            async with database.transaction(Subject.system()) as session:
                await create_staff(
                    session, hasher=hasher, clock=clock, email=email, full_name="X", role=role, password=PASSWORD
                )
        except (EmailTaken, ValueError) as error:
            failures.append(type(error))
    assert failures == [EmailTaken, ValueError]


async def test_the_routes_that_send_mail_do_not_say_who_is_staff(client: httpx.AsyncClient, database: Database) -> None:
    staff = await make_user(database, role=Role.OWNER)
    customer = await make_user(database)
    answers = [
        await client.post("/api/v1/auth/password/forgot", json={"email": user.email}) for user in (staff, customer)
    ]
    assert answers[0].content == answers[1].content
    assert (await ask_for_token(client, staff.email)).status_code == 200
