"""Sessions: their list, their end, and that an ended one is refused at once, with and without Redis."""

import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest
import redis.asyncio as aioredis
from pydantic import SecretStr
from sqlalchemy import select, update
from tests.factories_accounts import auth_headers, log_in, make_user

from billing.accounts.models import RevokeReason, User, UserSession
from billing.accounts.permissions import Role
from billing.accounts.session_cache import BELIEVED_FOR, LiveSession, SessionCache
from billing.app import create_app
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.kit.redis_guard import GuardedRedis
from billing.kit.tasks import RecordingQueue
from billing.kit.tokens import TokenSigner
from billing.settings import Settings
from billing.wiring import build_container, close_container
from service_kit.clock import FixedClock
from testkit.redis import RedisServer, redis_server


@dataclass
class House:
    """An application with a Redis of its own, to be killed."""

    client: httpx.AsyncClient
    container: Container
    redis: RedisServer

    @property
    def database(self) -> Database:
        return self.container.get(Database)


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest.fixture
async def house(
    settings: Settings, clock: FixedClock, queue: RecordingQueue, own_redis: RedisServer
) -> AsyncIterator[House]:
    url = SecretStr(own_redis.url())
    container = build_container(settings.model_copy(update={"redis_url": url}), clock=clock, queue=queue)
    transport = httpx.ASGITransport(app=create_app(container), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://billing.test") as client:
        yield House(client, container, own_redis)
    await close_container(container)


async def test_log_out_ends_this_session_only(client: httpx.AsyncClient, database: Database) -> None:
    user = await make_user(database)
    phone, desk = await log_in(client, user.email), await log_in(client, user.email)
    for tokens in (phone, desk):
        assert (await client.get("/api/v1/me", headers=tokens.headers)).status_code == 200
    assert (await client.post("/api/v1/auth/logout", headers=phone.headers)).status_code == 204
    refused = await client.get("/api/v1/me", headers=phone.headers)
    assert (refused.status_code, refused.json()["code"]) == (401, "session_ended")
    assert (await client.post("/api/v1/auth/refresh", json={"refresh_token": phone.refresh})).status_code == 401
    assert (await client.get("/api/v1/me", headers=desk.headers)).status_code == 200


async def test_log_out_everywhere(client: httpx.AsyncClient, database: Database) -> None:
    user, other = await make_user(database), await make_user(database)
    devices = [await log_in(client, user.email) for _ in range(3)]
    stranger = await log_in(client, other.email)
    assert (await client.post("/api/v1/auth/logout-all", headers=devices[0].headers)).status_code == 204
    for tokens in devices:
        assert (await client.get("/api/v1/me", headers=tokens.headers)).json()["code"] == "session_ended"
    assert (await client.get("/api/v1/me", headers=stranger.headers)).status_code == 200


async def test_the_list_of_devices_and_the_end_of_one(
    client: httpx.AsyncClient, database: Database, clock: FixedClock
) -> None:
    user = await make_user(database)
    old = await log_in(client, user.email)
    clock.advance(timedelta(days=8))
    client.headers["User-Agent"] = "Phone \x1b[31m é"
    phone = await log_in(client, user.email)
    desk = await log_in(client, user.email)
    first = (await client.get("/api/v1/me/sessions?limit=1", headers=desk.headers)).json()
    assert [item["current"] for item in first["items"]] == [True]
    rest = await client.get(f"/api/v1/me/sessions?cursor={first['next_cursor']}", headers=desk.headers)
    [listed] = rest.json()["items"]
    assert listed["current"] is False
    assert listed["ip"] == "127.0.0.1"
    assert "\x1b" not in listed["user_agent"]
    assert rest.json()["next_cursor"] is None
    ended = await client.delete(f"/api/v1/me/sessions/{listed['id']}", headers=desk.headers)
    assert ended.status_code == 204
    assert (await client.get("/api/v1/me", headers=phone.headers)).json()["code"] == "session_ended"
    again = await client.delete(f"/api/v1/me/sessions/{listed['id']}", headers=desk.headers)
    assert (again.status_code, again.json()["code"]) == (404, "session_not_found")
    assert old.refresh


async def test_somebody_elses_session_does_not_exist(client: httpx.AsyncClient, database: Database) -> None:
    ada, eve = await make_user(database), await make_user(database)
    victim, attacker = await log_in(client, ada.email), await log_in(client, eve.email)
    async with database.transaction(Subject.system()) as session:
        target = (await session.execute(select(UserSession.id).where(UserSession.user_id == ada.id))).scalar_one()
    answer = await client.delete(f"/api/v1/me/sessions/{target}", headers=attacker.headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "session_not_found")
    assert (await client.get("/api/v1/me", headers=victim.headers)).status_code == 200
    async with database.transaction(Subject.customer(eve.id)) as session:
        assert (await session.execute(select(UserSession.id).where(UserSession.user_id == ada.id))).all() == []
        assert (await session.execute(select(User.id))).scalars().all() == [eve.id]
        stolen = update(UserSession).values(revoked_reason=RevokeReason.LOGGED_OUT).returning(UserSession.user_id)
        assert set((await session.execute(stolen)).scalars()) == {eve.id}


async def test_no_valid_token_is_401(client: httpx.AsyncClient) -> None:
    for header in ("", "Bearer", "Bearer x", "Basic YWRhOng=", "Bearer eyJhbGciOiJub25lIn0.e30.", "Bearer \u00e9"):
        headers = [(b"authorization", header.encode("latin-1"))] if header else []
        answer = await client.get("/api/v1/me", headers=headers)
        assert answer.status_code == 401, header
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json()["code"] in {"unauthenticated", "access_token_invalid"}


async def test_tokens_for_others_or_of_strange_content_are_refused(
    client: httpx.AsyncClient, container: Container, database: Database
) -> None:
    user = await make_user(database)
    await log_in(client, user.email)
    async with database.transaction(Subject.system()) as session:
        sid = (await session.execute(select(UserSession.id))).scalar_one()
    signer = container.get(TokenSigner)
    claims = {"sub": str(user.id), "sid": str(sid), "role": "owner"}
    forged = [
        signer.sign(claims, audience="panel-1", lifetime=timedelta(minutes=1)),
        signer.sign({**claims, "sub": str(uuid.uuid4())}, audience="billing-api", lifetime=timedelta(minutes=1)),
        signer.sign({**claims, "sid": "not-a-uuid"}, audience="billing-api", lifetime=timedelta(minutes=1)),
        signer.sign({"sub": str(user.id)}, audience="billing-api", lifetime=timedelta(minutes=1)),
        signer.sign(claims, audience="billing-api", lifetime=timedelta(0)),
    ]
    for token in forged:
        answer = await client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.json()["code"]) == (401, "access_token_invalid")
    # The role in a token counts for nothing: the table's does.
    token = signer.sign(claims, audience="billing-api", lifetime=timedelta(minutes=1))
    own = await client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert own.json()["role"] == "customer"


