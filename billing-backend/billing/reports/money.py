"""Revenue, receivables, refunds and the forecast, by SQL over the ledger."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text

from billing.kit.db import Session

_REVENUE = text(
    """
    SELECT to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM') AS month,
      CASE WHEN :by_plan THEN plan_code END AS plan_code, CASE WHEN :by_country THEN country END AS country,
      -sum(amount)::bigint AS amount
    FROM ledger_postings
    WHERE account = 'revenue_earned' AND currency = :currency AND occurred_at >= :begins AND occurred_at < :ends
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    """
)
_REVENUE_ROWS = text(
    """
    SELECT posting.id, entry.kind, entry.source_id, posting.reference AS invoice, posting.user_id, posting.plan_code,
      posting.country, -posting.amount AS amount, posting.occurred_at
    FROM ledger_postings AS posting JOIN ledger_entries AS entry ON entry.id = posting.entry_id
    WHERE posting.account = 'revenue_earned' AND posting.currency = :currency
      AND posting.occurred_at >= :begins AND posting.occurred_at < :ends
      AND (CAST(:plan AS text) IS NULL OR posting.plan_code = CAST(:plan AS text))
      AND (CAST(:country AS text) IS NULL OR posting.country = CAST(:country AS text))
      AND posting.id > CAST(:after_key AS uuid)
    ORDER BY posting.id LIMIT :limit
    """
)
_OPEN = """
    WITH open AS (
      SELECT posting.reference AS invoice, (array_agg(posting.user_id))[1] AS user_id, posting.currency,
        sum(posting.amount)::bigint AS amount, min(posting.occurred_at) AS since
      FROM ledger_postings AS posting
      WHERE posting.account = 'receivable' AND posting.reference IS NOT NULL
      GROUP BY posting.reference, posting.currency HAVING sum(posting.amount) <> 0
    )
