"""Before a trial ends the customer is told what happens then."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from billing.accounts.models import User
from billing.accounts.service import mail_customer
from billing.catalog.models import Interval, Plan
from billing.flows.mirror.asking import asked
from billing.inbound.ports import Ignore, ReceivedEvent, TryLater
from billing.kit.db import Session
from billing.settings import Settings
from billing.subscriptions.models import SubscriptionStatus
from billing.subscriptions.ports import CardProvider, LiveSubscription, SubscriptionProvider
from billing.subscriptions.repository import lock_by_stripe_id
from service_kit.clock import Clock

_WRITTEN_DOWN_BY_THEN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Ending:
    """A subscription as it stands, and whether there is a card to charge when its trial ends."""

    live: LiveSubscription
    has_card: bool


class TrialEnding:
    """Handler of `customer.subscription.trial_will_end`, which comes three days before, or at once in a short trial."""

    def __init__(
        self, subscriptions: SubscriptionProvider, cards: CardProvider, settings: Settings, clock: Clock
    ) -> None:
        self._subscriptions = subscriptions
        self._cards = cards
        self._settings = settings
        self._clock = clock

    async def fetch(self, event: ReceivedEvent) -> Ending:
        live = await asked(self._subscriptions.get(str(event.object.get("id"))))
        if live.status != SubscriptionStatus.TRIALING:
            raise Ignore("the trial is over")
        return Ending(live, bool(await asked(self._cards.list_cards(live.customer_id))))

    async def apply(self, session: Session, event: ReceivedEvent, fetched: Ending) -> None:
        """Mail once for each end: a trial that is prolonged has another one."""
        live = fetched.live
        row = await lock_by_stripe_id(session, live.id)
        if row is None:
            known = select(User.id).where(User.stripe_customer_id == live.customer_id)
            if (await session.execute(known)).scalar_one_or_none() is None:
                raise Ignore("no subscription of ours")
            if self._clock.now() - event.created_at > _WRITTEN_DOWN_BY_THEN:
                raise Ignore("a subscription that we did not make")
            raise TryLater("the subscription is not written down yet")
        if row.cancel_at_period_end:
            raise Ignore("the customer has cancelled already")
        plan, user = await session.get_one(Plan, row.plan_id), await session.get_one(User, row.user_id)
        await mail_customer(
            session,
            user,
            key=f"trial-ending:{row.id}:{live.period_end.isoformat()}",
            template="trial_ending",
            context={
                "plan": plan.name,
                "ends_at": live.period_end,
                "amount": plan.price(Interval(row.interval)),
                "interval": row.interval,
                "has_card": fetched.has_card,
                "portal_url": f"{self._settings.portal_url}/subscriptions/{row.id}",
            },
        )