async def test_a_known_session_costs_no_query(
    client: httpx.AsyncClient, redis: aioredis.Redis, database: Database, clock: FixedClock
) -> None:
    headers = await auth_headers(client, database)
    await client.get("/api/v1/me", headers=headers)
    [key] = [key async for key in redis.scan_iter("session:*")]
    assert 0 < await redis.ttl(key) <= 1800
    async with database.transaction(Subject.system()) as session:
        await session.execute(update(UserSession).values(revoked_reason=None, revoked_at=clock.now()))
    # Changed behind the cache's back, which is how to see that the table was not asked.
    assert (await client.get("/api/v1/me", headers=headers)).status_code == 200


async def test_a_changed_role_is_seen_after_a_minute_at_the_latest(
    client: httpx.AsyncClient, database: Database, clock: FixedClock
) -> None:
    user = await make_user(database, role=Role.SUPPORT)
    tokens = await log_in(client, user.email)
    assert (await client.get("/api/v1/me", headers=tokens.headers)).status_code == 200
    async with database.transaction(Subject.system()) as session:
        (await session.get_one(User, user.id)).is_active = False
    clock.advance(BELIEVED_FOR)
    assert (await client.get("/api/v1/me", headers=tokens.headers)).json()["code"] == "session_ended"


async def test_redis_dies_and_nobody_is_logged_out_or_let_in(house: House) -> None:
    user = await make_user(house.database)
    stays, leaves = await log_in(house.client, user.email), await log_in(house.client, user.email)
    for tokens in (stays, leaves):
        assert (await house.client.get("/api/v1/me", headers=tokens.headers)).status_code == 200
    house.redis.kill()
    assert (await house.client.post("/api/v1/auth/logout", headers=leaves.headers)).status_code == 204
    assert (await house.client.get("/api/v1/me", headers=leaves.headers)).json()["code"] == "session_ended"
    for _ in range(20):
        assert (await house.client.get("/api/v1/me", headers=stays.headers)).status_code == 200
    new = await log_in(house.client, user.email)
    assert (await house.client.get("/api/v1/me", headers=new.headers)).status_code == 200


