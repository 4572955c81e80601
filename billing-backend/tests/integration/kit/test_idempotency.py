"""A key does its thing once: the second caller waits for the first and sees what came of it."""

import asyncio
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import text

from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.kit.idempotency import IdempotencyMismatch, claim, find
from billing.maintenance import KEEP_IDEMPOTENCY, forget_idempotency_keys
from service_kit.clock import FixedClock

KEY = {"scope": "user:1", "operation": "orders.create", "key": "k", "body_hash": "h"}


async def take(database: Database, resource: uuid.UUID, *, hold: asyncio.Event | None = None) -> tuple[object, bool]:
    """Claim the key, wait for `hold`, and note `resource` if nobody has yet; return what the record says."""
    async with database.transaction(Subject.system()) as session:
        record, new = await claim(session, **KEY)
        if hold is not None:
            await hold.wait()
        if record.resource_id is None:
            record.resource_id = resource
        return record.resource_id, new


async def test_the_second_caller_waits_and_gets_what_the_first_made(database: Database) -> None:
    first, second, hold = uuid.uuid4(), uuid.uuid4(), asyncio.Event()
    holder = asyncio.create_task(take(database, first, hold=hold))
    await asyncio.sleep(0.1)
    waiting = asyncio.create_task(take(database, second))
    await asyncio.sleep(0.2)
    assert not waiting.done()
    hold.set()
    assert await holder == (first, True)
    assert await waiting == (first, False)


async def test_a_first_caller_that_fails_leaves_the_key_to_the_second(database: Database) -> None:
    async def fail() -> None:
        async with database.transaction(Subject.system()) as session:
            await claim(session, **KEY)
            raise RuntimeError("after the claim")

    with pytest.raises(RuntimeError, match="after the claim"):
        await fail()
    made = uuid.uuid4()
    assert await take(database, made) == (made, True)


async def test_another_request_under_the_same_key_is_refused(database: Database) -> None:
    await take(database, uuid.uuid4())
    for ask in (claim, find):
        with pytest.raises(IdempotencyMismatch):
            async with database.transaction(Subject.system()) as session:
                await ask(session, **{**KEY, "body_hash": "another"})


@pytest.mark.parametrize("member", ["scope", "operation", "key"])
async def test_keys_of_others_and_other_operations_are_other_keys(database: Database, member: str) -> None:
    await take(database, uuid.uuid4())
    async with database.transaction(Subject.system()) as session:
        assert await find(session, **{**KEY, member: "another", "body_hash": "another"}) is None
        _, new = await claim(session, **{**KEY, member: "another", "body_hash": "another"})
    assert new


async def test_keys_are_forgotten_when_nobody_will_send_them_again(worker: Container, clock: FixedClock) -> None:
    database = worker.get(Database)
    await take(database, uuid.uuid4())
    assert await forget_idempotency_keys(worker) == 0
    old = clock.now() - KEEP_IDEMPOTENCY - timedelta(minutes=1)
    async with database.transaction(Subject.system()) as session:
        await session.execute(text("UPDATE idempotency_records SET created_at = :old"), {"old": old})
    assert await forget_idempotency_keys(worker) == 1
    assert await take(database, made := uuid.uuid4()) == (made, True)
