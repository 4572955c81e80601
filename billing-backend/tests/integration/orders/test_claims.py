"""A step has one holder at a time; whoever lost it can change nothing any more."""

import asyncio
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.kit.retry import RetryPolicy
from billing.orders import repository
from billing.orders.actions.claim_step import Claim, claim_step
from billing.orders.actions.finish_step import finish_step
from billing.orders.models import FulfillmentAttempt, FulfillmentStep, StepStatus
from billing.orders.outcomes import Done, Later, Outcome
from service_kit.clock import FixedClock
from tests.factories_orders import make_stuck_step

LEASE = timedelta(seconds=60)
POLICY = RetryPolicy(max_failures=3, first=timedelta(seconds=2), longest=timedelta(minutes=1))


@pytest.fixture
async def step_id(worker: Container, clock: FixedClock) -> uuid.UUID:
    """A step that is due now."""
    stuck = await make_stuck_step(worker)
    async with worker.get(Database).transaction(Subject.system()) as session:
        (await session.get_one(FulfillmentStep, stuck.id)).retry_now(clock.now())
    return stuck.id


async def claim(worker: Container, clock: FixedClock, step_id: uuid.UUID) -> FulfillmentStep | None:
    async with worker.get(Database).transaction(Subject.system()) as session:
        return await claim_step(session, clock, step_id, LEASE)


async def finish(worker: Container, clock: FixedClock, step_id: uuid.UUID, attempt: int, outcome: Outcome) -> bool:
    async with worker.get(Database).transaction(Subject.system()) as session:
        step = await session.get_one(FulfillmentStep, step_id)
        claim = Claim(step.order_id, step_id, attempt)
        return await finish_step(session, clock, POLICY, claim, outcome) is not None


async def load(worker: Container, step_id: uuid.UUID) -> FulfillmentStep:
    async with worker.get(Database).transaction(Subject.system()) as session:
        return await session.get_one(FulfillmentStep, step_id)


async def test_of_ten_claims_at_once_one_wins(worker: Container, clock: FixedClock, step_id: uuid.UUID) -> None:
    claims = await asyncio.gather(*(claim(worker, clock, step_id) for _ in range(10)))
    held = [step for step in claims if step is not None]
    assert [step.attempts for step in held] == [1]
    step = await load(worker, step_id)
    assert (step.status, step.lease_until) == (StepStatus.RUNNING, clock.now() + LEASE)


async def test_a_lease_that_ran_out_lets_another_one_in_and_the_first_one_out(
    worker: Container, clock: FixedClock, step_id: uuid.UUID
) -> None:
    assert await claim(worker, clock, step_id) is not None
    clock.advance(LEASE)
    assert await claim(worker, clock, step_id) is None, "the lease ends after its time, not with it"
    clock.advance(timedelta(seconds=1))
    second = await claim(worker, clock, step_id)
    assert second is not None
    assert second.attempts == 2
    assert await finish(worker, clock, step_id, 1, Done({"from": "the past"})) is False
    assert (await load(worker, step_id)).status is StepStatus.RUNNING
    assert await finish(worker, clock, step_id, 2, Done({"from": "the present"})) is True
    done = await load(worker, step_id)
    assert (done.status, done.result) == (StepStatus.DONE, {"from": "the present"})
    assert await finish(worker, clock, step_id, 2, Later("late", "again")) is False
    assert await claim(worker, clock, step_id) is None


async def test_the_sweep_finds_what_is_due_and_what_was_left(
    worker: Container, clock: FixedClock, step_id: uuid.UUID
) -> None:
    async def found(settle: timedelta = timedelta()) -> list[uuid.UUID]:
        now = clock.now()
        async with worker.get(Database).transaction(Subject.system()) as session:
            return await repository.list_due_steps(session, now=now, settled=now - settle, limit=10)

    assert await found() == [step_id]
    assert await found(timedelta(seconds=5)) == [], "a message is on its way"
    await claim(worker, clock, step_id)
    assert await found() == []
    clock.advance(LEASE + timedelta(seconds=1))
    assert await found() == [step_id]
    await claim(worker, clock, step_id)
    await finish(worker, clock, step_id, 2, Later("down", "no answer", after=timedelta(minutes=5)))
    assert await found() == []
    clock.advance(timedelta(minutes=5))
    assert await found() == [step_id]


async def test_every_attempt_is_written_down(worker: Container, clock: FixedClock, step_id: uuid.UUID) -> None:
    for number in (1, 2, 3):
        assert await claim(worker, clock, step_id) is not None
        clock.advance(timedelta(seconds=1))
        assert await finish(worker, clock, step_id, number, Later("down", f"try {number}", after=timedelta(seconds=1)))
        clock.advance(timedelta(seconds=1))
    async with worker.get(Database).transaction(Subject.system()) as session:
        rows = list(await session.scalars(select(FulfillmentAttempt).order_by(FulfillmentAttempt.id)))
    assert [(row.number, row.outcome, row.error) for row in rows] == [
        (1, "waiting", "try 1"),
        (2, "waiting", "try 2"),
        (3, "needs_attention", "try 3"),
    ]
    assert all((row.finished_at - row.started_at).total_seconds() == 1 for row in rows if row.finished_at)
