"""Work on fulfillment steps: claim, act outside any transaction, write down what came of it.

The transaction that ends a step claims the one that builds on it, so that an order is delivered in one go; whoever dies
in between leaves a lease that runs out, as always.
"""

import asyncio
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import structlog
from sqlalchemy import bindparam, select

from billing.accounts.models import User
from billing.flows.purchase.alert import alert_staff
from billing.flows.purchase.context import StepContext, StepDefinition
from billing.kit.container import Container
from billing.kit.db import Database, Session, Subject
from billing.kit.live import LiveHints
from billing.kit.retry import RetryPolicy
from billing.notifications.models import NotificationKind
from billing.notifications.portal import notify
from billing.orders import repository as orders
from billing.orders.actions.claim_step import Claim, claim_step, claim_woken_step
from billing.orders.actions.finish_step import RUN_TASK, Finished, finish_step
from billing.orders.models import FulfillmentStep, Order, OrderStatus, StepKind, StepStatus
from billing.orders.outcomes import Later, Outcome
from billing.orders.service import live_channel
from billing.settings import Settings
from service_kit.clock import Clock
from service_kit.logs import get_logger, mask

log = get_logger(__name__)

Definitions = Mapping[StepKind, StepDefinition]

_KIND = select(FulfillmentStep.kind).where(FulfillmentStep.id == bindparam("step_id"))
_ORDER_AND_USER = select(Order, User).join(User, User.id == Order.user_id).where(Order.id == bindparam("order_id"))


class StepRunner:
    """Runs steps by their definitions; the composition root makes one per process."""

    def __init__(self, container: Container, definitions: Definitions) -> None:
        self._container = container
        self._definitions = definitions
        self._database = container.get(Database)
        self._clock = container.get(Clock)
        self._hints = container.get(LiveHints)
        settings = container.get(Settings)
        self._margin = settings.step_lease_margin
        self._policy = RetryPolicy(
            settings.step_max_failures, settings.step_first_backoff, settings.step_longest_backoff
        )

    async def run(self, step_id: uuid.UUID) -> None:
        """Work on the step if it is due, then on what follows from it.

        Whatever a handler raises becomes a retry, never an exception here.
        """
        context = await self._claim(step_id)
        while context is not None:
            await self._hints.publish(live_channel(context.order.id))
            with structlog.contextvars.bound_contextvars(order_id=str(context.order.id), step=context.step.kind.value):
                following = await self._work(context)
            if following is None:
                await self._hints.publish(live_channel(context.order.id))
            context = following

    async def _claim(self, step_id: uuid.UUID) -> StepContext | None:
        async with self._database.transaction(Subject.system()) as session:
            kind = (await session.execute(_KIND, {"step_id": step_id})).scalar_one_or_none()
            if kind is None:
                return None
            step = await claim_step(session, self._clock, step_id, self._lease(kind))
            if step is None:
                return None
            order, user = (await session.execute(_ORDER_AND_USER, {"order_id": step.order_id})).one()
            items = await orders.items_of(session, order.id)
            return StepContext(container=self._container, step=step, order=order, items=items, user=user)

    async def _work(self, context: StepContext) -> StepContext | None:
        """Bring about the step's effect and end it; return the next step if this worker has claimed it as well."""
        claim = Claim.on(context.step)
        outcome = await self._act(context)
        async with self._database.transaction(Subject.system()) as session:
            finished = await finish_step(session, self._clock, self._policy, claim, outcome)
            following = await self._follow(session, context, finished) if finished is not None else None
        held = finished is not None
        log.info("step worked on", attempt=claim.attempt, outcome=type(outcome).__name__, held=held)
        return following

    async def _follow(self, session: Session, context: StepContext, finished: Finished) -> StepContext | None:
        if finished.step.status is StepStatus.NEEDS_ATTENTION:
            await alert_staff(session, self._container.get(Settings), finished.order, finished.step)
        if finished.order.status is OrderStatus.FULFILLED:
            await notify(
                session,
                key=f"order-fulfilled:{finished.order.id}",
                kind=NotificationKind.ORDER_FULFILLED,
                user_id=finished.order.user_id,
                data={"order_number": finished.order.number},
                path=f"/orders/{finished.order.id}",
            )
        if not finished.woken:
            return None
        step, *others = finished.woken
        for other in others:
            session.enqueue(RUN_TASK, str(other.id))
        await claim_woken_step(session, self._clock, step, self._lease(step.kind))
        return replace(context, step=step, order=finished.order, items=finished.items)

    def _lease(self, kind: StepKind) -> timedelta:
        return self._definitions[kind].timeout + self._margin

    async def _act(self, context: StepContext) -> Outcome:
        definition = self._definitions[context.step.kind]
        try:
            async with asyncio.timeout(definition.timeout.total_seconds()):
                return await definition.handle(context)
        except TimeoutError:
            return Later("timeout", f"no answer within {definition.timeout.total_seconds():.0f} s")
        except Exception as error:
            log.exception("step failed unexpectedly")
            return Later("unexpected_error", str(mask(f"{type(error).__name__}: {error}"))[:2000])
