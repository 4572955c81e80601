"""`invoice.paid`: the order becomes paid and its fulfillment steps come to exist, in one transaction."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from billing.accounts.models import User
from billing.accounts.service import mail_customer
from billing.flows.bookkeeping import note_subscription
from billing.flows.mirror import mirror_invoice, mirror_payment
from billing.flows.mirror.asking import asked
from billing.flows.purchase.pay import ensure_subscription
from billing.inbound.ports import Ignore
from billing.invoices.documents.kinds import INVOICE_PDF
from billing.kit.db import Session
from billing.kit.money import Money
from billing.notifications.ports import Attachment
from billing.orders import repository as orders
from billing.orders.actions.finish_step import advance
from billing.orders.models import FulfillmentStep, ItemKind, Order, OrderItem, StepKind
from billing.payments.ports import InvoiceSnapshot, PaymentProvider, SubscriptionSnapshot
from billing.settings import Settings
from billing.subscriptions.models import Subscription, SubscriptionStatus
from service_kit.clock import Clock
from service_kit.ids import uuid7
from service_kit.logs import get_logger

log = get_logger(__name__)


class AmountMismatch(Exception):
    """The invoice that was paid is not the order we priced; a person has to look."""


@dataclass(frozen=True, slots=True)
class PaidFacts:
    """How the provider says things stand, asked after the event came: the event's own snapshot may be old."""

    invoice: InvoiceSnapshot
    subscription: SubscriptionSnapshot | None


async def ask_provider(provider: PaymentProvider, invoice_id: str) -> PaidFacts:
    """Fetch the invoice and its subscription; raises `TryLater`, or `Ignore` for an invoice that is gone."""
    invoice = await asked(provider.get_invoice(invoice_id))
    return PaidFacts(invoice, invoice.subscription)


def order_id_of(invoice: InvoiceSnapshot) -> uuid.UUID | None:
    try:
        return uuid.UUID(invoice.metadata["order_id"])
    except (KeyError, ValueError):
        return None


async def settle_order(session: Session, settings: Settings, clock: Clock, facts: PaidFacts) -> bool:
    """Mark the order of a paid invoice paid and plan its fulfillment; False when that has happened already.

    Raises `Ignore` for an invoice that is no order's first, and `AmountMismatch`.
    """
    invoice = facts.invoice
    order_id = order_id_of(invoice)
    if invoice.status != "paid":
        raise Ignore(f"the invoice is {invoice.status} by now")
    order = await orders.lock_order(session, order_id) if order_id else None
    if order is None:
        raise Ignore("no order of ours")
    if not order.is_open and order.paid_at is not None:
        return False
    if (invoice.total, invoice.currency) != (order.total_amount, order.currency):
        raise AmountMismatch(f"invoice {invoice.id} of {invoice.total} for an order of {order.total_amount}")
    items = await orders.items_of(session, order.id)
    now = clock.now()
    order.stripe_invoice_id = invoice.id
    order.stripe_payment_intent_id = invoice.payment.id if invoice.payment else order.stripe_payment_intent_id
    order.mark_paid(now)
    subscription = await _mirror_subscription(session, order, items, facts.subscription)
    invoice_id = await mirror_invoice(session, settings, invoice, order=order, subscription=subscription)
    await mirror_payment(session, invoice, user_id=order.user_id, description=f"Order {order.number}")
    for step in plan_steps(order, items):
        session.add(step)
    await session.flush()
    await advance(session, order, now)
    await _queue_receipt(session, settings, order, items, invoice_id)
    log.info("order paid", order_id=str(order.id), amount=order.total_amount, currency=order.currency)
    return True


