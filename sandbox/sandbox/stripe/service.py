"""The Stripe stand-in as one object: runs operations in transactions, sends what they cause, follows the
clock.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sandbox.core.context import Context
from sandbox.stripe import jobs
from sandbox.stripe.catalog import RESOURCES
from sandbox.stripe.delivery import Dispatcher
from sandbox.stripe.idempotency import IdempotencyKeys
from sandbox.stripe.objects import refunds, webhook_endpoints
from sandbox.stripe.objects.subscriptions import cancel
from sandbox.stripe.work import Work

_log = logging.getLogger(__name__)

_TICK = 5.0
_JOBS = {"expire_subscription": cancel.expire, "settle_refund": refunds.settle}


class StripeService:
    """Made once per process; `running()` surrounds the life of the server."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.dispatcher = Dispatcher(context)
        self.keys = IdempotencyKeys(context.store)
        context.reset_hooks.append(self._register_configured_endpoint)
        context.advance_hooks.append(self.run_due_jobs)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Register the configured endpoint, deliver, and run what falls due."""
        self._register_configured_endpoint()
        await self.dispatcher.start()
        ticker = asyncio.create_task(self._tick())
        try:
            yield
        finally:
            ticker.cancel()
            await asyncio.gather(ticker, return_exceptions=True)
            await self.dispatcher.stop()

    def work(self, *, request_id: str | None = None, idempotency_key: str | None = None) -> Work:
        """A unit of work; use it inside `context.store.transaction()`."""
        return Work(self.context, RESOURCES, request_id=request_id, idempotency_key=idempotency_key)

    def run_due_jobs(self) -> None:
        """Do everything whose virtual time has come, one transaction each."""
        for job in jobs.due(self.work()):
            with self.context.store.transaction():
                work = self.work()
                work.store.delete(jobs.JOBS, job["id"])
                _JOBS[job["kind"]](work, job["subject"])
            self.dispatcher.enqueue(work.deliveries)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK)
            try:
                self.run_due_jobs()
            except Exception:  # noqa: BLE001 - one broken job must not stop the clock
                _log.exception("a job that fell due failed; it is tried again")

    def _register_configured_endpoint(self) -> None:
        settings = self.context.settings
        if settings.stripe_webhook_url is None or settings.stripe_webhook_secret is None:
            return
        with self.context.store.transaction():
            webhook_endpoints.register_configured(
                self.work(), settings.stripe_webhook_url, settings.stripe_webhook_secret
            )
