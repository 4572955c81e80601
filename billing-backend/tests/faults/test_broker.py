"""A broker that is dead or hangs costs whoever publishes next to nothing; a full one gets nothing twice."""

import asyncio
import signal
import time
from collections.abc import Iterator

import pytest
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


@pytest.fixture
def celery_queue(settings: Settings, broker: RedisServer) -> CeleryQueue:
    changed = settings.model_copy(update={"broker_url": SecretStr(broker.url())})
    return CeleryQueue(celery_app(changed), pause=PAUSE)


async def seconds_of(queue: CeleryQueue, times: int) -> float:
    """Publish so many times at once; return how long that took."""
    began = time.monotonic()
    await asyncio.gather(*(queue.publish([MESSAGE]) for _ in range(times)))
    return time.monotonic() - began


async def test_a_dead_broker_is_given_up_at_once_and_found_again(
    celery_queue: CeleryQueue, broker: RedisServer
) -> None:
    await celery_queue.publish([MESSAGE, MESSAGE])
    assert await celery_queue.backlog() == 2
    broker.kill()
    assert await seconds_of(celery_queue, 40) < 3
    assert await celery_queue.backlog() == 0
    broker.start()
    await asyncio.sleep(PAUSE)
    await celery_queue.publish([MESSAGE])
    assert await celery_queue.backlog() == 1


async def test_of_many_one_waits_for_a_broker_that_hangs(celery_queue: CeleryQueue, broker: RedisServer) -> None:
    await celery_queue.publish([MESSAGE])
    assert broker.process is not None
    broker.process.signal(signal.SIGSTOP)
    try:
        # The first ones can't know; nobody after them waits.
        assert await seconds_of(celery_queue, 40) < 9
        assert await seconds_of(celery_queue, 40) < 1
    finally:
        broker.process.signal(signal.SIGCONT)
    await asyncio.sleep(PAUSE)
    await celery_queue.publish([MESSAGE])
    assert await celery_queue.backlog() > 1


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
