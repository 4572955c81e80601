"""Tax in the background: customers that changed, subscriptions whose rate changes."""

import uuid
from datetime import timedelta

from billing.accounts.models import BILLING_SYNC_TASK, User
from billing.flows.taxes import repository
from billing.flows.taxes.customers import profile_of
from billing.flows.taxes.settle import settle_subscription
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.kit.tasks import TaskFunction
from billing.payments.ports import PaymentProviderRefused, PaymentProviderUnavailable
from billing.settings import Settings
from billing.tax.determination import Seller, Treatment
from billing.tax.ports import TaxDesk
from billing.tax.service import assess
from service_kit.clock import Clock
from service_kit.logs import get_logger

log = get_logger(__name__)

SETTLE_TASK = "taxes.settle_subscription"
_AT_ONCE = 500
_FIRST_BACKOFF = timedelta(seconds=30)
_LONGEST_BACKOFF = timedelta(hours=1)


async def sync_customer(container: Container, user_id: str) -> None:
    """Tell the provider of a changed customer and have their subscriptions taxed accordingly; waits if it is down."""
    database, now = container.get(Database), container.get(Clock).now()
    async with database.transaction(Subject.system()) as session:
        user = await session.get(User, uuid.UUID(user_id))
        if user is None or user.billing_sync_due_at is None or user.stripe_customer_id is None:
            return
        told_of = user.billing_sync_due_at
        assessment = await assess(session, Seller.of(container.get(Settings)), user, now)
        subscriptions = await repository.list_live_of(session, user.id)
    reverse = assessment.decision.treatment is Treatment.REVERSE_CHARGE
    try:
        await container.get(TaxDesk).sync_customer(user.stripe_customer_id, profile_of(user, reverse_charge=reverse))
        for subscription_id in subscriptions:
            await settle_subscription(container, subscription_id)
    except (PaymentProviderUnavailable, PaymentProviderRefused) as error:
        log.warning("customer not told of at the provider", user_id=user_id, error=str(error))
        wait = min(_FIRST_BACKOFF * (1 << min(user.billing_sync_failures, 20)), _LONGEST_BACKOFF)
        async with database.transaction(Subject.system()) as session:
            row = await session.get_one(User, user.id, with_for_update=True)
            if row.billing_sync_due_at == told_of:
                row.postpone_billing_sync(now + wait)
        return
    async with database.transaction(Subject.system()) as session:
        row = await session.get_one(User, user.id, with_for_update=True)
        if row.billing_sync_due_at == told_of:
            # Else it was changed again meanwhile, and that is still to be told.
            row.mark_billing_synced()


async def settle(container: Container, subscription_id: str) -> None:
    """Look at one subscription; a provider that is down leaves it for the next sweep."""
    try:
        await settle_subscription(container, uuid.UUID(subscription_id))
    except (PaymentProviderUnavailable, PaymentProviderRefused) as error:
        log.warning("subscription's tax not settled", subscription_id=subscription_id, error=str(error))


async def sweep(container: Container) -> int:
    """Enqueue customers of whom the provider was not told yet; returns how many."""
    async with container.get(Database).transaction(Subject.system()) as session:
        due = await repository.list_due_syncs(session, container.get(Clock).now(), _AT_ONCE)
        for user_id in due:
            session.enqueue(BILLING_SYNC_TASK, str(user_id))
    return len(due)


async def switch_rates(container: Container) -> int:
    """Enqueue all subscriptions that renew soon or whose rate is over; returns how many."""
    now, only_taxed = container.get(Clock).now(), not Seller.of(container.get(Settings)).collects
    found, last = 0, None
    while True:
        async with container.get(Database).transaction(Subject.system()) as session:
            batch = await repository.list_unsettled(session, now, after=last, only_taxed=only_taxed, limit=_AT_ONCE)
            for subscription_id in batch:
                session.enqueue(SETTLE_TASK, str(subscription_id))
        found += len(batch)
        if len(batch) < _AT_ONCE:
            return found
        last = batch[-1]


TASKS: dict[str, TaskFunction] = {BILLING_SYNC_TASK: sync_customer, SETTLE_TASK: settle}
