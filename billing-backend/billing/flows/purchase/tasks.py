"""Tasks of the purchase: run a step, and the sweep that finds what messages forgot."""

import uuid
from datetime import timedelta

from billing.flows.purchase.paid import AmountMismatch, ask_provider, settle_order
from billing.flows.purchase.pay import expire_order
from billing.flows.purchase.runner import StepRunner
from billing.inbound.ports import Ignore, TryLater
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.orders import repository as orders
from billing.orders.actions.finish_step import RUN_TASK
from billing.orders.models import Order
from billing.payments.ports import PaymentProvider, PaymentProviderRefused, PaymentProviderUnavailable
from billing.settings import Settings
from service_kit.clock import Clock
from service_kit.logs import get_logger

log = get_logger(__name__)

CHECK_TASK = "purchase.check_payment"
SWEEP_BATCH = 200
FIRST_RECHECK = timedelta(minutes=2)
LONGEST_RECHECK = timedelta(hours=1)


async def run_step(container: Container, step_id: str) -> None:
    await container.get(StepRunner).run(uuid.UUID(step_id))


async def check_payment(container: Container, order_id: str) -> None:
    """Ask the provider about an order that still waits for its money: the webhook may be lost, or the time is over."""
    database, clock = container.get(Database), container.get(Clock)
    settings, provider = container.get(Settings), container.get(PaymentProvider)
    async with database.transaction(Subject.system()) as session:
        order = await orders.get_order(session, uuid.UUID(order_id))
    if order is None or not order.is_open:
        return
    try:
        if order.stripe_invoice_id is not None:
            facts = await ask_provider(provider, order.stripe_invoice_id)
            if facts.invoice.status == "paid":
                async with database.transaction(Subject.system()) as session:
                    settled = await settle_order(session, settings, clock, facts)
                if settled:
                    log.warning("order was paid, its event had not come", order_id=order_id)
                return
            if order.expires_at <= clock.now():
                # First nobody can pay any more, then the order is closed; a payment in between makes abandon refuse.
                await provider.abandon(invoice_id=order.stripe_invoice_id, subscription_id=order.stripe_subscription_id)
    except (TryLater, PaymentProviderUnavailable, PaymentProviderRefused, Ignore, AmountMismatch) as reason:
        log.warning("payment check postponed", order_id=order_id, reason=str(reason))
        await _check_again(database, clock, order)
        return
    async with database.transaction(Subject.system()) as session:
        expired = await expire_order(session, order.id, clock.now())
    if not expired:
        await _check_again(database, clock, order)


async def _check_again(database: Database, clock: Clock, order: Order) -> None:
    """Ask less often the older the order is."""
    now = clock.now()
    pause = min(max(FIRST_RECHECK, (now - order.created_at) / 2), LONGEST_RECHECK)
    async with database.transaction(Subject.system()) as session:
        row = await orders.lock_order(session, order.id)
        if row is not None and row.is_open:
            row.next_payment_check_at = min(now + pause, max(row.expires_at, now + FIRST_RECHECK))


async def sweep(container: Container) -> int:
    """Re-enqueue due steps, steps whose worker died, and open orders whose payment should be asked about."""
    clock, settings = container.get(Clock), container.get(Settings)
    now = clock.now()
    async with container.get(Database).transaction(Subject.system()) as session:
        steps = await orders.list_due_steps(session, now=now, settled=now - settings.sweep_settle, limit=SWEEP_BATCH)
        for step_id in steps:
            session.enqueue(RUN_TASK, str(step_id))
        open_orders = await orders.list_payment_checks(session, now, SWEEP_BATCH)
        for order_id in open_orders:
            session.enqueue(CHECK_TASK, str(order_id))
    return len(steps) + len(open_orders)


TASKS = {RUN_TASK: run_step, CHECK_TASK: check_payment}
