"""Refresh tokens: each works once, and a second use ends the session."""

import asyncio
from datetime import timedelta

import httpx
from sqlalchemy import select
from tests.factories_accounts import Tokens, log_in, make_user, tokens_of

from billing.accounts.models import RefreshToken, RevokeReason, User, UserSession
from billing.accounts.tasks import tidy
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from service_kit.clock import FixedClock


async def _refresh(client: httpx.AsyncClient, token: str) -> httpx.Response:
    return await client.post("/api/v1/auth/refresh", json={"refresh_token": token})


async def _me(client: httpx.AsyncClient, tokens: Tokens) -> httpx.Response:
    return await client.get("/api/v1/me", headers=tokens.headers)


async def test_a_refresh_gives_a_new_pair_of_the_same_session(
    client: httpx.AsyncClient, database: Database, clock: FixedClock
) -> None:
    user = await make_user(database)
    first = await log_in(client, user.email)
    clock.advance(timedelta(minutes=16))
    assert (await _me(client, first)).json()["code"] == "access_token_invalid"
    second = tokens_of(await _refresh(client, first.refresh))
    assert second.refresh != first.refresh
    assert (await _me(client, second)).status_code == 200
    async with database.transaction(Subject.system()) as session:
        [opened] = (await session.execute(select(UserSession))).scalars()
        old, new = (await session.execute(select(RefreshToken).order_by(RefreshToken.id))).scalars()
    assert opened.last_seen_at == clock.now()
    assert (old.used_at, old.replaced_by, new.used_at) == (clock.now(), new.id, None)
    assert {old.session_id, new.session_id} == {opened.id}


async def test_a_reused_token_ends_the_session_for_both_parties(client: httpx.AsyncClient, database: Database) -> None:
    user = await make_user(database)
    stolen = await log_in(client, user.email)
    other_device = await log_in(client, user.email)
    thief = tokens_of(await _refresh(client, stolen.refresh))
    assert (await _me(client, thief)).status_code == 200

    reuse = await _refresh(client, stolen.refresh)
    assert (reuse.status_code, reuse.json()["code"]) == (401, "refresh_token_reused")
    assert (await _me(client, thief)).json()["code"] == "session_ended"
    assert (await _refresh(client, thief.refresh)).json()["code"] == "refresh_token_invalid"
    assert (await _me(client, other_device)).status_code == 200
    async with database.transaction(Subject.system()) as session:
        revoked = select(UserSession.revoked_reason).where(UserSession.revoked_at.is_not(None))
        assert (await session.execute(revoked)).scalars().all() == [RevokeReason.REFRESH_REUSED]


async def test_two_simultaneous_uses_have_one_winner_and_no_survivor(
    client: httpx.AsyncClient, database: Database
) -> None:
    user = await make_user(database)
    tokens = await log_in(client, user.email)
    answers = await asyncio.gather(*(_refresh(client, tokens.refresh) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 401]
    [winner] = [tokens_of(answer) for answer in answers if answer.status_code == 200]
    assert (await _me(client, winner)).json()["code"] == "session_ended"
    assert (await _refresh(client, winner.refresh)).json()["code"] == "refresh_token_invalid"


async def test_tokens_end_after_seven_days_without_use(
    client: httpx.AsyncClient, database: Database, clock: FixedClock
) -> None:
    user = await make_user(database)
    tokens = await log_in(client, user.email)
    clock.advance(timedelta(days=6, hours=23))
    tokens = tokens_of(await _refresh(client, tokens.refresh))
    clock.advance(timedelta(days=7))
    answer = await _refresh(client, tokens.refresh)
    assert (answer.status_code, answer.json()["code"]) == (401, "refresh_token_invalid")


async def test_made_up_tokens_and_closed_accounts_get_nothing(client: httpx.AsyncClient, database: Database) -> None:
    assert (await _refresh(client, "nrt_made-up")).json()["code"] == "refresh_token_invalid"
    assert (await _refresh(client, "nrt_\x00")).status_code == 422
    user = await make_user(database)
    tokens = await log_in(client, user.email)
    async with database.transaction(Subject.system()) as session:
        (await session.get_one(User, user.id)).is_active = False
    assert (await _refresh(client, tokens.refresh)).json()["code"] == "refresh_token_invalid"


async def test_old_sessions_and_tokens_are_tidied_away(
    client: httpx.AsyncClient, container: Container, database: Database, worker: Container, clock: FixedClock
) -> None:
    user = await make_user(database)
    tokens = await log_in(client, user.email)
    await _refresh(client, tokens.refresh)
    clock.advance(timedelta(days=59))
    fresh = await log_in(client, user.email)
    assert await tidy(worker) == 0
    clock.advance(timedelta(days=9))
    assert await tidy(worker) > 0
    async with database.transaction(Subject.system()) as session:
        left = (await session.execute(select(UserSession.id))).scalars().all()
        kept = (await session.execute(select(RefreshToken.session_id))).scalars().all()
    assert len(left) == 1
    assert list(kept) == list(left)
    assert fresh.refresh
