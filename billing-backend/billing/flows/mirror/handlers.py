"""Event handlers of invoices, refunds, credit notes and disputes. Each asks how things stand, so order is no matter."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from billing.accounts.models import User
from billing.flows.mirror.asking import asked
from billing.flows.mirror.credit_note import mirror_credit_note
from billing.flows.mirror.dispute import mirror_dispute
from billing.flows.mirror.invoice import Owner, store_invoice
from billing.flows.mirror.mails import mail_dispute, mail_failed_refund, mail_paid_invoice
from billing.flows.mirror.payment import mirror_payment
from billing.flows.mirror.refund import mirror_refund
from billing.inbound.ports import Ignore, ReceivedEvent, TryLater
from billing.kit.db import Session
from billing.orders.models import Order
from billing.payments.facts import CreditNoteFact, DisputeFact
from billing.payments.models import RefundStatus
from billing.payments.ports import InvoiceSnapshot, PaymentProvider, RefundDesk, RefundSnapshot
from billing.settings import Settings
from billing.subscriptions.models import Subscription
from service_kit.clock import Clock

FOREIGN = "not of a customer of ours"
# While it is paid at the checkout an order's first invoice changes several times; `invoice.paid` and `invoice.voided`
# tell how that ended.
_PASSING = frozenset({"invoice.created", "invoice.finalized", "invoice.updated"})
_PASSING_STATUS = frozenset({"draft", "open", "paid"})


def _text(event: ReceivedEvent, name: str) -> str:
    return str(event.object.get(name))


def _is_checkout(event: ReceivedEvent) -> bool:
    reason, metadata = event.object.get("billing_reason"), event.object.get("metadata")
    ordered = reason == "manual" and isinstance(metadata, dict) and "order_id" in metadata
    return reason == "subscription_create" or ordered


async def find_owner(session: Session, invoice: InvoiceSnapshot) -> Owner | None:
    """Return whose invoice it is, and of which order and subscription; None for a stranger's."""
    found = select(User.id).where(User.stripe_customer_id == invoice.customer_id)
    user_id = (await session.execute(found)).scalar_one_or_none()
    if user_id is None:
        return None
    order_id = subscription_id = None
    try:
        named: uuid.UUID | None = uuid.UUID(invoice.metadata.get("order_id", ""))
    except ValueError:
        named = None
    if named is not None:
        own = select(Order.id).where(Order.id == named, Order.user_id == user_id)
        order_id = (await session.execute(own)).scalar_one_or_none()
    if invoice.subscription_id is not None:
        subscribed = select(Subscription.id).where(
            Subscription.stripe_subscription_id == invoice.subscription_id, Subscription.user_id == user_id
        )
        subscription_id = (await session.execute(subscribed)).scalar_one_or_none()
    return Owner(user_id, order_id, subscription_id)


class InvoiceChanged:
    """Handler of `invoice.created`, `.updated`, `.finalized`, `.voided`, `.marked_uncollectible`."""

    def __init__(self, provider: PaymentProvider, settings: Settings) -> None:
        self._provider = provider
        self._settings = settings

    async def fetch(self, event: ReceivedEvent) -> InvoiceSnapshot:
        passing = event.type in _PASSING and event.object.get("status") in _PASSING_STATUS
        if passing and _is_checkout(event):
            raise Ignore("the invoice of an order at the checkout")
        return await asked(self._provider.get_invoice(_text(event, "id")))

    async def apply(self, session: Session, event: ReceivedEvent, fetched: InvoiceSnapshot) -> None:
        owner = await find_owner(session, fetched)
        if owner is None:
            raise Ignore(FOREIGN)
        invoice_id = await store_invoice(session, self._settings, fetched, owner)
        await mirror_payment(session, fetched, user_id=owner.user_id, description=f"Invoice {fetched.number}")
        await mail_paid_invoice(session, self._settings, fetched, owner, invoice_id)


class RefundChanged:
    """Handler of `refund.created`, `.updated`, `.failed`."""

    def __init__(self, desk: RefundDesk, settings: Settings, clock: Clock) -> None:
        self._desk = desk
        self._settings = settings
        self._clock = clock

    async def fetch(self, event: ReceivedEvent) -> Sequence[RefundSnapshot]:
        return [await asked(self._desk.get_refund(_text(event, "id")))]

    async def apply(self, session: Session, event: ReceivedEvent, fetched: Sequence[RefundSnapshot]) -> None:
        for snapshot in fetched:
            row = await mirror_refund(session, snapshot, now=self._clock.now())
            if row is None:
                raise Ignore(FOREIGN)
            if row.status is RefundStatus.FAILED:
                await mail_failed_refund(session, self._settings, row)


class ChargeRefunded(RefundChanged):
    """Handler of `charge.refunded`: all refunds of the charge."""

    async def fetch(self, event: ReceivedEvent) -> Sequence[RefundSnapshot]:
        intent = event.object.get("payment_intent")
        if not isinstance(intent, str):
            raise Ignore("a charge without a payment intent")
        found = await asked(self._desk.list_refunds(intent))
        if not found:
            raise Ignore("the provider knows of no refund of it")
        return found


class CreditNoteChanged:
    """Handler of `credit_note.created`, `.updated`, `.voided`."""

    def __init__(self, desk: RefundDesk) -> None:
        self._desk = desk

    async def fetch(self, event: ReceivedEvent) -> CreditNoteFact:
        return await asked(self._desk.get_credit_note(_text(event, "id")))

    async def apply(self, session: Session, event: ReceivedEvent, fetched: CreditNoteFact) -> None:
        customer = select(User.id).where(User.stripe_customer_id == _text(event, "customer"))
        if (await session.execute(customer)).scalar_one_or_none() is None:
            raise Ignore(FOREIGN)
        if await mirror_credit_note(session, fetched) is None:
            raise TryLater("the invoice it corrects is not known yet")


class DisputeChanged:
    """Handler of `charge.dispute.*`."""

    def __init__(self, desk: RefundDesk, settings: Settings) -> None:
        self._desk = desk
        self._settings = settings

    async def fetch(self, event: ReceivedEvent) -> DisputeFact:
        return await asked(self._desk.get_dispute(_text(event, "id")))

    async def apply(self, session: Session, event: ReceivedEvent, fetched: DisputeFact) -> None:
        dispute = await mirror_dispute(session, fetched)
        if dispute is None:
            if fetched.customer_id is not None:
                customer = select(User.id).where(User.stripe_customer_id == fetched.customer_id)
                if (await session.execute(customer)).scalar_one_or_none() is not None:
                    raise TryLater("the payment in dispute is not known yet")
            raise Ignore(FOREIGN)
        await mail_dispute(session, self._settings, dispute)
