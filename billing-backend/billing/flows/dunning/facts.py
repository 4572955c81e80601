"""Take in how the provider says an unpaid subscription stands."""

from billing.flows.bookkeeping import note_subscription
from billing.flows.dunning import repository
from billing.flows.dunning.cases import note_failure, settle
from billing.flows.dunning.ports import PaidRenewals
from billing.flows.mirror import mirror_invoice
from billing.flows.purchase.paid import PaidFacts, mirror_subscription
from billing.inbound.ports import Ignore, TryLater
from billing.kit.container import Container
from billing.kit.db import Session
from billing.orders.models import Order
from billing.settings import Settings
from billing.subscriptions.repository import lock_by_stripe_id
from service_kit.clock import Clock

FIRST_INVOICE = "subscription_create"
NEEDS_CONFIRMATION = "requires_action"


async def take_in(session: Session, container: Container, facts: PaidFacts) -> None:
    """Take in an invoice that was asked about, in whatever state it is; raises as `take_facts` does."""
    if facts.invoice.status == "paid":
        await container.get(PaidRenewals).apply(session, facts)
    else:
        await take_facts(session, container.get(Settings), container.get(Clock), facts)


async def take_facts(session: Session, settings: Settings, clock: Clock, facts: PaidFacts) -> None:
    """Mirror an invoice that is not paid and its subscription, and bring the case to where they are.

    Raises `Ignore` for what is no renewal of ours, `TryLater` before the license is issued.
    """
    invoice, snapshot = facts.invoice, facts.subscription
    if snapshot is None or invoice.billing_reason == FIRST_INVOICE:
        raise Ignore("the customer is at the checkout and sees it there")
    row = await lock_by_stripe_id(session, snapshot.id)
    if row is None:
        raise Ignore("no subscription of ours")
    if row.license_id is None:
        raise TryLater("the subscription has no license yet")
    mirror_subscription(row, snapshot)
    await note_subscription(session, row, snapshot)
    order = await session.get_one(Order, row.order_id)
    await mirror_invoice(session, settings, invoice, order=order, subscription=row)
    await session.flush()
    mirrored = await repository.get_invoice(session, invoice.id)
    assert mirrored is not None
    if row.status in repository.OWING and invoice.status == "open":
        needs_confirmation = invoice.payment is not None and invoice.payment.status == NEEDS_CONFIRMATION
        await note_failure(session, settings, clock, row, mirrored, needs_confirmation=needs_confirmation)
    else:
        await settle(session, settings, clock, row)
