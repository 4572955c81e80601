"""The Celery application: `celery -A billing.worker worker --pool threads`, and beat.

Tasks are plain coroutines on one event loop per process; Celery's threads only wait for them. So a worker keeps one
database pool and one set of HTTP connections, however many tasks it runs at a time. What a task leads to next is
worked on by the same worker without asking the broker, as long as it is not busy.
"""

import asyncio
import logging
import threading
from typing import Any

import structlog
import uvloop
from celery import Celery, Task
from celery.signals import setup_logging, worker_shutdown

from billing import maintenance
from billing.chores import CHORES, TASKS
from billing.kit.container import Container
from billing.kit.tasks import CeleryQueue, LocalFirstQueue, Message, TaskFunction
from billing.settings import Settings
from billing.wiring import build_container, celery_app, close_container
from service_kit.logs import configure_logging

_HANDS = 16
_DRAIN_SECONDS = 8.0


class Runtime:
    """One event loop in a thread of its own, and the container whose connections live on it."""

    def __init__(self, settings: Settings, app: Celery) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._container: Container | None = None
        self._queue = LocalFirstQueue(CeleryQueue(app), self._follow, hands=_HANDS)

    def _start(self) -> tuple[asyncio.AbstractEventLoop, Container]:
        with self._lock:
            if self._loop is None or self._container is None:
                loop = uvloop.new_event_loop()
                threading.Thread(target=loop.run_forever, name="tasks", daemon=True).start()
                self._container = asyncio.run_coroutine_threadsafe(self._build(), loop).result()
                self._loop = loop
            return self._loop, self._container

    async def _build(self) -> Container:
        container = build_container(self._settings, queue=self._queue, worker=True)
        container.put(maintenance.Chores, CHORES)
        return container

    def run(self, function: TaskFunction, *args: str) -> None:
        loop, container = self._start()
        asyncio.run_coroutine_threadsafe(self._bound(function, container, args), loop).result()

    async def _bound(self, function: TaskFunction, container: Container, args: tuple[str, ...]) -> None:
        with structlog.contextvars.bound_contextvars(task=getattr(function, "__qualname__", "task")):
            await function(container, *args)

    async def _follow(self, message: Message) -> None:
        assert self._container is not None
        await self._bound(TASKS[message.task], self._container, message.args)

    def stop(self) -> None:
        if self._loop is not None and self._container is not None:
            asyncio.run_coroutine_threadsafe(self._close(self._container), self._loop).result(timeout=20)
            self._loop.call_soon_threadsafe(self._loop.stop)

    async def _close(self, container: Container) -> None:
        await self._queue.drain(_DRAIN_SECONDS)
        await close_container(container)


def register(app: Celery, runtime: Runtime) -> None:
    for name, function in TASKS.items():

        def body(_: Task, *args: str, function: TaskFunction = function) -> None:
            runtime.run(function, *args)

        app.task(body, name=name, bind=True)


def build(settings: Settings) -> Celery:
    celery = celery_app(settings)
    runtime = Runtime(settings, celery)
    register(celery, runtime)
    sweep_every = settings.sweep_interval.total_seconds()
    celery.conf.beat_schedule = {
        # A sweep that could not start in its interval is dropped: the next one finds the same rows.
        "sweep": {"task": maintenance.SWEEP_TASK, "schedule": sweep_every, "options": {"expires": sweep_every * 2}},
        "partitions": {"task": maintenance.PARTITIONS_TASK, "schedule": 3600.0, "options": {"expires": 3600}},
        "tidy": {"task": maintenance.TIDY_TASK, "schedule": 3600.0, "options": {"expires": 3600}},
    }

    def stop(**_: Any) -> None:
        runtime.stop()

    worker_shutdown.connect(stop, weak=False)
    return celery


def configure(**_: Any) -> None:
    """Take over Celery's logging, so that a worker writes the same JSON as the API."""
    configure_logging("billing-worker", level=SETTINGS.log_level)
    # Two lines for each message that only say it came and went; the tasks themselves say what they did.
    for name in ("celery.worker.strategy", "celery.app.trace"):
        logging.getLogger(name).setLevel(logging.WARNING)


SETTINGS = Settings()
setup_logging.connect(configure, weak=False)
app = build(SETTINGS)
