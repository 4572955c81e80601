"""The history of subscriptions: a row whenever plan, interval, status or amount are not what they were."""

from sqlalchemy import text

from billing.kit.db import Session
from billing.ledger.facts import SubscriptionFact
from service_kit.ids import uuid7

_NOTE = text(
    """
    INSERT INTO subscription_history
      (id, user_id, subscription_id, plan_code, interval, status, amount, currency, country, changed_at)
    SELECT CAST(:id AS uuid), CAST(:user_id AS uuid), CAST(:subscription_id AS uuid), CAST(:plan_code AS text),
      CAST(:interval AS text), CAST(:status AS text), CAST(:amount AS bigint), CAST(:currency AS text),
      CAST(:country AS text), CAST(:changed_at AS timestamptz)
    WHERE NOT EXISTS (
      SELECT FROM (
        SELECT plan_code, interval, status, amount, currency FROM subscription_history
        WHERE subscription_id = CAST(:subscription_id AS uuid) ORDER BY id DESC LIMIT 1
      ) AS last
      WHERE (last.plan_code, last.interval, last.status, last.amount, last.currency)
        = (CAST(:plan_code AS text), CAST(:interval AS text), CAST(:status AS text), CAST(:amount AS bigint),
          CAST(:currency AS text))
    )
    RETURNING id
    """
)


async def note_subscription(session: Session, fact: SubscriptionFact) -> bool:
    """Add to the history if something changed; the caller holds the subscription's row lock. Return whether it did."""
    values = {
        "id": uuid7(),
        "user_id": fact.user_id,
        "subscription_id": fact.subscription_id,
        "plan_code": fact.plan_code,
        "interval": fact.interval,
        "status": fact.status,
        "amount": fact.amount,
        "currency": fact.currency,
        "country": fact.country,
        "changed_at": fact.changed_at,
    }
    return (await session.execute(_NOTE, values)).scalar_one_or_none() is not None
