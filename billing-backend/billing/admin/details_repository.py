"""What belongs to one customer, order, license or subscription."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, func, or_, select

from billing.accounts.models import CustomerNote, User, UserSession
from billing.accounts.permissions import Role
from billing.domains.models import Domain
from billing.invoices.models import Invoice, InvoiceStatus
from billing.invoices.staff_repository import StaffInvoiceFilter
from billing.kit.db import Session
from billing.kit.listing import AnyRow, AnySelect
from billing.licenses.models import ApiKey, License, LicenseStatus
from billing.orders.models import Order, OrderItem
from billing.panels.commands import PanelCommand
from billing.panels.models import PanelAccount, PanelServer
from billing.payments.models import Payment
from billing.payments.staff_repository import PaymentFilter
from billing.subscriptions.models import Subscription, SubscriptionChange, SubscriptionStatus

# What a page shows; whoever has more of a kind has a list of them.
MOST_OF_A_KIND = 100


async def get_customer(session: Session, user_id: uuid.UUID) -> User | None:
    statement = select(User).where(User.id == user_id, User.role == Role.CUSTOMER)
    return (await session.execute(statement)).scalar_one_or_none()


def _count(table: type[Any], user_id: uuid.UUID, *where: Any) -> ScalarSelect[int]:
    return select(func.count()).select_from(table).where(table.user_id == user_id, *where).scalar_subquery()


async def counts(session: Session, user_id: uuid.UUID) -> AnyRow:
    """Return how many of each kind the customer has."""
    is_running = Subscription.status.not_in([SubscriptionStatus.CANCELLED, SubscriptionStatus.INCOMPLETE])
    statement: AnySelect = select(
        _count(Order, user_id).label("orders"),
        _count(License, user_id).label("licenses"),
        _count(License, user_id, License.status == LicenseStatus.ACTIVE).label("active_licenses"),
        _count(Subscription, user_id).label("subscriptions"),
        _count(Subscription, user_id, is_running).label("running_subscriptions"),
        _count(Domain, user_id).label("domains"),
        _count(Invoice, user_id).label("invoices"),
        _count(Invoice, user_id, Invoice.status == InvoiceStatus.OPEN).label("open_invoices"),
        _count(Payment, user_id).label("payments"),
        _count(CustomerNote, user_id).label("notes"),
    )
    return (await session.execute(statement)).one()


async def open_amounts(session: Session, user_id: uuid.UUID) -> Sequence[AnyRow]:
    statement: AnySelect = (
        select(Invoice.currency, func.sum(Invoice.amount_due - Invoice.amount_paid).label("amount"))
        .where(Invoice.user_id == user_id, Invoice.status == InvoiceStatus.OPEN)
        .group_by(Invoice.currency)
        .order_by(Invoice.currency)
    )
    return (await session.execute(statement)).all()


async def last_seen_at(session: Session, user_id: uuid.UUID) -> datetime | None:
    statement = select(func.max(UserSession.last_seen_at)).where(UserSession.user_id == user_id)
    return (await session.execute(statement)).scalar_one()


async def payments_of_order(session: Session, order: Order) -> Sequence[AnyRow]:
    """Return the payments of the order's invoices, newest first."""
    invoices = select(Invoice.id).where(Invoice.order_id == order.id)
    is_of_order: ColumnElement[bool] = Payment.invoice_id.in_(invoices)
    if order.stripe_payment_intent_id is not None:
        is_of_order = or_(is_of_order, Payment.stripe_payment_intent_id == order.stripe_payment_intent_id)
    statement = PaymentFilter(user_id=order.user_id).statement().where(is_of_order)
    found = await session.execute(statement.order_by(Payment.id.desc()).limit(MOST_OF_A_KIND))
    rows: Sequence[AnyRow] = found.all()
    return rows


async def invoices_of(session: Session, wanted: StaffInvoiceFilter) -> Sequence[AnyRow]:
    """Return the newest invoices of an order or a subscription."""
    found = await session.execute(wanted.statement().order_by(Invoice.id.desc()).limit(MOST_OF_A_KIND))
    rows: Sequence[AnyRow] = found.all()
    return rows


async def panel_account_of(session: Session, license_id: uuid.UUID) -> AnyRow | None:
    """Return the license's account, its server's name, and the wish for its status."""
    statement: AnySelect = (
        select(PanelAccount, PanelServer.name, PanelCommand)
        .join(PanelServer, PanelServer.id == PanelAccount.panel_server_id)
        .outerjoin(PanelCommand, PanelCommand.panel_account_id == PanelAccount.id)
        .where(PanelAccount.license_id == license_id)
    )
    return (await session.execute(statement)).one_or_none()


async def keys_of(session: Session, license_id: uuid.UUID) -> Sequence[ApiKey]:
    statement = select(ApiKey).where(ApiKey.license_id == license_id).order_by(ApiKey.id.desc())
    return (await session.execute(statement.limit(MOST_OF_A_KIND))).scalars().all()


async def subscription_ids_of(session: Session, license_id: uuid.UUID) -> Sequence[uuid.UUID]:
    statement = select(Subscription.id).where(Subscription.license_id == license_id).order_by(Subscription.id.desc())
    return (await session.execute(statement.limit(MOST_OF_A_KIND))).scalars().all()


async def order_id_of(session: Session, order_item_id: uuid.UUID | None) -> uuid.UUID | None:
    statement = select(OrderItem.order_id).where(OrderItem.id == order_item_id)
    return (await session.execute(statement)).scalar_one_or_none()


async def get_subscription(session: Session, subscription_id: uuid.UUID) -> Subscription | None:
    statement = select(Subscription).where(Subscription.id == subscription_id)
    return (await session.execute(statement)).scalar_one_or_none()


async def changes_of(session: Session, subscription_id: uuid.UUID) -> Sequence[SubscriptionChange]:
    statement = select(SubscriptionChange).where(SubscriptionChange.subscription_id == subscription_id)
    newest = statement.order_by(SubscriptionChange.id.desc()).limit(MOST_OF_A_KIND)
    return (await session.execute(newest)).scalars().all()
