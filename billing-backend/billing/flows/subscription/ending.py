"""The customer leaves: with the period, or now with or without the unused time paid back; and stays after all."""

import uuid

from billing.flows.dunning.cases import settle
from billing.flows.subscription.desk import Desk, asking_provider
from billing.flows.subscription.schemas import CancelIn
from billing.kit.db import Subject
from billing.licenses.actions.lifecycle import cancel_license
from billing.licenses.models import License
from billing.panels.actions.want_status import want_status
from billing.panels.models import PanelAccountStatus
from billing.subscriptions import repository, service
from billing.subscriptions.errors import ChangePending, SubscriptionNotEnding
from billing.subscriptions.models import ChangeStatus, Subscription, SubscriptionStatus

_REFUNDABLE = frozenset({SubscriptionStatus.ACTIVE})


async def cancel_at_period_end(
    desk: Desk, user_id: uuid.UUID, subscription_id: uuid.UUID, body: CancelIn
) -> Subscription:
    """Let the subscription end with its period; a repeat only changes the reason.

    Raises `SubscriptionNotFound`, `ChangePending` while a change is scheduled, what `require_begun` raises,
    `PaymentProviderDown`, `ChangeRefused`.
    """
    async with desk.database.transaction(Subject.customer(user_id)) as session:
        row = await service.get_own_or_raise(session, subscription_id, user_id)
        service.require_begun(row)
        waiting = (await repository.list_open_changes(session, [row.id])).get(row.id)
        if waiting is not None and waiting.status is ChangeStatus.SCHEDULED:
            raise ChangePending(extra={"change_id": str(waiting.id)})
    with asking_provider():
        await desk.provider.cancel_at_period_end(
            row.stripe_subscription_id, cancel=True, reason=body.reason, comment=body.feedback
        )
    async with desk.database.transaction(Subject.customer(user_id)) as session:
        row = await repository.lock(session, subscription_id)
        row.cancel_at_period_end = True
        row.note_reason(body.reason, body.feedback)
        return row


async def keep(desk: Desk, user_id: uuid.UUID, subscription_id: uuid.UUID) -> Subscription:
    """Take a cancellation at the period's end back.

    Raises `SubscriptionNotFound`, `SubscriptionNotEnding`, what `require_begun` raises, `PaymentProviderDown`,
    `ChangeRefused`.
    """
    row = await desk.own(user_id, subscription_id)
    service.require_begun(row)
    if not row.cancel_at_period_end:
        raise SubscriptionNotEnding
    with asking_provider():
        await desk.provider.cancel_at_period_end(row.stripe_subscription_id, cancel=False)
    async with desk.database.transaction(Subject.customer(user_id)) as session:
        row = await repository.lock(session, subscription_id)
        row.cancel_at_period_end = False
        row.note_reason(None, None)
        return row


async def unused_amount(desk: Desk, row: Subscription) -> int:
    """Return what the rest of the period is worth now, in minor units; nothing of time that was not paid for."""
    if row.status not in _REFUNDABLE:
        return 0
    live = await desk.provider.get(row.stripe_subscription_id)
    at = max(live.period_start, min(desk.clock.now(), live.period_end))
    preview = await desk.provider.preview_end(row.stripe_subscription_id, at)
    return max(-preview.total, 0)


async def end_now(
    desk: Desk, user_id: uuid.UUID, subscription_id: uuid.UUID, body: CancelIn
) -> tuple[Subscription, int]:
    """End the subscription and its license now; return it with what is paid back, in minor units.

    The wish is written down first; what a crash leaves over, the sweep does. Raises `SubscriptionNotFound`, what
    `require_begun` raises, `PaymentProviderDown` (it goes on by itself once it was written down), `ChangeRefused`.
    """
    row = await desk.own(user_id, subscription_id)
    service.require_begun(row)
    with asking_provider():
        refund = await unused_amount(desk, row) if body.refund else 0
    async with desk.database.transaction(Subject.customer(user_id)) as session:
        row = await repository.lock(session, subscription_id)
        service.require_begun(row)
        if row.end_requested_at is None:
            row.request_end(desk.clock.now(), refund or None)
            row.note_reason(body.reason, body.feedback)
        refund = row.end_refund_amount or 0
    with asking_provider():
        row = await carry_out_end(desk, subscription_id)
    return row, refund


async def carry_out_end(desk: Desk, subscription_id: uuid.UUID) -> Subscription:
    """Do what a wish to end asks for, and what of it is not done yet. Raises the provider's errors."""
    async with desk.database.transaction(Subject.system()) as session:
        row = await session.get_one(Subscription, subscription_id)
    if row.end_requested_at is None:
        return row
    await desk.provider.end(row.stripe_subscription_id, reason=row.cancel_reason, comment=row.cancel_comment)
    if row.end_refund_amount:
        await desk.provider.refund_latest(row.stripe_subscription_id, row.end_refund_amount)
    async with desk.database.transaction(Subject.system()) as session:
        row = await repository.lock(session, subscription_id)
        row.mark_end_done()
        row.status = SubscriptionStatus.CANCELLED
        row.cancelled_at = row.cancelled_at or desk.clock.now()
        change = await repository.lock_open_change(session, row.id)
        if change is not None:
            change.close(ChangeStatus.SUPERSEDED)
        if row.license_id is not None:
            await cancel_license(session, await session.get_one(License, row.license_id))
            await want_status(
                session, desk.clock, row.license_id, PanelAccountStatus.SUSPENDED, reason="subscription_ended"
            )
            await settle(session, desk.settings, desk.clock, row)
        return row
