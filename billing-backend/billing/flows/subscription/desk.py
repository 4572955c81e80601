"""What every action on a subscription starts with: the parts it needs, and the provider's errors in the API's words."""

import contextlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import or_, select

from billing.catalog.models import Interval, Plan
from billing.flows.purchase.errors import PaymentProviderDown, PlanNotForSale
from billing.invoices.repository import list_open_of
from billing.invoices.service import pay_url
from billing.kit.db import Database, Session, Subject
from billing.licenses import repository as licenses
from billing.licenses.actions.lifecycle import beyond
from billing.licenses.entitlements import Entitlements
from billing.licenses.errors import EntitlementsBelowUsage
from billing.payments.ports import PaymentProviderRefused, PaymentProviderUnavailable
from billing.settings import Settings
from billing.subscriptions import service
from billing.subscriptions.errors import ChangeRefused, SubscriptionPastDue
from billing.subscriptions.models import Subscription
from billing.subscriptions.ports import SubscriptionProvider
from service_kit.clock import Clock


@dataclass(frozen=True, slots=True)
class Desk:
    """What an action needs. Actions open their own transactions, none while the provider is asked."""

    database: Database
    provider: SubscriptionProvider
    settings: Settings
    clock: Clock

    async def own(self, user_id: uuid.UUID, subscription_id: uuid.UUID) -> Subscription:
        """Return the customer's subscription, detached; raises `SubscriptionNotFound`."""
        async with self.database.transaction(Subject.customer(user_id)) as session:
            return await service.get_own_or_raise(session, subscription_id, user_id)


async def require_running(session: Session, settings: Settings, row: Subscription) -> None:
    """Raise as `subscriptions.service.require_running` does; `SubscriptionPastDue` says what is owed and where."""
    try:
        service.require_running(row)
    except SubscriptionPastDue:
        owed = await list_open_of(session, row.id)
        if not owed:
            raise
        amount = sum(invoice.amount_due - invoice.amount_paid for invoice in owed)
        where = pay_url(settings, owed[0].id)
        raise SubscriptionPastDue(
            extra={"amount_due": amount, "currency": owed[0].currency, "pay_url": where}
        ) from None


async def require_room(session: Session, row: Subscription, plan: Plan) -> None:
    """Raise `EntitlementsBelowUsage`, with what must go first, when more is in use than the plan would grant."""
    if row.license_id is None:
        return
    over = beyond(Entitlements.of(plan), await licenses.used(session, row.license_id))
    if over:
        raise EntitlementsBelowUsage(extra={"over": over})


@contextlib.contextmanager
def asking_provider() -> Iterator[None]:
    """Turn what the provider says no to into `ChangeRefused`, and its silence into `PaymentProviderDown`."""
    try:
        yield
    except PaymentProviderUnavailable as error:
        raise PaymentProviderDown from error
    except PaymentProviderRefused as error:
        raise ChangeRefused(extra={"provider_code": error.code}) from error


def price_id_of(plan: Plan, interval: str) -> str:
    """Return the provider's id of what the plan costs; raises `PlanNotForSale` before the catalog is synced."""
    found = plan.stripe_price_id(Interval(interval))
    if found is None:
        raise PlanNotForSale
    return found


async def plan_of_product(session: Session, product_id: str, price_id: str) -> Plan | None:
    """Return the plan that the provider knows by this product: its price may be an old one."""
    statement = select(Plan).where(
        or_(
            Plan.stripe_product_id == product_id,
            Plan.stripe_price_id_monthly == price_id,
            Plan.stripe_price_id_yearly == price_id,
        )
    )
    return (await session.execute(statement)).scalars().first()
