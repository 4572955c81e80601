"""Reports on money; every figure has its rows."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from billing.accounts.dependencies import StaffSession, require
from billing.accounts.permissions import Permission
from billing.kit.container import provided
from billing.kit.pagination import InvalidCursor, Limit, Page
from billing.reports import money
from billing.reports.cursors import TextCursor, decode_text
from billing.reports.endpoints import Plan, cut_rows, rate, uuid_key
from billing.reports.months import Currency, InvalidPeriod, Month, MonthPath, first_instant, following, spans
from billing.reports.schemas import (
    ForecastMonth,
    ForecastRow,
    Grouping,
    PostingRow,
    ReceivableRow,
    Receivables,
    RefundMonth,
    RevenueFigure,
    RevenueRow,
)
from service_kit.clock import Clock
from service_kit.errors import Forbidden, Unauthenticated
from service_kit.problems import responses

router = APIRouter(
    prefix="/api/v1/reports",
    tags=["reports"],
    dependencies=[Depends(require(Permission.REPORTS_READ))],
    responses=responses(Unauthenticated, Forbidden),
)
Country = Annotated[str | None, Query(pattern=r"^[A-Z]{2}$", description="ISO 3166 alpha-2.", examples=["DE"])]
FORECAST_MONTHS = 12


def _span_of(month: str) -> money.Span:
    begins = first_instant(month)
    return begins, following(begins)


@router.get("/revenue", responses=responses(InvalidPeriod))
async def report_revenue(
    session: StaffSession,
    first: Month,
    last: Month,
    by: Grouping = Grouping.MONTH,
    currency: Currency = "USD",
) -> list[RevenueFigure]:
    """Show what was earned by month, and if asked by plan or by country, net of tax, discounts and credit notes."""
    months = spans(first, last)
    rows = await money.revenue(
        session,
        (months[0][0], months[-1][1]),
        currency,
        by_plan=by is Grouping.PLAN,
        by_country=by is Grouping.COUNTRY,
    )
    return [RevenueFigure(month=row.month, plan=row.plan_code, country=row.country, amount=row.amount) for row in rows]


@router.get("/revenue/{month}/rows", responses=responses(InvalidCursor))
async def report_revenue_rows(
    month: MonthPath,
    session: StaffSession,
    plan: Plan = None,
    country: Country = None,
    currency: Currency = "USD",
    cursor: TextCursor = None,
    limit: Limit = 50,
) -> Page[RevenueRow]:
    """List the ledger's postings behind a month's revenue."""
    rows = await money.revenue_rows(
        session, _span_of(month), currency, plan=plan, country=country, after_key=uuid_key(cursor), limit=limit
    )
    page, next_cursor = cut_rows(rows, "id", limit)
    return Page(items=[RevenueRow.model_validate(row) for row in page], next_cursor=next_cursor)


@router.get("/receivables")
async def report_receivables(
    session: StaffSession, clock: Annotated[Clock, Depends(provided(Clock))]
) -> list[Receivables]:
    """Show what customers owe by currency, and for how long."""
    now = clock.now()
    rows = await money.receivables(session, now - timedelta(days=30), now - timedelta(days=60))
    return [Receivables.model_validate(row) for row in rows]


@router.get("/receivables/rows", responses=responses(InvalidCursor))
async def report_receivable_rows(
    session: StaffSession, currency: Currency = "USD", cursor: TextCursor = None, limit: Limit = 50
) -> Page[ReceivableRow]:
    """List the invoices with something open."""
    rows = await money.receivable_rows(session, currency, after_key=decode_text(cursor), limit=limit)
    page, next_cursor = cut_rows(rows, "invoice", limit)
    return Page(items=[ReceivableRow.model_validate(row) for row in page], next_cursor=next_cursor)


@router.get("/refunds", responses=responses(InvalidPeriod))
async def report_refunds(
    session: StaffSession, first: Month, last: Month, currency: Currency = "USD"
) -> list[RefundMonth]:
    """Show what was paid and refunded by month, and the rate."""
    months = spans(first, last)
    rows = await money.refunds(session, (months[0][0], months[-1][1]), currency)
    return [RefundMonth(**row._mapping, refund_rate=rate(row.refunded, row.paid)) for row in rows]


@router.get("/refunds/{month}/rows", responses=responses(InvalidCursor))
async def report_refund_rows(
    month: MonthPath, session: StaffSession, currency: Currency = "USD", cursor: TextCursor = None, limit: Limit = 50
) -> Page[PostingRow]:
    """List a month's refunds; one that failed at the bank comes back with a negative amount."""
    rows = await money.refund_rows(session, _span_of(month), currency, after_key=uuid_key(cursor), limit=limit)
    page, next_cursor = cut_rows(rows, "id", limit)
    return Page(items=[PostingRow.model_validate(row) for row in page], next_cursor=next_cursor)


@router.get("/forecast")
async def report_forecast(
    session: StaffSession, clock: Annotated[Clock, Depends(provided(Clock))], currency: Currency = "USD"
) -> list[ForecastMonth]:
    """Show the renewals of the next twelve months, as if nobody left, came or changed."""
    now = clock.now()
    rows = await money.forecast(session, (now, following(now, FORECAST_MONTHS)), currency)
    return [ForecastMonth.model_validate(row) for row in rows]


@router.get("/forecast/{month}/rows", responses=responses(InvalidCursor))
async def report_forecast_rows(
    month: MonthPath,
    session: StaffSession,
    clock: Annotated[Clock, Depends(provided(Clock))],
    currency: Currency = "USD",
    cursor: TextCursor = None,
    limit: Limit = 50,
) -> Page[ForecastRow]:
    """List the subscriptions that renew in a month."""
    begins, ends = _span_of(month)
    span = (max(begins, clock.now()), ends)
    rows = await money.forecast_rows(session, span, currency, after_key=uuid_key(cursor), limit=limit)
    page, next_cursor = cut_rows(rows, "subscription_id", limit)
    return Page(items=[ForecastRow.model_validate(row) for row in page], next_cursor=next_cursor)
