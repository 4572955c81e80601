"""Passwords forgotten and changed, and a new e-mail address."""

from datetime import timedelta

import httpx
from sqlalchemy import select
from tests.factories_accounts import PASSWORD, ask_for_token, log_in, mails, make_user

from billing.accounts.models import User
from billing.audit.models import AuditEntry
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from service_kit.clock import FixedClock

NEW = "another horse battery"


async def _user(database: Database, email: str) -> User:
    async with database.transaction(Subject.system()) as session:
        return (await session.execute(select(User).where(User.email == email))).scalar_one()


async def test_a_forgotten_password(
    client: httpx.AsyncClient, container: Container, database: Database, clock: FixedClock
) -> None:
    await make_user(database, email="ada@example.com", verified=False)
    thief = await log_in(client, "ada@example.com")
    asked = await client.post("/api/v1/auth/password/forgot", json={"email": "ada@example.com"})
    unknown = await client.post("/api/v1/auth/password/forgot", json={"email": "nobody@example.com"})
    assert (asked.status_code, asked.content) == (unknown.status_code, unknown.content) == (202, asked.content)
    [mail] = await mails(container)
    body = {"token": mail.token, "new_password": NEW}
    assert (await client.post("/api/v1/auth/password/reset", json=body)).status_code == 204

    assert (await client.get("/api/v1/me", headers=thief.headers)).json()["code"] == "session_ended"
    assert (await ask_for_token(client, "ada@example.com")).status_code == 401
    assert (await ask_for_token(client, "ada@example.com", NEW)).status_code == 200
    assert (await _user(database, "ada@example.com")).email_verified_at == clock.now()
    assert [m.template for m in await mails(container)] == ["password_reset", "password_changed"]
    again = await client.post("/api/v1/auth/password/reset", json=body)
    assert (again.status_code, again.json()["code"]) == (400, "email_token_invalid")


async def test_a_reset_link_is_short_lived_and_good_for_nothing_else(
    client: httpx.AsyncClient, container: Container, database: Database, clock: FixedClock
) -> None:
    await make_user(database, email="ada@example.com", verified=False)
    await client.post("/api/v1/auth/password/forgot", json={"email": "ada@example.com"})
    await client.post("/api/v1/auth/resend-verification", json={"email": "ada@example.com"})
    reset, verify = await mails(container)
    crossed = await client.post("/api/v1/auth/verify-email", json={"token": reset.token})
    assert crossed.json()["code"] == "email_token_invalid"
    crossed = await client.post("/api/v1/auth/password/reset", json={"token": verify.token, "new_password": NEW})
    assert crossed.json()["code"] == "email_token_invalid"
    clock.advance(timedelta(hours=1))
    late = await client.post("/api/v1/auth/password/reset", json={"token": reset.token, "new_password": NEW})
    assert late.json()["code"] == "email_token_invalid"
    assert (await ask_for_token(client, "ada@example.com")).status_code == 200


async def test_a_changed_password_ends_the_other_sessions(
    client: httpx.AsyncClient, container: Container, database: Database
) -> None:
    await make_user(database, email="ada@example.com")
    here, there = await log_in(client, "ada@example.com"), await log_in(client, "ada@example.com")
    body = {"current_password": PASSWORD, "new_password": NEW}
    assert (await client.post("/api/v1/auth/password/change", json=body, headers=here.headers)).status_code == 204
    assert (await client.get("/api/v1/me", headers=here.headers)).status_code == 200
    assert (await client.get("/api/v1/me", headers=there.headers)).json()["code"] == "session_ended"
    assert (await ask_for_token(client, "ada@example.com", NEW)).status_code == 200
    [mail] = await mails(container)
    assert (mail.template, mail.to) == ("password_changed", "ada@example.com")
    async with database.transaction(Subject.system()) as session:
        actions = (await session.execute(select(AuditEntry.action, AuditEntry.ip))).all()
    assert ("user.password_changed", "127.0.0.1") in [tuple(row) for row in actions]


async def test_the_current_password_is_asked_for_and_guesses_are_limited(
    client: httpx.AsyncClient, database: Database
) -> None:
    await make_user(database, email="ada@example.com")
    tokens = await log_in(client, "ada@example.com")
    body = {"current_password": "guess", "new_password": NEW}
    answers = [await client.post("/api/v1/auth/password/change", json=body, headers=tokens.headers) for _ in range(11)]
    assert [(a.status_code, a.json()["code"]) for a in answers] == [(422, "current_password_wrong")] * 10 + [
        (429, "rate_limited")
    ]
    assert (await ask_for_token(client, "ada@example.com")).status_code == 200


async def test_a_new_address_counts_once_it_is_confirmed(
    client: httpx.AsyncClient, container: Container, database: Database
) -> None:
    user = await make_user(database, email="ada@example.com")
    tokens = await log_in(client, "ada@example.com")
    body = {"new_email": "Countess@example.com", "current_password": PASSWORD}
    asked = await client.post("/api/v1/auth/email/change", json=body, headers=tokens.headers)
    assert asked.status_code == 202
    assert (await client.get("/api/v1/me", headers=tokens.headers)).json()["email"] == "ada@example.com"
    [mail] = await mails(container, to="countess@example.com")
    await client.post("/api/v1/auth/password/forgot", json={"email": "ada@example.com"})
    reset = (await mails(container, to="ada@example.com"))[-1]

    assert (await client.post("/api/v1/auth/verify-email", json={"token": mail.token})).status_code == 204
    assert (await _user(database, "countess@example.com")).id == user.id
    told = (await mails(container, to="ada@example.com"))[-1]
    assert told.template == "email_changed"
    assert "countess@example.com" in told.text
    old_link = {"token": reset.token, "new_password": NEW}
    refused = await client.post("/api/v1/auth/password/reset", json=old_link)
    assert refused.json()["code"] == "email_token_invalid"


async def test_an_address_that_is_taken_is_neither_told_nor_taken(
    client: httpx.AsyncClient, container: Container, database: Database
) -> None:
    await make_user(database, email="ada@example.com")
    tokens = await log_in(client, "ada@example.com")
    free = {"new_email": "free@example.com", "current_password": PASSWORD}
    first = await client.post("/api/v1/auth/email/change", json=free, headers=tokens.headers)
    [link] = await mails(container, to="free@example.com")
    await make_user(database, email="free@example.com")
    second = await client.post("/api/v1/auth/email/change", json=free, headers=tokens.headers)
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert [m.template for m in await mails(container, to="free@example.com")] == ["email_change", "account_exists"]
    late = await client.post("/api/v1/auth/verify-email", json={"token": link.token})
    assert (late.status_code, late.json()["code"]) == (400, "email_token_invalid")
    assert (await _user(database, "ada@example.com")).email == "ada@example.com"
