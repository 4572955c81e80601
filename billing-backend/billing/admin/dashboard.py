"""The first page of staff, and the health of the system."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends

from billing.accounts.dependencies import CurrentPrincipal, StaffSession, require
from billing.accounts.permissions import Permission
from billing.admin import dashboard_repository as repository
from billing.admin.schemas_dashboard import (
    AttentionCounts,
    Dashboard,
    DashboardMoney,
    HealthFinding,
    SystemHealthOut,
)
from billing.kit.container import provided
from billing.kit.db import Session
from billing.reports import money, recurring
from billing.reports.endpoints import mrr_month
from billing.reports.months import Currency, following, month_before, month_of
from service_kit.clock import Clock
from service_kit.errors import Forbidden, Unauthenticated
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1/admin", tags=["staff"], responses=responses(Unauthenticated, Forbidden))
ClockDep = Annotated[Clock, Depends(provided(Clock))]


@dataclass(frozen=True, slots=True)
class SystemHealth:
    """What the composition root knows to examine; each finding has `name`, `ok` and `detail`."""

    examine: Callable[[], Awaitable[Sequence[Mapping[str, object]]]]


async def _money(session: Session, now: datetime, currency: str) -> DashboardMoney:
    (recent,) = [mrr_month(row) for row in await recurring.mrr(session, [(month_before(now), now)], currency)]
    span = (following(now, -1), following(now))
    earned = {
        row.month: row.amount for row in await money.revenue(session, span, currency, by_plan=False, by_country=False)
    }
    return DashboardMoney(
        currency=currency,
        mrr_amount=recent.ending,
        mrr_month_ago_amount=recent.starting,
        customers=recent.customers,
        customers_lost=recent.customers_lost,
        churn_rate=recent.churn_rate,
        mrr_churn_rate=recent.mrr_churn_rate,
        revenue_amount=earned.get(month_of(now), 0),
        revenue_last_month_amount=earned.get(month_of(span[0]), 0),
    )


@router.get("/dashboard", dependencies=[Depends(require(Permission.ORDERS_READ))])
async def get_dashboard(
    session: StaffSession, principal: CurrentPrincipal, clock: ClockDep, currency: Currency = "USD"
) -> Dashboard:
    """Show the figures of the first page: recurring revenue, churn, customers, and what waits for a person."""
    now = clock.now()
    this_month = following(now, 0)
    counted = await repository.counts(session, following(now, -1), this_month)
    may_see_money = principal.allows(Permission.REPORTS_READ)
    return Dashboard(
        at=now,
        month_begins_at=this_month,
        money=await _money(session, now, currency) if may_see_money else None,
        **counted._mapping,
        attention=AttentionCounts.model_validate(await repository.attention(session, now)),
    )


@router.get("/system-health", dependencies=[Depends(require(Permission.SYSTEM_READ))])
async def get_system_health(
    health: Annotated[SystemHealth, Depends(provided(SystemHealth))], clock: ClockDep
) -> SystemHealthOut:
    """Examine everything that billing needs; takes some seconds when something does not answer."""
    checks = [HealthFinding.model_validate(finding) for finding in await health.examine()]
    return SystemHealthOut(ok=all(check.ok for check in checks), checked_at=clock.now(), checks=checks)
