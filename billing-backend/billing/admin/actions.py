"""What staff do by hand to a license or a subscription, through the same functions as everybody else."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from billing.accounts.dependencies import CurrentPrincipal, Principal, StaffSession, require
from billing.accounts.permissions import Permission
from billing.admin.details import show_license, show_subscription
from billing.admin.details_repository import get_subscription
from billing.admin.schemas_details import StaffLicenseDetail, StaffSubscriptionDetail
from billing.audit.service import record
from billing.flows.dunning.cases import NON_PAYMENT
from billing.flows.purchase.errors import PaymentProviderDown
from billing.flows.subscription import ending
from billing.flows.subscription.endpoints import ASKING, BEGUN, DeskDep
from billing.flows.subscription.pausing import PAUSED
from billing.flows.subscription.schemas import CancelIn
from billing.kit.container import provided
from billing.kit.db import Subject
from billing.licenses.actions.lifecycle import reinstate_license, suspend_license
from billing.licenses.errors import LicenseNotFound, LicenseStateConflict
from billing.licenses.models import LicenseStatus
from billing.licenses.service import get_license_or_raise
from billing.panels.actions.want_status import want_status
from billing.panels.models import PanelAccountStatus
from billing.subscriptions.errors import ChangePending, SubscriptionNotEnding, SubscriptionNotFound
from billing.subscriptions.models import Subscription
from service_kit.clock import Clock
from service_kit.errors import Conflict, Forbidden, Unauthenticated, Unprocessable
from service_kit.fields import Line
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1/admin", tags=["staff"], responses=responses(Unauthenticated, Forbidden))

# These suspensions end by themselves when their cause does.
BY_RULE = frozenset({NON_PAYMENT, PAUSED})
ClockDep = Annotated[Clock, Depends(provided(Clock))]


class ReasonReserved(Unprocessable):
    code, title = "reason_reserved", "This reason is given by the system itself; use other words"


class SuspendedByRule(Conflict):
    """`extra["suspended_reason"]` says why; a payment or the customer's resuming ends it."""

    code, title = "suspended_by_rule", "This suspension ends by itself when its cause does"


class SuspendIn(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "Sends spam, case 4711"}]})

    reason: Line = Field(description="The customer reads it.")


class StaffEndingOut(BaseModel):
    """The subscription as it ends, and what is paid back for the unused time, in minor units of its currency."""

    subscription: StaffSubscriptionDetail
    refund_amount: int


@router.post(
    "/licenses/{license_id}/suspend",
    dependencies=[Depends(require(Permission.LICENSES_WRITE))],
    responses=responses(LicenseNotFound, LicenseStateConflict, ReasonReserved),
)
async def suspend_any_license(
    license_id: uuid.UUID, body: SuspendIn, session: StaffSession, principal: CurrentPrincipal, clock: ClockDep
) -> StaffLicenseDetail:
    """Suspend an active license by hand; its account at the panel follows. No payment lifts it."""
    if body.reason in BY_RULE:
        raise ReasonReserved
    row = await get_license_or_raise(session, license_id)
    await session.refresh(row, with_for_update=True)
    if row.status is not LicenseStatus.ACTIVE:
        raise LicenseStateConflict(extra={"license_status": row.status})
    await suspend_license(session, row, reason=body.reason, actor_user_id=principal.user_id)
    await want_status(session, clock, row.id, PanelAccountStatus.SUSPENDED, reason=body.reason)
    return await show_license(session, row)


@router.post(
    "/licenses/{license_id}/reinstate",
    dependencies=[Depends(require(Permission.LICENSES_WRITE))],
    responses=responses(LicenseNotFound, LicenseStateConflict, SuspendedByRule),
)
async def reinstate_any_license(
    license_id: uuid.UUID, session: StaffSession, principal: CurrentPrincipal, clock: ClockDep
) -> StaffLicenseDetail:
    """Undo a suspension by hand; its account at the panel follows."""
    row = await get_license_or_raise(session, license_id)
    await session.refresh(row, with_for_update=True)
    if row.status is not LicenseStatus.SUSPENDED:
        raise LicenseStateConflict(extra={"license_status": row.status})
    if row.suspended_reason in BY_RULE:
        raise SuspendedByRule(extra={"suspended_reason": row.suspended_reason})
    await reinstate_license(session, row, actor_user_id=principal.user_id)
    # One whose time ran out meanwhile is expired by the next sweep, and its account stays as it is.
    if not row.is_over(clock.now()):
        await want_status(session, clock, row.id, PanelAccountStatus.ACTIVE, reason="reinstated by staff")
    return await show_license(session, row)


async def _subscription(desk: DeskDep, principal: Principal, subscription_id: uuid.UUID) -> Subscription:
    async with desk.database.transaction(Subject.staff(principal.user_id)) as session:
        row = await get_subscription(session, subscription_id)
    if row is None:
        raise SubscriptionNotFound
    return row


async def _done(
    desk: DeskDep, principal: Principal, subscription_id: uuid.UUID, action: str, after: dict[str, object]
) -> StaffSubscriptionDetail:
    """Write down who did it, and show what has become of the subscription."""
    async with desk.database.transaction(Subject.staff(principal.user_id)) as session:
        await record(
            session,
            actor_user_id=principal.user_id,
            action=action,
            object_type="subscription",
            object_id=subscription_id,
            after=after,
        )
        return await show_subscription(session, await session.get_one(Subscription, subscription_id))


@router.post(
    "/subscriptions/{subscription_id}/cancel",
    dependencies=[Depends(require(Permission.SUBSCRIPTIONS_WRITE))],
    responses=responses(SubscriptionNotFound, *BEGUN, *ASKING, ChangePending),
)
async def cancel_any_subscription(
    subscription_id: uuid.UUID, body: CancelIn, principal: CurrentPrincipal, desk: DeskDep
) -> StaffEndingOut:
    """End a customer's subscription: with its period, or now with or without the unused time paid back."""
    owner = (await _subscription(desk, principal, subscription_id)).user_id
    refund = 0
    if body.at == "now":
        _, refund = await ending.end_now(desk, owner, subscription_id, body)
    else:
        await ending.cancel_at_period_end(desk, owner, subscription_id, body)
    after = {**body.model_dump(), "refund_amount": refund}
    shown = await _done(desk, principal, subscription_id, "subscription.cancelled", after)
    return StaffEndingOut(subscription=shown, refund_amount=refund)


@router.post(
    "/subscriptions/{subscription_id}/keep",
    dependencies=[Depends(require(Permission.SUBSCRIPTIONS_WRITE))],
    responses=responses(SubscriptionNotFound, SubscriptionNotEnding, PaymentProviderDown, *BEGUN, *ASKING),
)
async def keep_any_subscription(
    subscription_id: uuid.UUID, principal: CurrentPrincipal, desk: DeskDep
) -> StaffSubscriptionDetail:
    """Take back a cancellation at the period's end."""
    owner = (await _subscription(desk, principal, subscription_id)).user_id
    await ending.keep(desk, owner, subscription_id)
    return await _done(desk, principal, subscription_id, "subscription.kept", {"cancel_at_period_end": False})
