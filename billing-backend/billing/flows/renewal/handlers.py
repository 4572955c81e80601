"""Event handlers of a running subscription. Each looks things up anew, so the order of events is no matter."""

import uuid
from dataclasses import dataclass

from billing.flows.bookkeeping import note_subscription
from billing.flows.dunning.cases import settle
from billing.flows.mirror import mirror_invoice, mirror_payment
from billing.flows.mirror.asking import asked
from billing.flows.purchase.paid import PaidFacts, ask_provider, mirror_subscription, settle_order
from billing.flows.subscription.entitlements import forget_expired, grant_paid, grant_trial
from billing.flows.subscription.pausing import follow_pause
from billing.inbound.ports import Ignore, ReceivedEvent, TryLater
from billing.kit.container import Container
from billing.kit.db import Database, Session, Subject
from billing.licenses.actions.lifecycle import extend_license
from billing.licenses.models import License, LicenseStatus
from billing.orders.models import Order
from billing.payments.ports import InvoiceSnapshot, PaymentProvider, SubscriptionSnapshot
from billing.settings import Settings
from billing.subscriptions.models import Subscription, SubscriptionChange, SubscriptionStatus
from billing.subscriptions.repository import lock_by_stripe_id
from service_kit.clock import Clock

FIRST_INVOICE = "subscription_create"
IN_THE_MIDDLE = "subscription_update"


def _description(invoice: InvoiceSnapshot) -> str:
    return "Change of plan" if invoice.billing_reason == IN_THE_MIDDLE else "Renewal"


@dataclass(frozen=True, slots=True)
class Renewal:
    """A paid invoice of a running subscription brings the license what it bills: its time and its plan."""

    settings: Settings
    clock: Clock

    async def apply(self, session: Session, facts: PaidFacts) -> None:
        if facts.invoice.status != "paid":
            raise Ignore(f"the invoice is {facts.invoice.status} by now")
        snapshot, invoice = facts.subscription, facts.invoice
        if snapshot is None:
            raise Ignore("not a subscription's invoice")
        row = await lock_by_stripe_id(session, snapshot.id)
        if row is None or row.license_id is None:
            # The first invoice's own event issues the license; this one comes again until that is done.
            raise TryLater("the subscription has no license yet")
        mirror_subscription(row, snapshot)
        order = await session.get_one(Order, row.order_id)
        await mirror_invoice(session, self.settings, invoice, order=order, subscription=row)
        await mirror_payment(
            session, invoice, user_id=row.user_id, description=_description(invoice), license_id=row.license_id
        )
        license_row = await session.get_one(License, row.license_id, with_for_update=True)
        if invoice.granted is not None and license_row.status is not LicenseStatus.CANCELLED:
            # What the invoice bills is what was paid for: by now the subscription may be in a period that is not.
            end = invoice.granted.end
            await extend_license(session, license_row, expires_at=end, grace_until=end + self.settings.license_grace)
        await grant_paid(session, self.settings, self.clock, row, invoice, snapshot)
        await note_subscription(session, row, snapshot)
        await follow_pause(session, self.clock, row)
        await settle(session, self.settings, self.clock, row)


class SubscriptionChanged:
    """Handler of all `customer.subscription.*`: our row follows the provider's, and what depends on it follows too."""

    def __init__(self, provider: PaymentProvider, settings: Settings, clock: Clock) -> None:
        self._provider = provider
        self._settings = settings
        self._clock = clock

    async def fetch(self, event: ReceivedEvent) -> SubscriptionSnapshot:
        return await self.ask(str(event.object.get("id")))

    async def ask(self, subscription_id: str) -> SubscriptionSnapshot:
        """Fetch a subscription; raises `TryLater`, or `Ignore` for one that the provider does not know."""
        return await asked(self._provider.get_subscription(subscription_id))

    async def apply(self, session: Session, event: ReceivedEvent, fetched: SubscriptionSnapshot) -> None:
        await self.take(session, fetched)

    async def take(self, session: Session, fetched: SubscriptionSnapshot) -> None:
        """Bring our row and all that follows from it to where the subscription is; raises `Ignore` if not ours."""
        row = await lock_by_stripe_id(session, fetched.id)
        if row is None:
            raise Ignore("no subscription of ours")
        if not mirror_subscription(row, fetched):
            return
        if row.status is SubscriptionStatus.TRIALING:
            await grant_trial(session, self._settings, self._clock, row, fetched)
        await forget_expired(session, row, fetched)
        await note_subscription(session, row, fetched)
        await follow_pause(session, self._clock, row)
        await settle(session, self._settings, self._clock, row)


class InvoicePaid:
    """Handler of `invoice.paid`: an order's first invoice is settled, a later one renews or changes the license."""

    def __init__(self, provider: PaymentProvider, settings: Settings, clock: Clock) -> None:
        self._provider = provider
        self._settings = settings
        self._clock = clock

    async def fetch(self, event: ReceivedEvent) -> PaidFacts:
        return await ask_provider(self._provider, str(event.object.get("id")))

    async def apply(self, session: Session, event: ReceivedEvent, fetched: PaidFacts) -> None:
        if fetched.subscription is not None and fetched.invoice.billing_reason != FIRST_INVOICE:
            await Renewal(self._settings, self._clock).apply(session, fetched)
        elif not await settle_order(session, self._settings, self._clock, fetched):
            raise Ignore("the order was paid already")


async def settle_change(container: Container, change_id: uuid.UUID) -> None:
    """Apply a change that the provider has made true though no event of it came; raises `TryLater`, `Ignore`."""
    database, settings, clock = container.get(Database), container.get(Settings), container.get(Clock)
    provider = container.get(PaymentProvider)
    async with database.transaction(Subject.system()) as session:
        change = await session.get_one(SubscriptionChange, change_id)
        row = await session.get_one(Subscription, change.subscription_id)
    if not change.is_open:
        return
    if change.stripe_invoice_id is not None:
        facts = await ask_provider(provider, change.stripe_invoice_id)
        if facts.invoice.status == "paid":
            async with database.transaction(Subject.system()) as session:
                await Renewal(settings, clock).apply(session, facts)
            return
    changed = SubscriptionChanged(provider, settings, clock)
    snapshot = await changed.ask(row.stripe_subscription_id)
    async with database.transaction(Subject.system()) as session:
        await changed.take(session, snapshot)
