"""Issue the license, and tie the subscription to it, in the transaction that ends the step."""

from datetime import timedelta

from sqlalchemy import select, update

from billing.catalog.models import Plan
from billing.flows.purchase.context import StepContext, StepDefinition
from billing.kit.crypto import BlindIndex, Vault
from billing.kit.db import Database, Session, Subject
from billing.licenses.actions.issue import issue_license
from billing.licenses.entitlements import Entitlements
from billing.orders.models import StepKind
from billing.orders.outcomes import Done, Later, Outcome
from billing.payments.models import Payment
from billing.settings import Settings
from billing.subscriptions.models import Subscription
from service_kit.clock import Clock


async def handle(context: StepContext) -> Outcome:
    item = context.item
    container = context.container
    vault, index, clock = container.get(Vault), container.get(BlindIndex), container.get(Clock)
    grace = container.get(Settings).license_grace
    async with container.get(Database).transaction(Subject.system()) as session:
        subscription = await _subscription(session, context)
        if subscription is None or subscription.current_period_end is None:
            return Later("subscription_unknown", "the paid subscription's period is not known yet")
        expires_at = subscription.current_period_end
        plan = (await session.execute(select(Plan).where(Plan.id == item.plan_id))).scalar_one()
        issued = await issue_license(
            session,
            vault,
            index,
            clock,
            user_id=context.user.id,
            entitlements=Entitlements.of(plan),
            expires_at=expires_at,
            grace_until=expires_at + grace,
            order_item_id=item.id,
        )
        license_id, last4 = issued.license.id, issued.license.last4
        subscription.license_id = license_id
        await session.execute(
            update(Payment)
            .where(Payment.stripe_payment_intent_id == context.order.stripe_payment_intent_id)
            .values(license_id=license_id)
            .execution_options(synchronize_session=False)
        )
    return Done({"license_id": str(license_id), "last4": last4})


async def _subscription(session: Session, context: StepContext) -> Subscription | None:
    found = select(Subscription).where(Subscription.order_id == context.order.id).with_for_update()
    return (await session.execute(found)).scalar_one_or_none()


DEFINITION = StepDefinition(StepKind.ISSUE_LICENSE, timedelta(seconds=15), handle)