async def _mirror_subscription(
    session: Session, order: Order, items: Sequence[OrderItem], snapshot: SubscriptionSnapshot | None
) -> Subscription | None:
    license_item = next((item for item in items if item.kind is ItemKind.LICENSE), None)
    if license_item is None or snapshot is None:
        return None
    order.stripe_subscription_id = snapshot.id
    row = await ensure_subscription(session, order, license_item, snapshot.id)
    mirror_subscription(row, snapshot)
    await session.flush()
    await note_subscription(session, row, snapshot)
    return row


def mirror_subscription(row: Subscription, snapshot: SubscriptionSnapshot) -> bool:
    """Copy how the subscription stands now; False when what we have was asked for later."""
    if snapshot.asked_at is not None and row.mirrored_at is not None and snapshot.asked_at < row.mirrored_at:
        return False
    row.mirrored_at = snapshot.asked_at
    row.status = SubscriptionStatus(snapshot.status)
    row.current_period_start = snapshot.period_start
    row.current_period_end = snapshot.period_end
    row.cancel_at_period_end = snapshot.cancel_at_period_end
    row.cancelled_at = snapshot.cancelled_at
    row.interval = snapshot.interval or row.interval
    row.trial_end_at = snapshot.trial_end
    return True


def plan_steps(order: Order, items: Sequence[OrderItem]) -> list[FulfillmentStep]:
    """Return the steps that deliver the order: license → account; domains beside; then zones, then the welcome mail."""
    steps: list[FulfillmentStep] = []

    def add(
        kind: StepKind,
        item: OrderItem | None,
        needs: Sequence[FulfillmentStep] = (),
        follows: Sequence[FulfillmentStep] = (),
    ) -> FulfillmentStep:
        step = FulfillmentStep(
            id=uuid7(),
            order_id=order.id,
            order_item_id=item.id if item else None,
            user_id=order.user_id,
            kind=kind,
            position=len(steps),
            idempotency_key=f"{kind}:{item.id if item else order.id}",
            depends_on=[str(step.id) for step in needs],
            follows=[str(step.id) for step in follows],
        )
        steps.append(step)
        return step

    license_item = next((item for item in items if item.kind is ItemKind.LICENSE), None)
    account = None
    if license_item is not None:
        issued = add(StepKind.ISSUE_LICENSE, license_item)
        account = add(StepKind.PROVISION_ACCOUNT, license_item, needs=[issued])
    domains: list[FulfillmentStep] = []
    for item in items:
        if item.kind is ItemKind.DOMAIN:
            registered = add(StepKind.REGISTER_DOMAIN, item)
            domains.append(registered)
            domains.append(add(StepKind.DNS_ZONE, item, needs=[registered, *([account] if account else [])]))
        elif item.kind is ItemKind.DOMAIN_RENEWAL:
            add(StepKind.RENEW_DOMAIN, item)
    if account is not None:
        # A domain that waits, for a registry or a person, must not keep the customer from the panel they paid for.
        add(StepKind.WELCOME_MAIL, license_item, needs=[account], follows=domains)
    return steps


async def _queue_receipt(
    session: Session, settings: Settings, order: Order, items: Sequence[OrderItem], invoice_id: uuid.UUID
) -> None:
    user = (await session.execute(select(User).where(User.id == order.user_id))).scalar_one()
    await mail_customer(
        session,
        user,
        key=f"receipt:{order.id}",
        template="receipt",
        context={
            "order_number": order.number,
            "lines": [
                *({"description": i.description, "amount": Money(i.amount, i.currency)} for i in items),
                *_tax_lines(order),
            ],
            "total": order.total,
            "paid_at": order.paid_at,
            "order_url": f"{settings.portal_url}/orders/{order.id}",
        },
        attachments=[Attachment(INVOICE_PDF, invoice_id)],
    )


def _tax_lines(order: Order) -> list[dict[str, object]]:
    """Return the line of a tax that comes on top of the items; one that they contain is told by the invoice."""
    if order.tax_amount == 0 or order.total_amount == order.subtotal_amount:
        return []
    return [{"description": "Tax", "amount": Money(order.tax_amount, order.currency)}]
