"""Have running subscriptions taxed by what is due when they renew."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from billing.accounts.models import User
from billing.audit.service import record
from billing.flows.taxes.rates import provider_rate_id
from billing.kit.container import Container
from billing.kit.db import Database, Session, Subject
from billing.settings import Settings
from billing.subscriptions.models import Subscription
from billing.tax.determination import Decision, Seller, Treatment
from billing.tax.ports import TaxDesk
from billing.tax.service import assess
from service_kit.clock import Clock
from service_kit.logs import get_logger

log = get_logger(__name__)

# A renewal's invoice is drawn up with what the subscription has at that moment; so the day of the renewal is looked at
# this long before it, and no earlier, for a change in between is taxed by its own day.
AHEAD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a subscription's coming invoices are to be taxed by."""

    stripe_subscription_id: str
    decision: Decision
    changes: bool
    period_end: datetime | None


async def settle_subscription(container: Container, subscription_id: uuid.UUID) -> bool:
    """Set the rate that is due at the provider and then in our row; True when it was another one.

    Repeatable: setting the same again changes nothing. Opens its own transactions, none while the provider is asked.
    Raises the payment provider's errors.
    """
    database, desk = container.get(Database), container.get(TaxDesk)
    async with database.transaction(Subject.system()) as session:
        wanted = await _wanted(session, container, subscription_id)
    if wanted is None:
        return False
    decision = wanted.decision
    if wanted.changes:
        rate_id = None if decision.rate is None else await provider_rate_id(database, desk, decision.rate)
        automatic = decision.treatment is Treatment.AUTOMATIC
        await desk.set_subscription_tax(wanted.stripe_subscription_id, rate_id=rate_id, automatic=automatic)
    async with database.transaction(Subject.system()) as session:
        await _write_down(session, subscription_id, wanted)
    return wanted.changes


async def _wanted(session: Session, container: Container, subscription_id: uuid.UUID) -> Wanted | None:
    row = await session.get(Subscription, subscription_id)
    if row is None:
        return None
    now = container.get(Clock).now()
    ends = row.current_period_end
    at = ends if ends is not None and now < ends <= now + AHEAD else now
    user = await session.get_one(User, row.user_id)
    decision = (await assess(session, Seller.of(container.get(Settings)), user, at)).decision
    new = None if decision.rate is None else decision.rate.id
    changes = (new, decision.treatment) != (row.tax_rate_id, row.tax_treatment)
    return Wanted(row.stripe_subscription_id, decision, changes, ends)


async def _write_down(session: Session, subscription_id: uuid.UUID, wanted: Wanted) -> None:
    row = await session.get_one(Subscription, subscription_id, with_for_update=True)
    decision = wanted.decision
    before = {"tax_rate_id": row.tax_rate_id, "tax_treatment": row.tax_treatment}
    rate_id = None if decision.rate is None else decision.rate.id
    row.settle_tax(rate_id, decision.treatment, until=wanted.period_end)
    if not wanted.changes:
        return
    await record(
        session,
        actor_user_id=None,
        action="subscription.tax_changed",
        object_type="subscription",
        object_id=subscription_id,
        before=before,
        after={"tax_rate_id": rate_id, "tax_treatment": decision.treatment, "reason": decision.reason},
    )
    log.info("subscription taxed anew", subscription_id=str(subscription_id), treatment=decision.treatment)
