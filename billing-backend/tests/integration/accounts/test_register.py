"""Signing up, and proving the address."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select, text
from tests.factories_accounts import PASSWORD, log_in, mails, make_user

from billing.accounts.models import EmailToken, User
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from service_kit.clock import FixedClock
from service_kit.passwords import PasswordHasher

ADA = {"email": "Ada@Example.com", "password": PASSWORD, "full_name": "Ada Lovelace", "country": "GB"}


async def _users(database: Database) -> list[User]:
    async with database.transaction(Subject.system()) as session:
        return list((await session.execute(select(User))).scalars())


async def test_sign_up_confirm_and_log_in(client: httpx.AsyncClient, container: Container, database: Database) -> None:
    answer = await client.post("/api/v1/auth/register", json=ADA)
    assert answer.status_code == 202
    assert answer.json() == {"status": "accepted"}
    [mail] = await mails(container)
    assert (mail.template, mail.to) == ("verify_email", "ada@example.com")
    assert f"http://localhost:3001/verify-email?token={mail.token}" in mail.html

    tokens = await log_in(client, "ada@example.com")
    before = (await client.get("/api/v1/me", headers=tokens.headers)).json()
    assert (before["email"], before["email_verified"], before["role"]) == ("ada@example.com", False, "customer")

    confirmed = await client.post("/api/v1/auth/verify-email", json={"token": mail.token})
    assert confirmed.status_code == 204
    after = (await client.get("/api/v1/me", headers=tokens.headers)).json()
    assert after["email_verified"] is True


async def test_a_known_address_gets_the_same_answer_and_the_same_work(
    client: httpx.AsyncClient, container: Container, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_user(database, email="ada@example.com", full_name="Countess")
    hashes: list[str] = []
    original = PasswordHasher.hash

    async def counting(self: PasswordHasher, password: str) -> str:
        hashes.append(password)
        return await original(self, password)

    monkeypatch.setattr(PasswordHasher, "hash", counting)
    known = await client.post("/api/v1/auth/register", json=ADA)
    unknown = await client.post("/api/v1/auth/register", json={**ADA, "email": "bob@example.com"})
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert len(hashes) == 2
    told = {mail.to: mail.template for mail in await mails(container)}
    assert told == {"ada@example.com": "account_exists", "bob@example.com": "verify_email"}
    [ada] = [user for user in await _users(database) if user.email == "ada@example.com"]
    assert ada.full_name == "Countess"


async def test_the_owner_is_told_once_an_hour(
    client: httpx.AsyncClient, container: Container, database: Database
) -> None:
    await make_user(database, email="ada@example.com")
    for _ in range(3):
        assert (await client.post("/api/v1/auth/register", json=ADA)).status_code == 202
    assert [mail.template for mail in await mails(container)] == ["account_exists"]


async def test_simultaneous_sign_ups_make_one_account(
    client: httpx.AsyncClient, container: Container, database: Database
) -> None:
    answers = await asyncio.gather(*(client.post("/api/v1/auth/register", json=ADA) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {202}
    assert len(await _users(database)) == 1
    assert sorted(mail.template for mail in await mails(container)) == ["account_exists", "verify_email"]


async def test_mail_requests_for_one_address_are_limited_whoever_it_belongs_to(
    client: httpx.AsyncClient, database: Database
) -> None:
    await make_user(database, email="known@example.com")
    for email in ("known@example.com", "unknown@example.com"):
        codes = [
            (await client.post("/api/v1/auth/password/forgot", json={"email": email})).status_code for _ in range(6)
        ]
        assert codes == [202] * 5 + [429]


async def test_a_link_works_once_and_not_for_ever(
    client: httpx.AsyncClient, container: Container, clock: FixedClock
) -> None:
    await client.post("/api/v1/auth/register", json=ADA)
    [first] = await mails(container)
    await client.post("/api/v1/auth/resend-verification", json={"email": "ada@example.com"})
    second = (await mails(container))[1]

    replaced = await client.post("/api/v1/auth/verify-email", json={"token": first.token})
    assert (replaced.status_code, replaced.json()["code"]) == (400, "email_token_invalid")
    clock.advance(timedelta(days=2))
    late = await client.post("/api/v1/auth/verify-email", json={"token": second.token})
    assert late.json()["code"] == "email_token_invalid"

    await client.post("/api/v1/auth/resend-verification", json={"email": "ada@example.com"})
    third = (await mails(container))[2]
    assert (await client.post("/api/v1/auth/verify-email", json={"token": third.token})).status_code == 204
    again = await client.post("/api/v1/auth/verify-email", json={"token": third.token})
    assert again.json()["code"] == "email_token_invalid"


async def test_nothing_is_sent_again_to_confirmed_or_unknown_addresses(
    client: httpx.AsyncClient, container: Container, database: Database
) -> None:
    await make_user(database, email="ada@example.com", verified=True)
    for email in ("ada@example.com", "nobody@example.com"):
        answer = await client.post("/api/v1/auth/resend-verification", json={"email": email})
        assert (answer.status_code, answer.json()) == (202, {"status": "accepted"})
    assert await mails(container) == []


async def test_only_hashes_and_sealed_bodies_are_at_rest(
    client: httpx.AsyncClient, container: Container, database: Database
) -> None:
    await client.post("/api/v1/auth/register", json=ADA)
    [mail] = await mails(container)
    async with database.transaction(Subject.system()) as session:
        [token] = (await session.execute(select(EmailToken))).scalars()
        everything = text("SELECT u::text, t::text, m::text FROM users u, email_tokens t, email_messages m")
        dump = str((await session.execute(everything)).all())
    assert mail.token != token.token_hash
    assert mail.token not in dump
    assert PASSWORD not in dump


BAD_FIELDS: list[tuple[str, object]] = [
    ("email", "no-address"),
    ("email", "ada@example.com\r\nBcc: eve@example.com"),
    ("email", "ada\x00@example.com"),
    ("password", "short"),
    ("password", "aaaaaaaaaaaaaa"),
    ("password", "x" * 201),
    ("full_name", ""),
    ("full_name", "   "),
    ("full_name", "Ada\x00Lovelace"),
    ("full_name", "Ada\nBcc: eve@example.com"),
    ("full_name", "A" * 201),
    ("full_name", "\u0958" * 200),  # twice as long once composed
    ("company_name", "Engines\x1b[31m"),
    ("country", "gb"),
    ("country", "GBR"),
    ("locale", "../../etc"),
    ("role", "owner"),
    ("is_active", True),
    ("email_verified_at", "2026-11-20T12:00:00Z"),
]


async def test_bad_sign_ups_store_nothing(client: httpx.AsyncClient, container: Container, database: Database) -> None:
    for field, value in BAD_FIELDS:
        answer = await client.post("/api/v1/auth/register", json={**ADA, field: value})
        assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed"), (field, value)
        assert answer.headers["content-type"] == "application/problem+json"
        assert PASSWORD not in answer.text
    assert await _users(database) == []
    assert await mails(container) == []


STRANGE_NAMES = [
    "Robert'); DROP TABLE users;--",
    "{{ 7*7 }}{% for x in y %}",
    "${jndi:ldap://x}",
    "<script>alert(1)</script>",
    "%s%n\\",
    "\u0915\u093c" * 100,
    "\u202eright to left \u05d0",
]


async def test_strange_but_printable_names_are_stored_as_they_are(
    client: httpx.AsyncClient, database: Database, container: Container
) -> None:
    for number, name in enumerate(STRANGE_NAMES):
        body = {**ADA, "email": f"user{number}@example.com", "full_name": name}
        assert (await client.post("/api/v1/auth/register", json=body)).status_code == 202
    assert {user.full_name for user in await _users(database)} == set(STRANGE_NAMES)
    # The name stays out of mail until the mailbox's owner is known to have typed it.
    written = "".join(mail.text + mail.html for mail in await mails(container))
    assert not [name for name in STRANGE_NAMES if name in written]


async def test_an_unconfirmed_name_is_not_mailed_by_a_reset_either(
    client: httpx.AsyncClient, container: Container, database: Database
) -> None:
    await make_user(database, email="ada@example.com", full_name="Win at evil.example", verified=False)
    await client.post("/api/v1/auth/password/forgot", json={"email": "ada@example.com"})
    [mail] = await mails(container)
    assert "evil.example" not in mail.text + mail.html


async def test_unknown_fields_and_malformed_json_are_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post(
        "/api/v1/auth/register", content=b'{"email": ', headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_json")
    huge = await client.post("/api/v1/auth/register", json={**ADA, "full_name": "A" * 1_000_000})
    assert (huge.status_code, huge.json()["code"]) == (413, "payload_too_large")
