"""Orders, and one of everything a customer may own, written straight into the database."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from billing.accounts.models import UserSession
from billing.domains.models import Domain
from billing.domains.ports import DomainStatus
from billing.flows.purchase.paid import plan_steps
from billing.invoices.models import CreditNote, CreditNoteStatus, Invoice, InvoiceStatus
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.licenses.models import License
from billing.notifications.models import Notification, NotificationKind
from billing.orders.models import FulfillmentStep, ItemKind, Order, OrderItem, OrderStatus, StepKind, StepStatus
from billing.orders.repository import list_items
from billing.panels.models import PanelAccount, PanelAccountStatus, PanelServer
from billing.subscriptions.models import Subscription, SubscriptionChange, SubscriptionStatus, Timing
from service_kit.clock import Clock
from service_kit.ids import uuid7
from tests.factories_licenses import Person, make_key, make_license, make_person, make_plan

PRICE = 29_000


async def make_order(
    container: Container, person: Person, *, status: OrderStatus = OrderStatus.AWAITING_PAYMENT, plan: str = "starter"
) -> Order:
    """Store an order of one license by the year; `status` is taken as it is."""
    bought = await make_plan(container, plan)
    now = container.get(Clock).now()
    order = Order(
        id=uuid7(),
        user_id=person.user_id,
        status=status,
        currency="USD",
        subtotal_amount=PRICE,
        total_amount=PRICE,
        expires_at=now,
        paid_at=None if status is OrderStatus.AWAITING_PAYMENT else now,
    )
    async with container.get(Database).transaction(Subject.system()) as session:
        session.add(order)
        await session.flush()
        item = OrderItem(
            order_id=order.id,
            user_id=person.user_id,
            position=0,
            kind=ItemKind.LICENSE,
            description="NextPanel Starter, one year",
            amount=PRICE,
            currency="USD",
            plan_id=bought.id,
            interval="year",
        )
        session.add(item)
        await session.flush()
    return order


async def make_stuck_step(container: Container, person: Person | None = None) -> FulfillmentStep:
    """Store a paid order whose panel account needs a person, and return that step."""
    person = person or await make_person(container)
    order = await make_order(container, person, status=OrderStatus.PAID)
    now = container.get(Clock).now()
    async with container.get(Database).transaction(Subject.system()) as session:
        steps = plan_steps(order, await list_items(session, [order.id]))
        session.add_all(steps)
        await session.flush()
        for step in steps:
            if step.kind is StepKind.ISSUE_LICENSE:
                step.end(StepStatus.DONE, now, {"last4": "4WXY"})
            if step.kind is StepKind.PROVISION_ACCOUNT:
                step.give_up(now, "no_capacity", "no panel server has room")
        await session.flush()
    return next(step for step in steps if step.kind is StepKind.PROVISION_ACCOUNT)


@dataclass(frozen=True)
class Belongings:
    """The ids of one of everything that a customer may own."""

    person: Person
    order_id: uuid.UUID
    invoice_id: uuid.UUID
    license_id: uuid.UUID
    key_id: uuid.UUID
    domain_id: uuid.UUID
    account_id: uuid.UUID
    session_id: uuid.UUID
    credit_note_id: uuid.UUID
    subscription_id: uuid.UUID
    change_id: uuid.UUID
    notification_id: uuid.UUID


def _invoice_and_note(user_id: uuid.UUID, order_id: uuid.UUID, now: datetime) -> tuple[Invoice, CreditNote]:
    invoice = Invoice(
        id=uuid7(),
        user_id=user_id,
        order_id=order_id,
        stripe_invoice_id=f"in_{uuid7().hex}",
        status=InvoiceStatus.PAID,
        number=f"N-{uuid7()}".upper(),
        currency="USD",
        total_amount=PRICE,
        amount_due=PRICE,
        amount_paid=PRICE,
        created_at=now,
    )
    note = CreditNote(
        id=uuid7(),
        user_id=user_id,
        invoice_id=invoice.id,
        stripe_credit_note_id=f"cn_{uuid7().hex}",
        number=f"N-{uuid7()}-CN-01".upper(),
        status=CreditNoteStatus.ISSUED,
        currency="USD",
        subtotal_amount=PRICE,
        discount_amount=0,
        tax_amount=0,
        total_amount=PRICE,
        refunded_amount=PRICE,
        lines=[],
        taxes=[],
    )
    return invoice, note


def _subscription_and_change(
    user_id: uuid.UUID, order_id: uuid.UUID, owned: License, now: datetime
) -> tuple[Subscription, SubscriptionChange]:
    subscription = Subscription(
        id=uuid7(),
        user_id=user_id,
        order_id=order_id,
        license_id=owned.id,
        plan_id=owned.plan_id,
        stripe_subscription_id=f"sub_{uuid7().hex}",
        status=SubscriptionStatus.ACTIVE,
        interval="year",
        currency="USD",
        current_period_start=now,
        current_period_end=now + timedelta(days=365),
    )
    change = SubscriptionChange(
        id=uuid7(),
        user_id=user_id,
        subscription_id=subscription.id,
        timing=Timing.NOW,
        from_plan_id=subscription.plan_id,
        to_plan_id=subscription.plan_id,
        from_interval="year",
        to_interval="month",
        prorated_at=now,
        today_amount=0,
        next_amount=PRICE,
        next_at=now,
        currency="USD",
        lines=[],
        expires_at=now + timedelta(hours=1),
    )
    return subscription, change


async def make_belongings(container: Container) -> Belongings:
    """Store a customer who owns one of everything, the order fulfilled, and a second session of theirs."""
    person = await make_person(container)
    order = await make_order(container, person, status=OrderStatus.FULFILLED)
    issued = await make_license(container, user_id=person.user_id)
    created = await make_key(container, issued)
    now = container.get(Clock).now()
    server = PanelServer(id=uuid7(), name=f"server {uuid7()}", base_url="http://127.0.0.1:1")
    account = PanelAccount(
        id=uuid7(),
        user_id=person.user_id,
        license_id=issued.license.id,
        panel_server_id=server.id,
        nextpanel_account_id="a1",
        username="u1",
        login_url="http://127.0.0.1:1/login",
        status=PanelAccountStatus.ACTIVE,
    )
    domain = Domain(
        id=uuid7(),
        user_id=person.user_id,
        domain_name=f"d{uuid7().hex}.com",
        registrar="namecheap",
        status=DomainStatus.ACTIVE,
    )
    invoice, note = _invoice_and_note(person.user_id, order.id, now)
    live = UserSession(id=uuid7(), user_id=person.user_id, last_seen_at=now)
    notification = Notification(
        id=uuid7(), user_id=person.user_id, key=f"test:{uuid7()}", kind=NotificationKind.ORDER_FULFILLED, data={}
    )
    subscription, change = _subscription_and_change(person.user_id, order.id, issued.license, now)
    async with container.get(Database).transaction(Subject.system()) as session:
        session.add_all([server, subscription])
        await session.flush()
        session.add_all([account, domain, invoice, live])
        await session.flush()
        session.add_all([note, change, notification])
    return Belongings(
        person,
        order.id,
        invoice.id,
        issued.license.id,
        created.key.id,
        domain.id,
        account.id,
        live.id,
        note.id,
        subscription.id,
        change.id,
        notification.id,
    )
