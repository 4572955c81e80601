"""Only who holds a usable key's secret is answered, and nobody else learns why not."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select
from tests.factories_licenses import USAGE, VALIDATE, SignedCaller, make_caller, make_key, make_license

from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.kit.ratelimit import RateLimiter, Rule
from billing.licenses.models import ApiKey, KeyPermission
from billing.settings import Settings
from billing_client.signing import KEY_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER
from service_kit.clock import FixedClock

QUESTION = {"license_key": "NP-7K3M-9QRT-4WXY", "feature": "create_database"}


def assert_refused(answer: httpx.Response) -> None:
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("NextPanel-HMAC")
    assert answer.json() == {
        "type": "urn:nextpanel:problem:signature_invalid",
        "title": "The signature is missing, wrong or out of date",
        "status": 401,
        "detail": "The signature is missing, wrong or out of date",
        "code": "signature_invalid",
    }


@pytest.fixture
async def caller(container: Container, client: httpx.AsyncClient) -> SignedCaller:
    return await make_caller(container, client, await make_license(container))


async def test_without_headers(client: httpx.AsyncClient) -> None:
    for method, path in [
        ("POST", VALIDATE),
        ("POST", "/api/v1/nextpanel/validate"),
        ("POST", USAGE),
        ("PUT", f"{USAGE}/snapshot"),
    ]:
        assert_refused(await client.request(method, path, json=QUESTION))


async def test_forged_with_another_secret_or_an_unknown_key(caller: SignedCaller) -> None:
    secret, key_id = caller.secret, caller.key_id
    caller.secret = "nps_" + "x" * 43
    assert_refused(await caller.send("POST", VALIDATE, QUESTION))
    caller.secret, caller.key_id = secret, "npk_00000000000000000000000000"
    assert_refused(await caller.send("POST", VALIDATE, QUESTION))
    caller.key_id = key_id
    assert (await caller.validate())["code"] == "VALID"


async def test_a_body_changed_on_the_way(caller: SignedCaller) -> None:
    assert_refused(await caller.send("POST", VALIDATE, QUESTION, tamper={"feature": "create_email"}))


@pytest.mark.parametrize("seconds", [-301, 301, -(10**6), 10**6])
async def test_stale_and_future_timestamps(caller: SignedCaller, clock: FixedClock, seconds: int) -> None:
    at = int(clock.now().timestamp()) + seconds
    assert_refused(await caller.send("POST", VALIDATE, QUESTION, timestamp=at))


@pytest.mark.parametrize("seconds", [-300, 300])
async def test_clocks_may_differ_by_five_minutes(caller: SignedCaller, clock: FixedClock, seconds: int) -> None:
    at = int(clock.now().timestamp()) + seconds
    assert (await caller.send("POST", VALIDATE, QUESTION, timestamp=at)).status_code == 200


async def test_a_signature_is_for_one_address(caller: SignedCaller, client: httpx.AsyncClient) -> None:
    genuine = await caller.send("POST", VALIDATE, QUESTION)
    headers = {
        name: genuine.request.headers[name] for name in (KEY_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER, "Content-Type")
    }
    content = genuine.request.content
    assert_refused(await client.post("/api/v1/nextpanel/validate", content=content, headers=headers))
    assert_refused(await client.post(f"{VALIDATE}?x=1", content=content, headers=headers))
    assert (await client.post(VALIDATE, content=content, headers=headers)).status_code == 200


@pytest.mark.parametrize(
    ("header", "value"),
    [
        (SIGNATURE_HEADER, "v1=" + "0" * 64),
        (SIGNATURE_HEADER, "0" * 64),
        (SIGNATURE_HEADER, "v2=" + "0" * 64),
        (TIMESTAMP_HEADER, "now"),
        (TIMESTAMP_HEADER, "-1"),
        (TIMESTAMP_HEADER, "9" * 40),
        (KEY_HEADER, "' OR 1=1 --"),
        (KEY_HEADER, ""),
    ],
)
async def test_malformed_headers(caller: SignedCaller, client: httpx.AsyncClient, header: str, value: str) -> None:
    genuine = (await caller.send("POST", VALIDATE, QUESTION)).request
    headers = {**genuine.headers, header.lower(): value}
    assert_refused(await client.post(VALIDATE, content=genuine.content, headers=headers))


async def test_revoked_and_expired_keys(
    container: Container, client: httpx.AsyncClient, database: Database, clock: FixedClock
) -> None:
    issued = await make_license(container)
    revoked = await make_key(container, issued)
    expiring = await make_key(container, issued, expires_at=clock.now() + timedelta(hours=1))
    callers = [
        SignedCaller(client, clock, created.key.public_id, created.secret, issued.key)
        for created in (revoked, expiring)
    ]
    for caller in callers:
        assert (await caller.validate())["valid"]
    async with database.transaction(Subject.system()) as session:
        (await session.get_one(ApiKey, revoked.key.id)).revoke()
    clock.advance(timedelta(hours=1))
    for caller in callers:
        assert_refused(await caller.send("POST", VALIDATE, QUESTION))


async def test_a_key_does_only_what_it_may(container: Container, client: httpx.AsyncClient, clock: FixedClock) -> None:
    issued = await make_license(container)
    created = await make_key(container, issued, permissions=(KeyPermission.VALIDATE,))
    caller = SignedCaller(client, clock, created.key.public_id, created.secret, issued.key)
    refused = await caller.report("created")
    assert (refused.status_code, refused.json()["code"]) == (403, "key_not_permitted")
    assert (await caller.validate())["remaining_quota"] == 5


async def test_use_is_noted_once_a_minute(
    container: Container, client: httpx.AsyncClient, database: Database, clock: FixedClock
) -> None:
    issued = await make_license(container)
    created = await make_key(container, issued)
    caller = SignedCaller(client, clock, created.key.public_id, created.secret, issued.key)
    seen = []
    for pause in (0, 30, 40):
        clock.advance(timedelta(seconds=pause))
        await caller.validate()
        async with database.transaction(Subject.system()) as session:
            seen.append((await session.get_one(ApiKey, created.key.id)).last_used_at)
    assert seen[0] is not None
    assert seen[1] == seen[0]
    assert seen[2] == clock.now()


async def test_guessing_is_slowed_down_and_does_not_lock_the_owner_out(
    container: Container, caller: SignedCaller, settings: Settings
) -> None:
    secret = caller.secret
    caller.secret = "nps_wrong"
    # A thousand guesses a minute are let be; all but two of them are counted here at once.
    await use_up(container, "bad_signature", settings.rate_limit_per_ip, "127.0.0.1", left=2)
    answers = [await caller.send("POST", VALIDATE, QUESTION) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [401, 401, 429]
    caller.secret = secret
    assert (await caller.validate())["code"] == "VALID"


async def test_each_key_has_its_own_limit(
    container: Container, client: httpx.AsyncClient, database: Database, caller: SignedCaller, settings: Settings
) -> None:
    async with database.transaction(Subject.system()) as session:
        key = (await session.scalars(select(ApiKey).where(ApiKey.public_id == caller.key_id))).one()
    limit = settings.rate_limit_per_api_key
    await use_up(container, "api_key", limit, str(key.id), left=1)
    last = await caller.send("POST", VALIDATE, QUESTION)
    assert (last.headers["RateLimit-Limit"], last.headers["RateLimit-Remaining"]) == (str(limit), "0")
    limited = await caller.send("POST", VALIDATE, QUESTION)
    assert (limited.status_code, limited.json()["code"]) == (429, "rate_limited")
    assert int(limited.headers["Retry-After"]) >= 1
    other = await make_caller(container, client, await make_license(container))
    assert (await other.validate())["code"] == "VALID"


async def use_up(container: Container, rule: str, limit: int, subject: str, *, left: int) -> None:
    await container.get(RateLimiter).enforce(Rule(rule, limit), subject, cost=limit - left)
