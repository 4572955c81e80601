"""Subscriptions that are not paid for or ended, with what hangs on them, written straight into the database."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from billing.flows.dunning.cases import note_failure, settle
from billing.flows.dunning.models import DunningCase
from billing.flows.dunning.repository import latest_case
from billing.invoices.models import Invoice, InvoiceStatus
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.orders.models import OrderStatus
from billing.panels.models import PanelAccount, PanelAccountStatus, PanelServer
from billing.settings import Settings
from billing.subscriptions.models import Subscription, SubscriptionStatus
from service_kit.clock import Clock
from service_kit.ids import uuid7
from tests.factories_licenses import Person, make_license, make_person
from tests.factories_orders import make_order

PRICE = 2_900


@dataclass(frozen=True)
class Subscribed:
    """The ids of a customer's subscription and what hangs on it; the license ends right now."""

    person: Person
    license_id: uuid.UUID
    license_key: str
    account_id: uuid.UUID
    subscription_id: uuid.UUID
    stripe_invoice_id: str


async def make_server(container: Container) -> uuid.UUID:
    server = PanelServer(id=uuid7(), name=f"server {uuid7()}", base_url="http://127.0.0.1:1", assigned_accounts=1000)
    async with container.get(Database).transaction(Subject.system()) as session:
        session.add(server)
    return server.id


async def make_subscribed(container: Container, server_id: uuid.UUID, status: SubscriptionStatus) -> Subscribed:
    """Store a subscription in `status` whose last invoice is open."""
    person = await make_person(container)
    order = await make_order(container, person, status=OrderStatus.FULFILLED)
    now = container.get(Clock).now()
    issued = await make_license(
        container, user_id=person.user_id, expires_at=now, grace_until=now + container.get(Settings).license_grace
    )
    account = PanelAccount(
        id=uuid7(),
        user_id=person.user_id,
        license_id=issued.license.id,
        panel_server_id=server_id,
        nextpanel_account_id=uuid7().hex,
        username="u1",
        login_url="http://127.0.0.1:1/login",
        status=PanelAccountStatus.ACTIVE,
    )
    subscription = Subscription(
        id=uuid7(),
        user_id=person.user_id,
        order_id=order.id,
        license_id=issued.license.id,
        plan_id=issued.license.plan_id,
        stripe_subscription_id=f"sub_{uuid7().hex}",
        status=status,
        interval="month",
        currency="USD",
        current_period_start=now,
        current_period_end=now + timedelta(days=30),
    )
    invoice = Invoice(
        id=uuid7(),
        user_id=person.user_id,
        order_id=order.id,
        subscription_id=subscription.id,
        stripe_invoice_id=f"in_{uuid7().hex}",
        number=f"N-{uuid7().hex}",
        status=InvoiceStatus.OPEN,
        currency="USD",
        total_amount=PRICE,
        amount_due=PRICE,
        amount_paid=0,
        attempt_count=1,
        next_payment_attempt_at=now + timedelta(days=3),
        created_at=now,
    )
    async with container.get(Database).transaction(Subject.system()) as session:
        session.add_all([account, subscription])
        await session.flush()
        session.add(invoice)
    return Subscribed(person, issued.license.id, issued.key, account.id, subscription.id, invoice.stripe_invoice_id)


async def make_ended(container: Container, server_id: uuid.UUID) -> Subscribed:
    """Store a subscription that was cancelled, with its case; its account is to be suspended now."""
    made = await make_subscribed(container, server_id, SubscriptionStatus.CANCELLED)
    async with container.get(Database).transaction(Subject.system()) as session:
        row = await session.get_one(Subscription, made.subscription_id)
        await settle(session, container.get(Settings), container.get(Clock), row)
    return made


async def make_unpaid(container: Container, server_id: uuid.UUID) -> Subscribed:
    """Store a subscription whose renewal failed just now, with its case."""
    made = await make_subscribed(container, server_id, SubscriptionStatus.PAST_DUE)
    await fail(container, made)
    return made


async def fail(container: Container, made: Subscribed, *, needs_confirmation: bool = False) -> None:
    """Take in that the invoice could not be collected."""
    async with container.get(Database).transaction(Subject.system()) as session:
        row = await session.get_one(Subscription, made.subscription_id)
        invoice = (
            await session.scalars(select(Invoice).where(Invoice.stripe_invoice_id == made.stripe_invoice_id))
        ).one()
        await note_failure(
            session,
            container.get(Settings),
            container.get(Clock),
            row,
            invoice,
            needs_confirmation=needs_confirmation,
        )


async def case_of(container: Container, made: Subscribed) -> DunningCase:
    async with container.get(Database).transaction(Subject.system()) as session:
        case = await latest_case(session, made.subscription_id)
    assert case is not None
    return case
