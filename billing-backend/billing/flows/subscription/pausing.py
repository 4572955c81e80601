"""Pause and resume: while it is paused a subscription costs nothing and its license grants nothing."""

import uuid
from dataclasses import dataclass

from billing.flows.subscription.desk import Desk, asking_provider, require_running
from billing.kit.db import Session, Subject
from billing.licenses.actions.lifecycle import reinstate_license, suspend_license
from billing.licenses.models import License, LicenseStatus
from billing.panels.actions.want_status import want_status
from billing.panels.models import PanelAccountStatus
from billing.subscriptions import repository, service
from billing.subscriptions.errors import ChangePending, SubscriptionEnding, SubscriptionNotPaused
from billing.subscriptions.models import Subscription, SubscriptionStatus
from service_kit.clock import Clock

PAUSED = "subscription_paused"


@dataclass(frozen=True, slots=True)
class Resumed:
    """The subscription, and what its new period costs: `amount_due` in minor units, 0 when that is paid."""

    row: Subscription
    amount_due: int = 0
    client_secret: str | None = None
    pay_url: str | None = None


async def pause(desk: Desk, user_id: uuid.UUID, subscription_id: uuid.UUID) -> Subscription:
    """Stop the subscription; its unused time is credited to the period after the pause. A repeat changes nothing.

    Raises `SubscriptionNotFound`, `SubscriptionEnding`, `ChangePending`, what `require_running` raises,
    `PaymentProviderDown`, `ChangeRefused`.
    """
    async with desk.database.transaction(Subject.customer(user_id)) as session:
        row = await service.get_own_or_raise(session, subscription_id, user_id)
        if row.status is SubscriptionStatus.PAUSED:
            return row
        await require_running(session, desk.settings, row)
        if row.cancel_at_period_end:
            raise SubscriptionEnding
        waiting = await repository.list_open_changes(session, [row.id])
        if waiting:
            raise ChangePending(extra={"change_id": str(waiting[row.id].id)})
    with asking_provider():
        await desk.provider.pause(row.stripe_subscription_id)
    async with desk.database.transaction(Subject.system()) as session:
        row = await repository.lock(session, subscription_id)
        row.status = SubscriptionStatus.PAUSED
        await follow_pause(session, desk.clock, row)
        return row


async def resume(desk: Desk, user_id: uuid.UUID, subscription_id: uuid.UUID) -> Resumed:
    """Begin a new period; the license is good again once it is paid.

    Raises `SubscriptionNotFound`, `SubscriptionNotPaused`, `PaymentProviderDown`, `ChangeRefused`.
    """
    row = await desk.own(user_id, subscription_id)
    if row.status is not SubscriptionStatus.PAUSED:
        raise SubscriptionNotPaused
    with asking_provider():
        live = await desk.provider.resume(row.stripe_subscription_id)
    invoice = live.latest_invoice
    if live.status != "paused" or invoice is None or invoice.status != "open":
        return Resumed(row)
    return Resumed(row, invoice.amount_due, invoice.client_secret, invoice.hosted_url)


async def follow_pause(session: Session, clock: Clock, row: Subscription) -> None:
    """Let license and account follow a pause, or its end. The caller holds the subscription's lock."""
    if row.license_id is None:
        return
    license_row = await session.get_one(License, row.license_id, with_for_update=True)
    if row.status is SubscriptionStatus.PAUSED:
        if license_row.status in {LicenseStatus.ACTIVE, LicenseStatus.EXPIRED}:
            await suspend_license(session, license_row, reason=PAUSED)
            await want_status(session, clock, row.license_id, PanelAccountStatus.SUSPENDED, reason=PAUSED)
    elif license_row.status is LicenseStatus.SUSPENDED and license_row.suspended_reason == PAUSED and row.is_running:
        await reinstate_license(session, license_row)
        await want_status(session, clock, row.license_id, PanelAccountStatus.ACTIVE, reason="subscription_resumed")
