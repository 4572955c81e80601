"""Repair drift: the panel states how many of each thing exist, and the counters follow."""

from collections.abc import Mapping
from dataclasses import dataclass

from billing.kit.crypto import BlindIndex
from billing.kit.db import Session
from billing.licenses import repository
from billing.licenses.models import ApiKey, Resource, UsageAction, UsageRecord
from billing.licenses.service import find_for_caller
from service_kit.logs import get_logger

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Drift:
    was: int
    now: int


async def apply_snapshot(
    session: Session,
    index: BlindIndex,
    caller: ApiKey,
    *,
    license_key: str,
    counts: Mapping[Resource, int],
    idempotency_key: str | None,
) -> Mapping[Resource, Drift] | None:
    """Set the counters named in `counts` and return those that were different; None when there is no such license.

    What exists is the truth, so a count may go over the quota: nothing more is let through until it is back below.
    """
    found = await find_for_caller(session, index, caller, license_key, lock=True)
    if found is None:
        return None
    drift: dict[Resource, Drift] = {}
    counters = await repository.lock_counters(session, found.id)
    for resource, count in counts.items():
        counter = counters[resource]
        if counter.used == count:
            continue
        drift[resource] = Drift(was=counter.used, now=count)
        counter.used = count
        session.add(
            UsageRecord(
                license_id=found.id,
                user_id=found.user_id,
                api_key_id=caller.id,
                idempotency_key=idempotency_key,
                resource=resource,
                action=UsageAction.SNAPSHOT,
                count=drift[resource].now - drift[resource].was,
                used=count,
            )
        )
    if drift:
        log.warning(
            "usage drift repaired",
            license_id=str(found.id),
            drift={resource.value: [change.was, change.now] for resource, change in drift.items()},
        )
    await session.flush()
    return drift
