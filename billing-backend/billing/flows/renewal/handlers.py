"""Event handlers of a running subscription. Each looks things up anew, so the order of events is no matter."""

from dataclasses import dataclass

from sqlalchemy import select

from billing.accounts.models import User
from billing.flows.purchase.mirror import mirror_invoice, mirror_payment
from billing.flows.purchase.paid import PaidFacts, ask_provider, mirror_subscription, settle_order
from billing.inbound.ports import Ignore, ReceivedEvent, TryLater
from billing.kit.db import Session
from billing.kit.money import Money
from billing.licenses.actions.lifecycle import extend_license
from billing.licenses.models import License
from billing.notifications.service import queue_mail
from billing.orders.models import Order
from billing.payments.ports import (
    PaymentProvider,
    PaymentProviderRefused,
    PaymentProviderUnavailable,
    SubscriptionSnapshot,
)
from billing.settings import Settings
from billing.subscriptions.models import Subscription
from service_kit.clock import Clock

FIRST_INVOICE = "subscription_create"


async def lock_subscription(session: Session, stripe_subscription_id: str) -> Subscription | None:
    found = select(Subscription).where(Subscription.stripe_subscription_id == stripe_subscription_id)
    return (await session.execute(found.with_for_update())).scalar_one_or_none()


@dataclass(frozen=True, slots=True)
class Renewal:
    """A paid renewal invoice brings the license to the subscription's new period end."""

    settings: Settings

    async def apply(self, session: Session, facts: PaidFacts) -> None:
        if facts.invoice.status != "paid":
            raise Ignore(f"the invoice is {facts.invoice.status} by now")
        snapshot = facts.subscription
        if snapshot is None:
            raise Ignore("not a subscription's invoice")
        row = await lock_subscription(session, snapshot.id)
        if row is None or row.license_id is None:
            # The first invoice's own event issues the license; this one comes again until that is done.
            raise TryLater("the subscription has no license yet")
        mirror_subscription(row, snapshot)
        order = await session.get_one(Order, row.order_id)
        await mirror_invoice(session, facts.invoice, order=order, subscription=row)
        await mirror_payment(session, facts.invoice, user_id=row.user_id, description="Renewal")
        license_row = await session.get_one(License, row.license_id, with_for_update=True)
        if snapshot.period_end is not None:
            grace_until = snapshot.period_end + self.settings.license_grace
            await extend_license(session, license_row, expires_at=snapshot.period_end, grace_until=grace_until)


class SubscriptionChanged:
    """Handler of `customer.subscription.updated` and `.deleted`: our row follows the provider's."""

    def __init__(self, provider: PaymentProvider) -> None:
        self._provider = provider

    async def fetch(self, event: ReceivedEvent) -> SubscriptionSnapshot:
        try:
            return await self._provider.get_subscription(str(event.object.get("id")))
        except PaymentProviderUnavailable as error:
            raise TryLater(str(error), after=error.after) from error
        except PaymentProviderRefused as error:
            raise Ignore(f"the provider does not know it: {error.code}") from error

    async def apply(self, session: Session, event: ReceivedEvent, fetched: SubscriptionSnapshot) -> None:
        row = await lock_subscription(session, fetched.id)
        if row is None:
            raise Ignore("no subscription of ours")
        mirror_subscription(row, fetched)


class InvoiceFailed:
    """Handler of `invoice.payment_failed`: tell the customer, once per invoice and attempt."""

    def __init__(self, provider: PaymentProvider, settings: Settings) -> None:
        self._provider = provider
        self._settings = settings

    async def fetch(self, event: ReceivedEvent) -> PaidFacts:
        return await ask_provider(self._provider, str(event.object.get("id")))

    async def apply(self, session: Session, event: ReceivedEvent, fetched: PaidFacts) -> None:
        invoice, snapshot = fetched.invoice, fetched.subscription
        if invoice.status != "open":
            raise Ignore(f"the invoice is {invoice.status} by now")
        if snapshot is None or invoice.billing_reason == FIRST_INVOICE:
            raise Ignore("the customer is at the checkout and sees it there")
        row = await lock_subscription(session, snapshot.id)
        if row is None:
            raise Ignore("no subscription of ours")
        mirror_subscription(row, snapshot)
        order = await session.get_one(Order, row.order_id)
        await mirror_invoice(session, invoice, order=order, subscription=row)
        user = (await session.execute(select(User).where(User.id == row.user_id))).scalar_one()
        await queue_mail(
            session,
            key=f"payment-failed:{invoice.id}:{event.object.get('attempt_count')}",
            template="payment_failed",
            user_id=user.id,
            to=user.email,
            locale=user.locale,
            context={
                "name": user.full_name,
                "description": f"Renewal of your NextPanel license, invoice {invoice.number}",
                "amount": Money(invoice.amount_due, invoice.currency),
                "next_attempt_at": invoice.next_payment_attempt_at,
                "pay_url": invoice.hosted_url or self._settings.portal_url,
            },
        )


class InvoicePaid:
    """Handler of `invoice.paid`: an order's first invoice is settled, a later one renews the license."""

    def __init__(self, provider: PaymentProvider, settings: Settings, clock: Clock) -> None:
        self._provider = provider
        self._settings = settings
        self._clock = clock

    async def fetch(self, event: ReceivedEvent) -> PaidFacts:
        return await ask_provider(self._provider, str(event.object.get("id")))

    async def apply(self, session: Session, event: ReceivedEvent, fetched: PaidFacts) -> None:
        if fetched.subscription is not None and fetched.invoice.billing_reason != FIRST_INVOICE:
            await Renewal(self._settings).apply(session, fetched)
        elif not await settle_order(session, self._settings, self._clock, fetched):
            raise Ignore("the order was paid already")
