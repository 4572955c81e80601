"""Limits as callers meet them."""

from datetime import timedelta

import httpx
import pytest
from pydantic import SecretStr
from tests.factories_accounts import auth_headers

from billing.kit.db import Database
from billing.settings import Settings
from service_kit.clock import FixedClock


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(
        update={
            "rate_limit_per_ip": 20,
            "rate_limit_reads_per_user": 5,
            "rate_limit_per_user": 3,
            "trusted_proxies": ["127.0.0.1"],
        }
    )


def _from(ip: str) -> dict[str, str]:
    return {"X-Forwarded-For": ip}


async def test_each_user_has_a_limit_and_every_answer_says_so(
    client: httpx.AsyncClient, database: Database, clock: FixedClock
) -> None:
    ada, bob = await auth_headers(client, database), await auth_headers(client, database)
    answers = [await client.get("/api/v1/me", headers={**ada, **_from("203.0.113.1")}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert [answer.headers["ratelimit-remaining"] for answer in answers] == ["4", "3", "2", "1", "0", "0"]
    refused = answers[-1]
    assert refused.headers["ratelimit-limit"] == "5"
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["code"] == "rate_limited"
    wait = int(refused.headers["retry-after"])
    assert 1 <= wait <= 65
    assert (await client.get("/api/v1/me", headers={**bob, **_from("203.0.113.1")})).status_code == 200
    clock.advance(timedelta(seconds=wait))
    assert (await client.get("/api/v1/me", headers={**ada, **_from("203.0.113.1")})).status_code == 200


async def test_changes_are_counted_apart_from_reads(client: httpx.AsyncClient, database: Database) -> None:
    ada = {**await auth_headers(client, database), **_from("203.0.113.1")}
    reads = [(await client.get("/api/v1/me", headers=ada)).status_code for _ in range(6)]
    assert reads == [200] * 5 + [429]
    changes = [await client.patch("/api/v1/me", json={"full_name": f"Ada {n}"}, headers=ada) for n in range(4)]
    assert [answer.status_code for answer in changes] == [200] * 3 + [429]
    assert {answer.headers["ratelimit-limit"] for answer in changes} == {"3"}


async def test_each_address_has_a_limit_before_anything_else_is_looked_at(client: httpx.AsyncClient) -> None:
    answers = [await client.get("/api/v1/me", headers=_from("203.0.113.5")) for _ in range(21)]
    assert [answer.status_code for answer in answers] == [401] * 20 + [429]
    assert answers[0].headers["ratelimit-limit"] == "20"
    assert (await client.get("/nowhere", headers=_from("203.0.113.5"))).status_code == 429
    # What a client writes in front of its own address is not believed.
    spoofed = {"X-Forwarded-For": "198.51.100.9, 203.0.113.5"}
    assert (await client.get("/api/v1/me", headers=spoofed)).status_code == 429
    assert (await client.get("/api/v1/me", headers=_from("203.0.113.6"))).status_code == 401
    assert (await client.get("/healthz", headers=_from("203.0.113.5"))).status_code == 200


class TestWithoutRedis:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"redis_url": SecretStr("redis://127.0.0.1:9/0")})

    async def test_limits_hold_per_process(self, client: httpx.AsyncClient, database: Database) -> None:
        headers = {**await auth_headers(client, database), **_from("203.0.113.1")}
        codes = [(await client.get("/api/v1/me", headers=headers)).status_code for _ in range(7)]
        assert codes == [200] * 5 + [429] * 2
        anonymous = [(await client.get("/api/v1/me", headers=_from("203.0.113.2"))).status_code for _ in range(21)]
        assert anonymous == [401] * 20 + [429]