"""
_RECEIVABLES = text(
    f"""{_OPEN}
    SELECT currency, count(*) AS invoices, sum(amount)::bigint AS amount,
      coalesce(sum(amount) FILTER (WHERE since >= :days_30), 0)::bigint AS up_to_30_days,
      coalesce(sum(amount) FILTER (WHERE since < :days_30 AND since >= :days_60), 0)::bigint AS up_to_60_days,
      coalesce(sum(amount) FILTER (WHERE since < :days_60), 0)::bigint AS older
    FROM open GROUP BY currency ORDER BY currency
    """  # noqa: S608 - put together from constants
)
_RECEIVABLE_ROWS = text(
    f"""{_OPEN}
    SELECT invoice, user_id, amount, since FROM open
    WHERE currency = :currency AND invoice > :after_key ORDER BY invoice LIMIT :limit
    """  # noqa: S608 - put together from constants
)
_REFUNDS = text(
    """
    SELECT to_char(posting.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM') AS month,
      coalesce(sum(posting.amount) FILTER (WHERE entry.kind = 'payment'), 0)::bigint AS paid,
      coalesce(-sum(posting.amount) FILTER (WHERE entry.kind IN ('refund', 'refund_failed')), 0)::bigint AS refunded,
      count(*) FILTER (WHERE entry.kind = 'payment') AS payments,
      count(*) FILTER (WHERE entry.kind = 'refund') - count(*) FILTER (WHERE entry.kind = 'refund_failed') AS refunds
    FROM ledger_postings AS posting JOIN ledger_entries AS entry ON entry.id = posting.entry_id
    WHERE posting.account = 'cash' AND posting.currency = :currency
      AND posting.occurred_at >= :begins AND posting.occurred_at < :ends
      AND entry.kind IN ('payment', 'refund', 'refund_failed')
    GROUP BY 1 ORDER BY 1
    """
)
_REFUND_ROWS = text(
    """
    SELECT posting.id, entry.kind, entry.source_id, posting.user_id, -posting.amount AS amount, posting.occurred_at
    FROM ledger_postings AS posting JOIN ledger_entries AS entry ON entry.id = posting.entry_id
    WHERE posting.account = 'cash' AND posting.currency = :currency
      AND posting.occurred_at >= :begins AND posting.occurred_at < :ends
      AND entry.kind IN ('refund', 'refund_failed') AND posting.id > CAST(:after_key AS uuid)
    ORDER BY posting.id LIMIT :limit
    """
)
_RENEWALS = """
    WITH agreed AS (
      SELECT DISTINCT ON (subscription_id) subscription_id, plan_code, amount, currency
      FROM subscription_history ORDER BY subscription_id, changed_at DESC, id DESC
    ),
    renewals AS (
      SELECT row.id AS subscription_id, row.user_id, agreed.plan_code, row.interval, agreed.amount,
        ((row.current_period_end AT TIME ZONE 'UTC')
          + number * (CASE row.interval WHEN 'year' THEN interval '1 year' ELSE interval '1 month' END))
          AT TIME ZONE 'UTC' AS renews_at
      FROM subscriptions AS row JOIN agreed ON agreed.subscription_id = row.id
      CROSS JOIN generate_series(0, 12) AS number
      WHERE row.status IN ('active', 'past_due') AND NOT row.cancel_at_period_end AND agreed.currency = :currency
        AND row.current_period_end IS NOT NULL
    )
"""
_FORECAST = text(
    f"""{_RENEWALS}
    SELECT to_char(renews_at AT TIME ZONE 'UTC', 'YYYY-MM') AS month, count(*) AS renewals,
      sum(amount)::bigint AS amount
    FROM renewals WHERE renews_at >= :begins AND renews_at < :ends GROUP BY 1 ORDER BY 1
    """  # noqa: S608 - put together from constants
)
_FORECAST_ROWS = text(
    f"""{_RENEWALS}
    SELECT subscription_id, user_id, plan_code, interval, amount, renews_at
    FROM renewals WHERE renews_at >= :begins AND renews_at < :ends AND subscription_id > CAST(:after_key AS uuid)
    ORDER BY subscription_id LIMIT :limit
    """  # noqa: S608 - put together from constants
)

Span = tuple[datetime, datetime]


def _span(span: Span, currency: str) -> dict[str, Any]:
    return {"begins": span[0], "ends": span[1], "currency": currency}


async def revenue(
    session: Session, span: Span, currency: str, *, by_plan: bool, by_country: bool
) -> Sequence[Row[Any]]:
    values = {**_span(span, currency), "by_plan": by_plan, "by_country": by_country}
    return (await session.execute(_REVENUE, values)).all()


async def revenue_rows(
    session: Session, span: Span, currency: str, *, plan: str | None, country: str | None, after_key: str, limit: int
) -> Sequence[Row[Any]]:
    """Return postings of earned revenue, oldest first, one more than `limit` if there are more."""
    filters = {"plan": plan, "country": country, "after_key": after_key, "limit": limit + 1}
    return (await session.execute(_REVENUE_ROWS, {**_span(span, currency), **filters})).all()


async def receivables(session: Session, days_30: datetime, days_60: datetime) -> Sequence[Row[Any]]:
    return (await session.execute(_RECEIVABLES, {"days_30": days_30, "days_60": days_60})).all()


async def receivable_rows(session: Session, currency: str, *, after_key: str, limit: int) -> Sequence[Row[Any]]:
    """Return invoices with something open, by their id, one more than `limit` if there are more."""
    values = {"currency": currency, "after_key": after_key, "limit": limit + 1}
    return (await session.execute(_RECEIVABLE_ROWS, values)).all()


async def refunds(session: Session, span: Span, currency: str) -> Sequence[Row[Any]]:
    return (await session.execute(_REFUNDS, _span(span, currency))).all()


async def refund_rows(session: Session, span: Span, currency: str, *, after_key: str, limit: int) -> Sequence[Row[Any]]:
    """Return refunds and those that came back, oldest first, one more than `limit` if there are more."""
    values = {**_span(span, currency), "after_key": after_key, "limit": limit + 1}
    return (await session.execute(_REFUND_ROWS, values)).all()


async def forecast(session: Session, span: Span, currency: str) -> Sequence[Row[Any]]:
    return (await session.execute(_FORECAST, _span(span, currency))).all()


async def forecast_rows(
    session: Session, span: Span, currency: str, *, after_key: str, limit: int
) -> Sequence[Row[Any]]:
    """Return what renews in one month, by subscription, one more than `limit` if there are more."""
    values = {**_span(span, currency), "after_key": after_key, "limit": limit + 1}
    return (await session.execute(_FORECAST_ROWS, values)).all()
