"""Reports on subscriptions; every figure has its rows."""

import uuid
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from sqlalchemy import Row

from billing.accounts.dependencies import StaffSession, require
from billing.accounts.permissions import Permission
from billing.kit.pagination import InvalidCursor, Limit, Page
from billing.reports import recurring
from billing.reports.cursors import TextCursor, cut_text, decode_text
from billing.reports.months import Currency, InvalidPeriod, Month, MonthPath, first_instant, following, month_of, spans
from billing.reports.schemas import LicenseRow, LicensesRow, Movement, MrrMonth, MrrRow
from service_kit.errors import Forbidden, Unauthenticated
from service_kit.problems import responses

router = APIRouter(
    prefix="/api/v1/reports",
    tags=["reports"],
    dependencies=[Depends(require(Permission.REPORTS_READ))],
    responses=responses(Unauthenticated, Forbidden),
)
Plan = Annotated[str | None, Query(max_length=60, description="A plan's code.", examples=["starter"])]


@router.get("/mrr", responses=responses(InvalidPeriod))
async def report_mrr(session: StaffSession, first: Month, last: Month, currency: Currency = "USD") -> list[MrrMonth]:
    """Show monthly recurring revenue by month, how it moved, and churn."""
    return [mrr_month(row) for row in await recurring.mrr(session, spans(first, last), currency)]


def mrr_month(row: Row[Any]) -> MrrMonth:
    """Return a row of `recurring.mrr` with its rates."""
    values = row._mapping
    lost = values["churn"] + values["contraction"]
    return MrrMonth(
        **{name: values[name] for name in ("starting", "new", "expansion", "contraction", "churn", "reactivation")},
        month=month_of(values["month"]),
        ending=values["ending"],
        customers=values["customers_after"],
        customers_lost=values["customers_lost"],
        churn_rate=rate(values["customers_lost"], values["customers_before"]),
        mrr_churn_rate=rate(lost, values["starting"]),
    )


def rate(part: int, whole: int) -> float | None:
    """Return the share to four places, None of nothing."""
    return round(part / whole, 4) if whole else None


@router.get("/mrr/{month}/rows", responses=responses(InvalidCursor))
async def report_mrr_rows(
    month: MonthPath,
    session: StaffSession,
    movement: Movement | None = None,
    currency: Currency = "USD",
    cursor: TextCursor = None,
    limit: Limit = 50,
) -> Page[MrrRow]:
    """List the customers behind a month's MRR, with what they paid a month before and after."""
    span = [(first_instant(month), following(first_instant(month)))]
    rows = await recurring.mrr_rows(
        session, span, currency, movement=movement, after_key=decode_text(cursor), limit=limit
    )
    page, next_cursor = cut_text(rows, [str(row.user_id) for row in rows], limit)
    return Page(items=[MrrRow.model_validate(row) for row in page], next_cursor=next_cursor)


@router.get("/licenses", responses=responses(InvalidPeriod))
async def report_licenses(
    session: StaffSession, first: Month, last: Month, currency: Currency = "USD"
) -> list[LicensesRow]:
    """Show how many licenses were in service at the end of each month, by plan."""
    rows = await recurring.licenses(session, spans(first, last), currency)
    return [
        LicensesRow(month=month_of(row.month), plan=row.plan_code, licenses=row.licenses, trials=row.trials)
        for row in rows
    ]


@router.get("/licenses/{month}/rows", responses=responses(InvalidCursor))
async def report_license_rows(
    month: MonthPath,
    session: StaffSession,
    plan: Plan = None,
    currency: Currency = "USD",
    cursor: TextCursor = None,
    limit: Limit = 50,
) -> Page[LicenseRow]:
    """List the subscriptions whose licenses were in service at the end of a month."""
    span = [(first_instant(month), following(first_instant(month)))]
    rows = await recurring.license_rows(session, span, currency, plan=plan, after_key=decode_text(cursor), limit=limit)
    page, next_cursor = cut_text(rows, [str(row.subscription_id) for row in rows], limit)
    return Page(items=[LicenseRow.model_validate(row) for row in page], next_cursor=next_cursor)


def uuid_key(cursor: str | None) -> str:
    """Return the id a cursor stands for, the lowest for the first page; raises `InvalidCursor`."""
    key = decode_text(cursor)
    try:
        return str(uuid.UUID(key)) if key else str(uuid.UUID(int=0))
    except ValueError as error:
        raise InvalidCursor from error


def cut_rows(rows: Sequence[Row[Any]], name: str, limit: int) -> tuple[Sequence[Row[Any]], str | None]:
    """Split rows by the column `name` they are ordered by."""
    return cut_text(rows, [str(getattr(row, name)) for row in rows], limit)
