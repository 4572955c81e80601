"""MRR, its movements, active licenses and churn, by SQL over the subscriptions' history."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import DateTime

from billing.kit.db import Session

# A subscription's row holds from `begins` until `ends`. What pays, or is late with it, counts; a trial does not pay.
_SPANS = """
    spans AS (
      SELECT user_id, subscription_id, currency, plan_code, country, interval, status,
        CASE interval WHEN 'year' THEN round(amount / 12.0)::bigint ELSE amount END AS monthly,
        changed_at AS begins,
        lead(changed_at) OVER (PARTITION BY subscription_id ORDER BY changed_at, id) AS ends
      FROM subscription_history WHERE currency = :currency
    ),
    months AS (SELECT * FROM unnest(:begins, :ends) AS month (begins, ends))
"""
_MOVES = f"""
    WITH {_SPANS},
    paying AS (SELECT * FROM spans WHERE status IN ('active', 'past_due') AND monthly > 0),
    firsts AS (SELECT user_id, min(begins) AS first FROM paying GROUP BY user_id),
    standing AS (
      SELECT months.begins AS month, paying.user_id,
        coalesce(sum(monthly) FILTER (WHERE paying.begins < months.begins), 0)::bigint AS before,
        coalesce(sum(monthly) FILTER (WHERE paying.ends IS NULL OR paying.ends >= months.ends), 0)::bigint AS after
      FROM months JOIN paying
        ON paying.begins < months.ends AND (paying.ends IS NULL OR paying.ends >= months.begins)
      GROUP BY months.begins, paying.user_id
    ),
    moves AS (
      SELECT month, standing.user_id, before, after,
        CASE WHEN before = 0 AND first >= month THEN 'new'
             WHEN before = 0 THEN 'reactivation'
             WHEN after = 0 THEN 'churn'
             WHEN after > before THEN 'expansion'
             WHEN after < before THEN 'contraction'
             ELSE 'unchanged' END AS movement
      FROM standing JOIN firsts USING (user_id)
      WHERE before > 0 OR after > 0
    )
"""  # noqa: S608 - put together from constants
_TYPED = (
    bindparam("begins", type_=ARRAY(DateTime(timezone=True))),
    bindparam("ends", type_=ARRAY(DateTime(timezone=True))),
)
_MRR = text(
    f"""{_MOVES}
    SELECT months.begins AS month,
      coalesce(sum(before), 0)::bigint AS starting,
      coalesce(sum(after) FILTER (WHERE movement = 'new'), 0)::bigint AS new,
      coalesce(sum(after) FILTER (WHERE movement = 'reactivation'), 0)::bigint AS reactivation,
      coalesce(sum(after - before) FILTER (WHERE movement = 'expansion'), 0)::bigint AS expansion,
      coalesce(sum(before - after) FILTER (WHERE movement = 'contraction'), 0)::bigint AS contraction,
      coalesce(sum(before) FILTER (WHERE movement = 'churn'), 0)::bigint AS churn,
      coalesce(sum(after), 0)::bigint AS ending,
      count(*) FILTER (WHERE before > 0) AS customers_before,
      count(*) FILTER (WHERE movement = 'churn') AS customers_lost,
      count(*) FILTER (WHERE after > 0) AS customers_after
    FROM months LEFT JOIN moves ON moves.month = months.begins
    GROUP BY months.begins ORDER BY months.begins
    """  # noqa: S608 - put together from constants
).bindparams(*_TYPED)
_MRR_ROWS = text(
    f"""{_MOVES}
    SELECT user_id, movement, before, after FROM moves
    WHERE (CAST(:movement AS text) IS NULL OR movement = CAST(:movement AS text)) AND user_id::text > :after_key
    ORDER BY user_id::text LIMIT :limit
    """  # noqa: S608 - put together from constants
).bindparams(*_TYPED)
_ACTIVE = f"""
    WITH {_SPANS},
    active AS (
      SELECT months.begins AS month, subscription_id, user_id, plan_code, interval, status, monthly, country
      FROM months JOIN spans
        ON spans.begins < months.ends AND (spans.ends IS NULL OR spans.ends >= months.ends)
      WHERE status IN ('active', 'past_due', 'trialing')
    )
"""  # noqa: S608 - put together from constants
_LICENSES = text(
    f"""{_ACTIVE}
    SELECT months.begins AS month, plan_code, count(subscription_id) AS licenses,
      count(subscription_id) FILTER (WHERE status = 'trialing') AS trials
    FROM months LEFT JOIN active ON active.month = months.begins
    GROUP BY months.begins, plan_code ORDER BY months.begins, plan_code
    """  # noqa: S608 - put together from constants
).bindparams(*_TYPED)
_LICENSE_ROWS = text(
    f"""{_ACTIVE}
    SELECT subscription_id, user_id, plan_code, interval, status, monthly, country FROM active
    WHERE (CAST(:plan AS text) IS NULL OR plan_code = CAST(:plan AS text)) AND subscription_id::text > :after_key
    ORDER BY subscription_id::text LIMIT :limit
    """  # noqa: S608 - put together from constants
).bindparams(*_TYPED)

Spans = Sequence[tuple[datetime, datetime]]


def _period(spans: Spans, currency: str) -> dict[str, Any]:
    return {"begins": [begin for begin, _ in spans], "ends": [end for _, end in spans], "currency": currency}


async def mrr(session: Session, spans: Spans, currency: str) -> Sequence[Row[Any]]:
    return (await session.execute(_MRR, _period(spans, currency))).all()


async def mrr_rows(
    session: Session, spans: Spans, currency: str, *, movement: str | None, after_key: str, limit: int
) -> Sequence[Row[Any]]:
    """Return one row per customer of one month, one more than `limit` if there are more."""
    values = {**_period(spans, currency), "movement": movement, "after_key": after_key, "limit": limit + 1}
    return (await session.execute(_MRR_ROWS, values)).all()


async def licenses(session: Session, spans: Spans, currency: str) -> Sequence[Row[Any]]:
    return (await session.execute(_LICENSES, _period(spans, currency))).all()


async def license_rows(
    session: Session, spans: Spans, currency: str, *, plan: str | None, after_key: str, limit: int
) -> Sequence[Row[Any]]:
    """Return one row per subscription at the end of one month, one more than `limit` if there are more."""
    values = {**_period(spans, currency), "plan": plan, "after_key": after_key, "limit": limit + 1}
    return (await session.execute(_LICENSE_ROWS, values)).all()
