"""Subscriptions of the customer: see, change, end, pause, discount."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, status

from billing.accounts.dependencies import CurrentPrincipal, CustomerSession
from billing.catalog.errors import UnknownPlan
from billing.flows.purchase.errors import PaymentProviderDown, PlanNotForSale
from billing.flows.subscription import change, coupons, ending, pausing, quote
from billing.flows.subscription.desk import Desk
from billing.flows.subscription.schemas import (
    CancelIn,
    CouponIn,
    EndingOut,
    PlanChangeIn,
    PlanChangeOut,
    ResumeOut,
    SubscriptionOut,
)
from billing.kit.container import provided
from billing.kit.db import Database, Subject
from billing.kit.pagination import Cursor, InvalidCursor, Limit, Page, cut
from billing.licenses.errors import EntitlementsBelowUsage
from billing.settings import Settings
from billing.subscriptions import repository, service
from billing.subscriptions.errors import (
    ChangeNotFound,
    ChangeNotOpen,
    ChangePending,
    ChangeRefused,
    CouponInvalid,
    QuoteStale,
    SamePlan,
    SubscriptionEnding,
    SubscriptionIsPaused,
    SubscriptionNotEnding,
    SubscriptionNotFound,
    SubscriptionNotPaused,
    SubscriptionNotStarted,
    SubscriptionOver,
    SubscriptionPastDue,
)
from billing.subscriptions.models import Subscription
from billing.subscriptions.ports import SubscriptionProvider
from service_kit.clock import Clock
from service_kit.errors import Unauthenticated
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1/subscriptions", tags=["subscriptions"])

OWN = (Unauthenticated, SubscriptionNotFound)
ASKING = (PaymentProviderDown, ChangeRefused)
BEGUN = (SubscriptionOver, SubscriptionNotStarted)
RUNNING = (*BEGUN, SubscriptionIsPaused, SubscriptionPastDue)


async def desk(
    database: Annotated[Database, Depends(provided(Database))],
    provider: Annotated[SubscriptionProvider, Depends(provided(SubscriptionProvider))],
    settings: Annotated[Settings, Depends(provided(Settings))],
    clock: Annotated[Clock, Depends(provided(Clock))],
) -> Desk:
    return Desk(database, provider, settings, clock)


DeskDep = Annotated[Desk, Depends(desk)]


async def _show(desk: Desk, row: Subscription) -> SubscriptionOut:
    async with desk.database.transaction(Subject.customer(row.user_id)) as session:
        changes = await repository.list_open_changes(session, [row.id])
    return SubscriptionOut.of(row, changes.get(row.id))


@router.get("", responses=responses(Unauthenticated, InvalidCursor))
async def list_subscriptions(
    session: CustomerSession, principal: CurrentPrincipal, cursor: Cursor = None, limit: Limit = 20
) -> Page[SubscriptionOut]:
    """List your subscriptions, newest first, each with the change that waits to take effect."""
    rows, next_cursor = cut(await repository.list_own(session, principal.user_id, cursor, limit), limit)
    changes = await repository.list_open_changes(session, [row.id for row in rows])
    return Page(items=[SubscriptionOut.of(row, changes.get(row.id)) for row in rows], next_cursor=next_cursor)


@router.get("/{subscription_id}", responses=responses(*OWN))
async def get_subscription(
    subscription_id: uuid.UUID, session: CustomerSession, principal: CurrentPrincipal
) -> SubscriptionOut:
    """Show one subscription."""
    row = await service.get_own_or_raise(session, subscription_id, principal.user_id)
    return SubscriptionOut.of(row, (await repository.list_open_changes(session, [row.id])).get(row.id))


@router.post(
    "/{subscription_id}/changes",
    status_code=status.HTTP_201_CREATED,
    responses=responses(
        *OWN, *RUNNING, *ASKING, UnknownPlan, PlanNotForSale, SamePlan, EntitlementsBelowUsage, SubscriptionEnding
    ),
)
async def quote_subscription_change(
    subscription_id: uuid.UUID, body: PlanChangeIn, principal: CurrentPrincipal, desk: DeskDep
) -> PlanChangeOut:
    """Ask what another plan or interval would cost: so much today, so much at the next renewal, line by line.

    Nothing is changed or charged. The answer holds for an hour; confirm it by its `id`, and it costs what it says.
    """
    return PlanChangeOut.of(await quote.quote_change(desk, principal.user_id, subscription_id, body))


@router.get("/{subscription_id}/changes/{change_id}", responses=responses(*OWN, ChangeNotFound))
async def get_subscription_change(
    subscription_id: uuid.UUID, change_id: uuid.UUID, session: CustomerSession, principal: CurrentPrincipal
) -> PlanChangeOut:
    """Show a change and what has become of it."""
    return PlanChangeOut.of(
        await service.get_own_change_or_raise(session, subscription_id, change_id, principal.user_id)
    )


@router.post(
    "/{subscription_id}/changes/{change_id}/confirm",
    responses=responses(
        *OWN, *RUNNING, *ASKING, ChangeNotFound, QuoteStale, ChangePending, EntitlementsBelowUsage, SubscriptionEnding
    ),
)
async def confirm_subscription_change(
    subscription_id: uuid.UUID, change_id: uuid.UUID, principal: CurrentPrincipal, desk: DeskDep
) -> PlanChangeOut:
    """Make a quoted change. Your card is charged and your license follows the payment within moments.

    Repeating the call changes nothing and costs nothing. When the bank asks for you, or the card is declined, the
    answer has a `client_secret`: pay within 23 hours, else everything stays as it was.
    """
    done = await change.confirm_change(desk, principal.user_id, subscription_id, change_id)
    return PlanChangeOut.of(done.change, client_secret=done.client_secret, pay_url=done.pay_url)


@router.delete(
    "/{subscription_id}/changes/{change_id}", responses=responses(*OWN, *ASKING, ChangeNotFound, ChangeNotOpen)
)
async def cancel_subscription_change(
    subscription_id: uuid.UUID, change_id: uuid.UUID, principal: CurrentPrincipal, desk: DeskDep
) -> PlanChangeOut:
    """Take back a quote, or a change that is scheduled for the end of the period."""
    return PlanChangeOut.of(await change.cancel_change(desk, principal.user_id, subscription_id, change_id))


@router.post("/{subscription_id}/cancel", responses=responses(*OWN, *BEGUN, *ASKING, ChangePending))
async def cancel_subscription(
    subscription_id: uuid.UUID, body: CancelIn, principal: CurrentPrincipal, desk: DeskDep
) -> EndingOut:
    """End the subscription: with its period, or now with or without the unused time paid back."""
    refund = 0
    if body.at == "now":
        row, refund = await ending.end_now(desk, principal.user_id, subscription_id, body)
    else:
        row = await ending.cancel_at_period_end(desk, principal.user_id, subscription_id, body)
    shown = await _show(desk, row)
    return EndingOut(subscription=shown, refund_amount=refund, currency=desk.settings.currency)


@router.post("/{subscription_id}/keep", responses=responses(*OWN, *BEGUN, *ASKING, SubscriptionNotEnding))
async def keep_subscription(subscription_id: uuid.UUID, principal: CurrentPrincipal, desk: DeskDep) -> SubscriptionOut:
    """Take back a cancellation before the period has ended: the subscription goes on as it was."""
    return await _show(desk, await ending.keep(desk, principal.user_id, subscription_id))


@router.post(
    "/{subscription_id}/pause", responses=responses(*OWN, *RUNNING, *ASKING, SubscriptionEnding, ChangePending)
)
async def pause_subscription(subscription_id: uuid.UUID, principal: CurrentPrincipal, desk: DeskDep) -> SubscriptionOut:
    """Pause: nothing is charged and your sites are switched off. Unused time is credited to the period after it."""
    return await _show(desk, await pausing.pause(desk, principal.user_id, subscription_id))


@router.post("/{subscription_id}/resume", responses=responses(*OWN, *ASKING, SubscriptionNotPaused))
async def resume_subscription(subscription_id: uuid.UUID, principal: CurrentPrincipal, desk: DeskDep) -> ResumeOut:
    """Resume after a pause: a new period begins, charged less the credit. With `client_secret` once you confirm it."""
    done = await pausing.resume(desk, principal.user_id, subscription_id)
    return ResumeOut(
        subscription=await _show(desk, done.row),
        amount_due=done.amount_due,
        client_secret=done.client_secret,
        pay_url=done.pay_url,
    )


@router.put("/{subscription_id}/coupon", responses=responses(*OWN, *RUNNING, *ASKING, CouponInvalid))
async def redeem_coupon(
    subscription_id: uuid.UUID, body: CouponIn, principal: CurrentPrincipal, desk: DeskDep
) -> SubscriptionOut:
    """Redeem a coupon: the plan's price is lower from the next invoice on. It replaces an earlier one."""
    return await _show(desk, await coupons.redeem(desk, principal.user_id, subscription_id, body.code))


@router.delete("/{subscription_id}/coupon", responses=responses(*OWN, *BEGUN, *ASKING))
async def remove_coupon(subscription_id: uuid.UUID, principal: CurrentPrincipal, desk: DeskDep) -> SubscriptionOut:
    """Remove the coupon: the full price counts from the next invoice on."""
    return await _show(desk, await coupons.remove(desk, principal.user_id, subscription_id))
