"""A broker that is dead or hangs costs whoever publishes next to nothing; a full one gets nothing twice."""

import asyncio
import json
import signal
from collections.abc import Iterator
from typing import cast

import pytest
import redis.asyncio as aioredis
from pydantic import SecretStr

from billing import maintenance
from billing.kit.container import Container
from billing.kit.tasks import CeleryQueue, Message, RecordingQueue
from billing.settings import Settings
from billing.wiring import celery_app
from testkit.redis import RedisServer, redis_server

MESSAGE = Message("orders.run_step", ("1",))
PAUSE = 0.5


@pytest.fixture
def broker() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


def queue_of(settings: Settings, broker: RedisServer, *, pause: float) -> CeleryQueue:
    changed = settings.model_copy(update={"broker_url": SecretStr(broker.url())})
    return CeleryQueue(celery_app(changed), pause=pause)


@pytest.fixture
def celery_queue(settings: Settings, broker: RedisServer) -> CeleryQueue:
    return queue_of(settings, broker, pause=PAUSE)


async def publish(queue: CeleryQueue, times: int, task: str) -> None:
    """Publish so many times at once."""
    await asyncio.gather(*(queue.publish([Message(task, ("1",))]) for _ in range(times)))


async def arrived(broker: RedisServer, task: str) -> int:
    """Return how many messages of a task the broker has."""
    async with aioredis.Redis(port=broker.port) as redis:
        waiting = cast("list[bytes]", await redis.lrange("celery", 0, -1))
    return sum(json.loads(message)["headers"]["task"] == task for message in waiting)


async def test_a_dead_broker_is_given_up_at_once_and_found_again(
    celery_queue: CeleryQueue, settings: Settings, broker: RedisServer
) -> None:
    await celery_queue.publish([MESSAGE, MESSAGE])
    assert await celery_queue.backlog() == 2
    broker.kill()
    resting = queue_of(settings, broker, pause=3600)
    for queue in (celery_queue, resting):
        await publish(queue, 40, "lost")
        assert await queue.backlog() == 0
    broker.start()
    await publish(resting, 40, "early")
    assert await arrived(broker, "early") == 0, "nobody tries until the pause is over"
    await asyncio.sleep(PAUSE)
    await celery_queue.publish([MESSAGE])
    assert await celery_queue.backlog() == 1


async def test_a_broker_that_hangs_is_left_alone_for_a_while(settings: Settings, broker: RedisServer) -> None:
    resting = queue_of(settings, broker, pause=3600)
    await resting.publish([MESSAGE])
    assert broker.process is not None
    broker.process.signal(signal.SIGSTOP)
    try:
        # The first ones can't know.
        await publish(resting, 40, "first")
        await publish(resting, 40, "later")
    finally:
        broker.process.signal(signal.SIGCONT)
    mended = queue_of(settings, broker, pause=PAUSE)
    await mended.publish([MESSAGE])
    assert await mended.backlog() > 1
    assert await arrived(broker, "later") == 0


@pytest.mark.parametrize(
    ("waiting", "swept"), [(maintenance.MOST_WAITING, True), (maintenance.MOST_WAITING + 1, False)]
)
async def test_workers_that_are_behind_get_nothing_a_second_time(
    worker: Container, queue: RecordingQueue, waiting: int, swept: bool
) -> None:
    looked: list[Container] = []

    async def look(container: Container) -> int:
        looked.append(container)
        return 0

    worker.put(maintenance.Chores, maintenance.Chores(sweeps={"one": look}, tidies={}))
    await queue.publish([MESSAGE] * waiting)
    await maintenance.sweep(worker)
    assert looked == [worker] * swept
