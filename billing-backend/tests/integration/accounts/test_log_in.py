"""Logging in: the same answer and the same work whatever is wrong."""

from datetime import timedelta

import bcrypt
import httpx
import pytest
from sqlalchemy import select
from tests.factories_accounts import PASSWORD, ask_for_token, log_in, make_user

from billing.accounts.models import User, UserSession
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.kit.tokens import TokenSigner
from billing.settings import Settings
from service_kit import passwords
from service_kit.clock import FixedClock


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A lower limit, so that reaching it doesn't take hundreds of requests."""
    return settings.model_copy(update={"rate_limit_failed_log_ins_per_ip_and_hour": 30})


class CountingBcrypt:
    """Stands in for the bcrypt module and counts the checks."""

    def __init__(self) -> None:
        self.checks = 0
        self.hashes = 0

    def checkpw(self, password: bytes, hashed: bytes) -> bool:
        self.checks += 1
        return bcrypt.checkpw(password, hashed)

    def hashpw(self, password: bytes, salt: bytes) -> bytes:
        self.hashes += 1
        return bcrypt.hashpw(password, salt)

    def gensalt(self, rounds: int) -> bytes:
        return bcrypt.gensalt(rounds)


@pytest.fixture
def bcrypt_calls(monkeypatch: pytest.MonkeyPatch, container: Container) -> CountingBcrypt:
    counting = CountingBcrypt()
    monkeypatch.setattr(passwords, "bcrypt", counting)
    return counting


async def test_the_token_says_who_and_for_whom(
    client: httpx.AsyncClient, container: Container, database: Database
) -> None:
    user = await make_user(database, email="ada@example.com")
    answer = await ask_for_token(client, " ADA@example.com ")
    body = answer.json()
    assert (body["token_type"], body["expires_in"], body["refresh_expires_in"]) == ("bearer", 900, 604800)
    assert answer.headers["cache-control"] == "no-store"
    claims = container.get(TokenSigner).verify(body["access_token"], audience="billing-api")
    async with database.transaction(Subject.system()) as session:
        [opened] = (await session.execute(select(UserSession))).scalars()
    assert (claims["sub"], claims["role"], claims["sid"]) == (str(user.id), "customer", str(opened.id))
    assert claims["exp"] - claims["iat"] == 900


async def test_every_failure_looks_and_costs_the_same(
    client: httpx.AsyncClient, database: Database, bcrypt_calls: CountingBcrypt
) -> None:
    await make_user(database, email="ada@example.com")
    await make_user(database, email="gone@example.com", is_active=False)
    failures = {
        "wrong password": ("ada@example.com", "not the password"),
        "unknown": ("nobody@example.com", PASSWORD),
        "inactive": ("gone@example.com", PASSWORD),
        "no address": ("ada", PASSWORD),
        "NUL in it": ("ada@example.com\x00", PASSWORD),
        "huge": ("a" * 900 + "@example.com", PASSWORD),
    }
    for case, (username, password) in failures.items():
        bcrypt_calls.checks = 0
        answer = await ask_for_token(client, username, password)
        assert answer.status_code == 401, case
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json() == {
            "type": "urn:nextpanel:problem:invalid_credentials",
            "title": "The e-mail address or the password is wrong",
            "status": 401,
            "detail": "The e-mail address or the password is wrong",
            "code": "invalid_credentials",
        }
        assert (bcrypt_calls.checks, bcrypt_calls.hashes) == (1, 0), case


async def test_a_success_costs_one_check_too(
    client: httpx.AsyncClient, database: Database, bcrypt_calls: CountingBcrypt
) -> None:
    await make_user(database, email="ada@example.com")
    await log_in(client, "ada@example.com")
    assert (bcrypt_calls.checks, bcrypt_calls.hashes) == (1, 0)


async def test_a_hash_of_another_cost_is_renewed(client: httpx.AsyncClient, database: Database) -> None:
    user = await make_user(database, email="ada@example.com")
    cheap = passwords.PasswordHasher(rounds=5)
    async with database.transaction(Subject.system()) as session:
        stored = await session.get_one(User, user.id)
        stored.password_hash = await cheap.hash(PASSWORD)
    cheap.close()
    await log_in(client, "ada@example.com")
    async with database.transaction(Subject.system()) as session:
        assert (await session.get_one(User, user.id)).password_hash.startswith("$2b$04$")
    await log_in(client, "ada@example.com")


async def test_guesses_are_limited_by_address_and_source(
    client: httpx.AsyncClient, database: Database, clock: FixedClock
) -> None:
    await make_user(database, email="ada@example.com")
    await make_user(database, email="bob@example.com")
    codes = [(await ask_for_token(client, "ada@example.com", f"wrong {n}")).status_code for n in range(11)]
    assert codes == [401] * 10 + [429]
    refused = await ask_for_token(client, "ada@example.com")
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert 1 <= int(refused.headers["retry-after"]) <= 65
    assert (await ask_for_token(client, "bob@example.com")).status_code == 200
    clock.advance(timedelta(minutes=2))
    assert (await ask_for_token(client, "ada@example.com")).status_code == 200


async def test_one_password_on_many_accounts_is_stopped(client: httpx.AsyncClient, database: Database) -> None:
    await make_user(database, email="ada@example.com")
    codes = [(await ask_for_token(client, f"user{n}@example.com", "Password123")).status_code for n in range(30)]
    assert set(codes) == {401}
    assert (await ask_for_token(client, "ada@example.com")).status_code == 429


async def test_other_grants_and_half_forms_are_refused(client: httpx.AsyncClient) -> None:
    for form in (
        {"grant_type": "client_credentials", "username": "ada@example.com", "password": PASSWORD},
        {"grant_type": "password", "username": "ada@example.com"},
        {"grant_type": "password", "password": PASSWORD},
        {},
    ):
        answer = await client.post("/api/v1/auth/token", data=form)
        assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed"), form
        assert PASSWORD not in answer.text


async def test_the_public_keys_verify_our_tokens(client: httpx.AsyncClient) -> None:
    answer = await client.get("/.well-known/jwks.json")
    [key] = answer.json()["keys"]
    assert (key["kty"], key["crv"], key["alg"], key["use"]) == ("OKP", "Ed25519", "EdDSA", "sig")
    assert "d" not in key
