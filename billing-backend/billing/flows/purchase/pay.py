"""Open the payment of an order at the provider. Every call is repeatable: its keys are made of the order's id."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from billing.accounts.models import BILLING_SYNC_TASK, User
from billing.catalog.models import Interval, Plan
from billing.flows.purchase.errors import (
    OrderAmountChanged,
    OrderNotPayable,
    PaymentProviderDown,
    PaymentProviderRefusal,
    PlanNotForSale,
)
from billing.flows.purchase.taxes import prepare_taxes, rate_of, take_over_taxes
from billing.flows.taxes.customers import profile_of
from billing.kit.db import Database, Session, Subject
from billing.kit.money import Money
from billing.orders import repository as orders
from billing.orders.errors import OrderNotFound
from billing.orders.models import ItemKind, Order, OrderItem, OrderStatus
from billing.orders.schemas import OrderOut
from billing.orders.service import show
from billing.payments.ports import (
    Charge,
    DiscountRefused,
    PaymentHandle,
    PaymentProvider,
    PaymentProviderRefused,
    PaymentProviderUnavailable,
    Taxes,
)
from billing.subscriptions.errors import CouponInvalid
from billing.subscriptions.models import Subscription, SubscriptionStatus
from billing.tax.determination import Treatment
from billing.tax.ports import TaxDesk
from service_kit.ids import uuid7


@dataclass(frozen=True, slots=True)
class Opened:
    """The order, and what it is paid with; no handle when it is paid already."""

    order: OrderOut
    handle: PaymentHandle | None


async def open_payment(database: Database, provider: PaymentProvider, desk: TaxDesk, order_id: uuid.UUID) -> Opened:
    """Return what the customer pays with, opening the payment at the provider if that has not happened yet.

    Opens its own transactions, none of them while the provider is asked. Raises `OrderNotFound`, `OrderNotPayable`,
    `PlanNotForSale`, `PaymentProviderDown`, `PaymentProviderRefusal`; and `CouponInvalid` or `OrderAmountChanged` for
    an order that can't be had at its price any more and is closed.
    """
    async with database.transaction(Subject.system()) as session:
        order = await orders.get_order(session, order_id)
        if order is None:
            raise OrderNotFound
        user = (await session.execute(select(User).where(User.id == order.user_id))).scalar_one()
        items = await orders.items_of(session, order_id)
        license_item = next((item for item in items if item.kind is ItemKind.LICENSE), None)
        unopened = order.is_open and order.stripe_invoice_id is None
        price_id = await _price_id(session, license_item) if license_item and unopened else None
        rate = await rate_of(session, order) if unopened else None
        shown = None if unopened else (await show(session, [order]))[0]
    if order.status is OrderStatus.EXPIRED:
        raise OrderNotPayable
    if shown is not None and not order.is_open:
        return Opened(shown, None)
    try:
        if shown is not None and order.stripe_invoice_id is not None:
            return Opened(shown, await provider.get_handle(order.stripe_invoice_id))
        customer_id = user.stripe_customer_id or await _create_customer(database, provider, user)
        taxes = await prepare_taxes(database, desk, order, user, customer_id, rate)
        opened = await _open(provider, order, customer_id, items, price_id, taxes)
        if _costs_otherwise(order, opened):
            await provider.abandon(invoice_id=opened.invoice_id, subscription_id=opened.subscription_id)
    except PaymentProviderUnavailable as error:
        raise PaymentProviderDown(extra={"order_id": str(order_id)}) from error
    except DiscountRefused as error:
        await _close(database, order_id, user)
        raise CouponInvalid(extra={"reason": "used_up"}) from error
    except PaymentProviderRefused as error:
        raise PaymentProviderRefusal(extra={"provider_code": error.code, "order_id": str(order_id)}) from error
    if _costs_otherwise(order, opened):
        await _close(database, order_id, user)
        raise OrderAmountChanged(extra={"order_id": str(order_id), "order_status": OrderStatus.EXPIRED})
    async with database.transaction(Subject.system()) as session:
        order = await _remember(session, order_id, license_item, opened)
        await _tell_again(session, order, user)
        return Opened((await show(session, [order]))[0], opened)


def _costs_otherwise(order: Order, opened: PaymentHandle) -> bool:
    """Whether the provider asks for another amount than the customer agreed to.

    The provider taxes by what it knows of the customer, and another order of theirs may have changed that in between.
    """
    if order.tax_treatment == Treatment.AUTOMATIC or opened.status not in {"open", "void"}:
        return False
    return opened.total != order.total_amount


async def _close(database: Database, order_id: uuid.UUID, user: User) -> None:
    """Close an order whose payment can't be opened; the provider is told anew who the customer is."""
    async with database.transaction(Subject.system()) as session:
        order = await orders.lock_order(session, order_id)
        assert order is not None
        if order.is_open:
            order.mark_expired()
        await _tell_again(session, order, user)