async def test_redis_comes_back_empty(house: House) -> None:
    user = await make_user(house.database)
    stays, leaves = await log_in(house.client, user.email), await log_in(house.client, user.email)
    await house.client.post("/api/v1/auth/logout", headers=leaves.headers)
    house.redis.kill()
    house.redis.start()
    assert (await house.client.get("/api/v1/me", headers=leaves.headers)).json()["code"] == "session_ended"
    assert (await house.client.get("/api/v1/me", headers=stays.headers)).status_code == 200


async def test_a_stale_alive_cannot_overwrite_a_revocation(redis: aioredis.Redis, clock: FixedClock) -> None:
    cache = SessionCache(
        GuardedRedis(redis, timeout=5), clock, idle=timedelta(minutes=30), tombstone=timedelta(minutes=30)
    )
    sid, live = uuid.uuid4(), LiveSession(uuid.uuid4(), Role.CUSTOMER, clock.now())
    await cache.put(sid, live)
    assert await cache.get(sid) == live
    await cache.distrust(sid)
    await cache.put(sid, live)
    assert await cache.get(sid) is None


async def test_an_entry_that_missed_its_revocation_is_believed_for_a_minute_only(
    redis: aioredis.Redis, clock: FixedClock
) -> None:
    cache = SessionCache(
        GuardedRedis(redis, timeout=5), clock, idle=timedelta(minutes=30), tombstone=timedelta(minutes=30)
    )
    sid, live = uuid.uuid4(), LiveSession(uuid.uuid4(), Role.CUSTOMER, clock.now())
    await cache.put(sid, live)
    clock.advance(BELIEVED_FOR - timedelta(seconds=1))
    assert await cache.get(sid) == live
    clock.advance(timedelta(seconds=1))
    assert await cache.get(sid) is None


async def test_an_entry_nobody_can_read_means_ask_the_table(redis: aioredis.Redis, clock: FixedClock) -> None:
    cache = SessionCache(
        GuardedRedis(redis, timeout=5), clock, idle=timedelta(minutes=30), tombstone=timedelta(minutes=30)
    )
    sid = uuid.uuid4()
    await cache.put(sid, LiveSession(uuid.uuid4(), Role.CUSTOMER, clock.now()))
    [key] = [key async for key in redis.scan_iter("session:*")]
    for strange in ("", "{}", "[]", "not json", '{"user_id": "x", "role": "king", "checked_at": 1}'):
        await redis.set(key, strange)
        assert await cache.get(sid) is None, strange
