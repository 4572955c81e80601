"""Subscriptions in the background: what was left halfway, switches that are due, panels that don't know yet."""

import uuid
from datetime import timedelta

from sqlalchemy import select

from billing.catalog.models import Plan
from billing.flows.renewal.handlers import settle_change
from billing.flows.subscription.change import carry_out, carry_out_switch
from billing.flows.subscription.desk import Desk
from billing.flows.subscription.ending import carry_out_end
from billing.inbound.ports import Ignore, TryLater
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.licenses.models import License
from billing.panels.actions.tell_entitlements import TELL_TASK, Granted, list_untold, tell_panel
from billing.panels.ports import PanelGateway
from billing.payments.ports import PaymentProviderRefused, PaymentProviderUnavailable
from billing.settings import Settings
from billing.subscriptions import repository
from billing.subscriptions.models import ChangeStatus, SubscriptionChange
from billing.subscriptions.ports import SubscriptionProvider
from service_kit.clock import Clock
from service_kit.logs import get_logger

log = get_logger(__name__)

CHANGE_TASK = "subscriptions.carry_out_change"
END_TASK = "subscriptions.carry_out_end"
_BATCH = 200
# An action that still runs is not disturbed, and a payment's event gets time to arrive.
_LEFT = timedelta(minutes=2)
# How long before its end a period gives way to one of another length.
SWITCH_LEAD = timedelta(hours=1)


def desk_of(container: Container) -> Desk:
    return Desk(
        container.get(Database), container.get(SubscriptionProvider), container.get(Settings), container.get(Clock)
    )


async def carry_out_change(container: Container, change_id: str) -> None:
    """Do what is left of a change; what can't be done yet the sweep finds again."""
    desk, wanted = desk_of(container), uuid.UUID(change_id)
    async with desk.database.transaction(Subject.system()) as session:
        change = await session.get(SubscriptionChange, wanted)
    if change is None or not change.is_open:
        return
    try:
        if change.status is ChangeStatus.SCHEDULED:
            await carry_out_switch(desk, wanted)
        else:
            await carry_out(desk, wanted)
        await settle_change(container, wanted)
    except (PaymentProviderUnavailable, PaymentProviderRefused, TryLater, Ignore) as reason:
        log.warning("change of a subscription postponed", change_id=change_id, reason=str(reason))


async def carry_out_ending(container: Container, subscription_id: str) -> None:
    try:
        await carry_out_end(desk_of(container), uuid.UUID(subscription_id))
    except (PaymentProviderUnavailable, PaymentProviderRefused) as reason:
        log.warning("end of a subscription postponed", subscription_id=subscription_id, reason=str(reason))


async def tell(container: Container, license_id: str) -> None:
    """Tell the panel what a license grants now; a panel that is down is told later."""
    database = container.get(Database)
    async with database.transaction(Subject.system()) as session:
        found = select(License, Plan).join(Plan, Plan.id == License.plan_id).where(License.id == uuid.UUID(license_id))
        row = (await session.execute(found)).one_or_none()
    if row is None:
        return
    license_row, plan = row
    granted = Granted(license_row.entitlements_version, plan.code, license_row.features, license_row.quotas())
    await tell_panel(database, container.get(PanelGateway), container.get(Clock), license_row.id, granted)


async def sweep(container: Container) -> int:
    """Re-enqueue what was left behind or is due; return how many."""
    now = container.get(Clock).now()
    async with container.get(Database).transaction(Subject.system()) as session:
        changes = await repository.list_due_changes(
            session, confirmed_before=now - _LEFT, effective_before=now + SWITCH_LEAD, limit=_BATCH
        )
        ends = await repository.list_unfinished_ends(session, now - _LEFT, _BATCH)
        untold = await list_untold(session, now, _BATCH)
        for task, ids in ((CHANGE_TASK, changes), (END_TASK, ends), (TELL_TASK, untold)):
            for found in ids:
                session.enqueue(task, str(found))
    return len(changes) + len(ends) + len(untold)


async def tidy(container: Container) -> int:
    """Close quotes that nobody took; return how many."""
    async with container.get(Database).transaction(Subject.system()) as session:
        return await repository.drop_stale_quotes(session, container.get(Clock).now())


TASKS = {CHANGE_TASK: carry_out_change, END_TASK: carry_out_ending, TELL_TASK: tell}