async def _tell_again(session: Session, order: Order, told: User) -> None:
    """Have the provider told of the customer as they are now, if it was told of them as they were for this order."""
    if told.country is None:
        return
    user = await session.get_one(User, told.id, populate_existing=True)
    changed = profile_of(user, reverse_charge=False) != profile_of(told, reverse_charge=False)
    if changed or told.updated_at > order.created_at:
        user.mark_billing_changed(user.updated_at)
        session.enqueue(BILLING_SYNC_TASK, str(user.id))


async def _price_id(session: Session, item: OrderItem) -> str:
    plan = (await session.execute(select(Plan).where(Plan.id == item.plan_id))).scalar_one()
    found = plan.stripe_price_id_yearly if item.interval == Interval.YEAR else plan.stripe_price_id_monthly
    if found is None:
        raise PlanNotForSale
    return found


async def _create_customer(database: Database, provider: PaymentProvider, user: User) -> str:
    customer_id = await provider.create_customer(user_id=user.id, email=user.email, name=user.full_name)
    async with database.transaction(Subject.system()) as session:
        row = (await session.execute(select(User).where(User.id == user.id).with_for_update())).scalar_one()
        # Two orders at once got the same customer: its key is made of the user's id.
        row.stripe_customer_id = row.stripe_customer_id or customer_id
        return row.stripe_customer_id


async def _open(
    provider: PaymentProvider,
    order: Order,
    customer_id: str,
    items: Sequence[OrderItem],
    price_id: str | None,
    taxes: Taxes,
) -> PaymentHandle:
    charges = [
        Charge(item.description, Money(item.amount, item.currency), str(item.id))
        for item in items
        if item.kind is not ItemKind.LICENSE
    ]
    if price_id is not None:
        return await provider.open_subscription(
            order_id=order.id,
            customer_id=customer_id,
            price_id=price_id,
            charges=charges,
            promotion_code_id=order.stripe_promotion_code_id,
            trial_days=max(item.trial_days for item in items),
            taxes=taxes,
        )
    return await provider.open_invoice(
        order_id=order.id, customer_id=customer_id, currency=order.currency, charges=charges, taxes=taxes
    )


async def _remember(
    session: Session, order_id: uuid.UUID, license_item: OrderItem | None, opened: PaymentHandle
) -> Order:
    """Note the provider's ids. The webhook may have been faster: nothing it wrote is overwritten."""
    order = await orders.lock_order(session, order_id)
    assert order is not None
    order.stripe_invoice_id = opened.invoice_id
    order.stripe_subscription_id = opened.subscription_id
    order.stripe_payment_intent_id = opened.payment_intent_id or order.stripe_payment_intent_id
    if order.is_open and order.tax_treatment == Treatment.AUTOMATIC:
        take_over_taxes(order, await orders.items_of(session, order_id), opened)
    if license_item is not None and opened.subscription_id is not None:
        await ensure_subscription(session, order, license_item, opened.subscription_id)
    return order


async def ensure_subscription(
    session: Session, order: Order, license_item: OrderItem, stripe_subscription_id: str
) -> Subscription:
    """Return the subscription row of an order, made if it is missing. The caller holds the order's lock."""
    found = select(Subscription).where(Subscription.order_id == order.id)
    row = (await session.execute(found)).scalar_one_or_none()
    if row is None:
        assert license_item.plan_id is not None
        assert license_item.interval is not None
        row = Subscription(
            id=uuid7(),
            user_id=order.user_id,
            order_id=order.id,
            plan_id=license_item.plan_id,
            stripe_subscription_id=stripe_subscription_id,
            status=SubscriptionStatus.INCOMPLETE,
            interval=license_item.interval,
            currency=order.currency,
            coupon_code=order.coupon_code,
            tax_rate_id=order.tax_rate_id,
            tax_treatment=order.tax_treatment,
        )
        session.add(row)
        await session.flush()
    return row


async def expire_order(session: Session, order_id: uuid.UUID, now: datetime) -> bool:
    """Close an unpaid order whose time is over; False when it was paid meanwhile."""
    order = await orders.lock_order(session, order_id)
    if order is None or not order.is_open or order.expires_at > now:
        return False
    order.mark_expired()
    return True
