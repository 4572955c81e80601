"""Work on one fulfillment step: claim, act outside any transaction, write down what came of it."""

import asyncio
import uuid
from collections.abc import Mapping

import structlog
from sqlalchemy import select

from billing.accounts.models import User
from billing.flows.purchase.alert import alert_staff
from billing.flows.purchase.context import StepContext, StepDefinition
from billing.kit.container import Container
from billing.kit.db import Database, Session, Subject
from billing.kit.live import LiveHints
from billing.orders import repository as orders
from billing.orders.actions.claim_step import claim_step
from billing.orders.actions.finish_step import RetryPolicy, finish_step
from billing.orders.models import FulfillmentStep, OrderItem, StepKind
from billing.orders.outcomes import Later, Outcome
from billing.orders.service import live_channel
from billing.settings import Settings
from service_kit.clock import Clock
from service_kit.logs import get_logger, mask

log = get_logger(__name__)

Definitions = Mapping[StepKind, StepDefinition]


class StepRunner:
    """Runs steps by their definitions; the composition root makes one per process."""

    def __init__(self, container: Container, definitions: Definitions) -> None:
        self._container = container
        self._definitions = definitions
        self._database = container.get(Database)
        self._clock = container.get(Clock)
        settings = container.get(Settings)
        self._margin = settings.step_lease_margin
        self._policy = RetryPolicy(
            settings.step_max_failures, settings.step_first_backoff, settings.step_longest_backoff
        )

    async def run(self, step_id: uuid.UUID) -> None:
        """Work on the step if it is due; whatever its handler raises becomes a retry, never an exception here."""
        async with self._database.transaction(Subject.system()) as session:
            kind = (
                await session.execute(select(FulfillmentStep.kind).where(FulfillmentStep.id == step_id))
            ).scalar_one_or_none()
            if kind is None:
                return
            definition = self._definitions[kind]
            step = await claim_step(session, self._clock, step_id, definition.timeout + self._margin)
            if step is None:
                return
            context = await self._context(session, step)
        attempt = step.attempts
        await self._container.get(LiveHints).publish(live_channel(step.order_id))
        with structlog.contextvars.bound_contextvars(order_id=str(step.order_id), step=step.kind.value):
            outcome = await self._act(definition, context)
            async with self._database.transaction(Subject.system()) as session:
                held = await finish_step(
                    session, self._clock, self._policy, step_id=step_id, attempt=attempt, outcome=outcome
                )
                if held:
                    await alert_staff(session, self._container.get(Settings), step_id)
            log.info("step worked on", attempt=attempt, outcome=type(outcome).__name__, held=held)
        await self._container.get(LiveHints).publish(live_channel(step.order_id))

    async def _context(self, session: Session, step: FulfillmentStep) -> StepContext:
        order = await orders.get_order(session, step.order_id)
        assert order is not None
        item = await session.get(OrderItem, step.order_item_id) if step.order_item_id else None
        user = (await session.execute(select(User).where(User.id == step.user_id))).scalar_one()
        return StepContext(container=self._container, step=step, order=order, item=item, user=user)

    async def _act(self, definition: StepDefinition, context: StepContext) -> Outcome:
        try:
            async with asyncio.timeout(definition.timeout.total_seconds()):
                return await definition.handle(context)
        except TimeoutError:
            return Later("timeout", f"no answer within {definition.timeout.total_seconds():.0f} s")
        except Exception as error:
            log.exception("step failed unexpectedly")
            return Later("unexpected_error", str(mask(f"{type(error).__name__}: {error}"))[:2000])
