"""Dunning in the background: the run that finds what is due, and the work on single cases."""

import uuid

from sqlalchemy import select

from billing.flows.dunning import advance as action
from billing.flows.dunning import repository
from billing.flows.dunning.advance import ADVANCE_TASK
from billing.flows.dunning.brake import clear_due
from billing.flows.dunning.cases import settle
from billing.flows.dunning.facts import take_in
from billing.flows.purchase.paid import ask_provider
from billing.inbound.ports import Ignore, TryLater
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.kit.tasks import TaskFunction
from billing.payments.ports import PaymentProvider
from billing.settings import Settings
from billing.subscriptions.models import Subscription
from billing.subscriptions.repository import lock
from service_kit.clock import Clock
from service_kit.logs import get_logger

log = get_logger(__name__)

REVIEW_TASK = "dunning.review"
_BATCH = 200


async def advance(container: Container, case_id: str) -> None:
    await action.advance(container, uuid.UUID(case_id))


async def review(container: Container, subscription_id: str) -> None:
    """Look at a subscription whose state and case don't fit: the event that should have told us may be lost."""
    database, settings, clock = container.get(Database), container.get(Settings), container.get(Clock)
    async with database.transaction(Subject.system()) as session:
        found = select(Subscription).where(Subscription.id == uuid.UUID(subscription_id))
        row = (await session.scalars(found)).one_or_none()
        owed = await repository.oldest_owed(session, row.id) if row is not None else None
    if row is None:
        return
    try:
        facts = None
        if owed is not None:
            facts = await ask_provider(container.get(PaymentProvider), owed.stripe_invoice_id)
        async with database.transaction(Subject.system()) as session:
            if facts is not None:
                await take_in(session, container, facts)
            else:
                await settle(session, settings, clock, await lock(session, row.id))
    except (TryLater, Ignore) as reason:
        log.warning("subscription not reviewed", subscription_id=subscription_id, reason=str(reason))


async def sweep(container: Container) -> int:
    """Let due acts pass the brake or hold them, and enqueue what is due; return how much that is.

    One run at a time: two at once could let pass twice what one may.
    """
    settings, clock = container.get(Settings), container.get(Clock)
    async with container.get(Database).transaction(Subject.system()) as session:
        if not await repository.try_run_lock(session):
            return 0
        await clear_due(session, settings, clock)
        await session.flush()
        due = await repository.list_due(session, clock.now(), _BATCH)
        for case in due:
            session.enqueue(ADVANCE_TASK, str(case.id))
        unreviewed = await repository.list_unreviewed(session, _BATCH)
        for subscription_id in unreviewed:
            session.enqueue(REVIEW_TASK, str(subscription_id))
    return len(due) + len(unreviewed)


async def tidy(container: Container) -> int:
    """Have cancelled subscriptions looked at that have no case: the event that should have told us may be lost."""
    async with container.get(Database).transaction(Subject.system()) as session:
        unended = await repository.list_unended(session, _BATCH)
        for subscription_id in unended:
            session.enqueue(REVIEW_TASK, str(subscription_id))
    return len(unended)


TASKS: dict[str, TaskFunction] = {ADVANCE_TASK: advance, REVIEW_TASK: review}
