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
from sandbox.stripe.limits import RateLimits
from sandbox.stripe.objects import discounts, refunds, tax_ids, test_clocks, webhook_endpoints
from sandbox.stripe.objects.disputes import life as disputes
from sandbox.stripe.objects.subscriptions import subscription_jobs
from sandbox.stripe.payments import attempt
from sandbox.stripe.work import TEST_CLOCKS, Work

_log = logging.getLogger(__name__)

_TICK = 5.0
_LATER = 3600
_JOBS = {
    "end_discount": discounts.release,
    "expire_dispute": disputes.expire,
    **subscription_jobs.JOBS,
    "delete_test_clock": test_clocks.expire,
    "settle_payment": attempt.settle,
    "settle_refund": refunds.settle,
    "verify_tax_id": tax_ids.verify,
}


class StripeService:
    """Made once per process; `running()` surrounds the life of the server."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.dispatcher = Dispatcher(context)
        self.keys = IdempotencyKeys(context.store)
        self.limits = RateLimits(context.settings.stripe_rate_limit)
        context.reset_hooks.append(self.limits.reset)
        context.restore_hooks.append(self.dispatcher.take_up)
        context.reset_hooks.append(self._register_configured_endpoint)
        context.advance_hooks.extend((self.run_due_jobs, self.dispatcher.clock_moved))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Register the configured endpoint, deliver, and run what falls due."""
        self._register_configured_endpoint()
        await self.dispatcher.start()
        self.run_due_jobs()
        self.advance_test_clocks()
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
        """Do everything whose virtual time has come, earliest first, one transaction each, at its own time."""
        self._run_until(self.context.clock.now(), None)

    def advance_test_clocks(self) -> None:
        """Bring every test clock that is under way to its target and tell that it is ready."""
        for clock in self.context.store.scan(f"stripe_{TEST_CLOCKS}"):
            if clock["status"] != "advancing":
                continue
            self._run_until(clock["status_details"]["advancing"]["target_frozen_time"], clock["id"])
            with self.context.store.transaction():
                work = self.work()
                test_clocks.arrive(work, clock["id"])
            self.dispatcher.enqueue(work.deliveries)

    def _run_until(self, now: int, clock: str | None) -> None:
        while (job := jobs.next_due(self.context.store, now, clock)) is not None:
            deliveries: list[str] = []
            try:
                with self.context.store.transaction():
                    work = Work(self.context, RESOURCES, at=job["due_at"], clock=clock)
                    work.store.delete(jobs.JOBS, job["id"])
                    _JOBS[job["kind"]](work, job["subject"])
                    deliveries = work.deliveries
            except Exception:  # noqa: BLE001 - one broken job must not stop the clock
                _log.exception("a job that fell due failed; it is tried again an hour later", extra={"job": job["id"]})
                with self.context.store.transaction():
                    work = Work(self.context, RESOURCES, at=job["due_at"], clock=clock)
                    jobs.plan(work, job["kind"], job["subject"], job["due_at"] + _LATER)
            self.dispatcher.enqueue(deliveries)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK)
            self.run_due_jobs()

    def _register_configured_endpoint(self) -> None:
        settings = self.context.settings
        if settings.stripe_webhook_url is None or settings.stripe_webhook_secret is None:
            return
        with self.context.store.transaction():
            webhook_endpoints.register_configured(
                self.work(), settings.stripe_webhook_url, settings.stripe_webhook_secret
            )
