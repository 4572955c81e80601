"""Count what a license uses: the gate that never lets more through than was bought."""

from dataclasses import dataclass
from datetime import datetime

from billing.kit.crypto import BlindIndex
from billing.kit.db import Session
from billing.licenses import repository
from billing.licenses.models import ApiKey, Resource, UsageAction, UsageRecord
from billing.licenses.service import find_for_caller
from billing.licenses.verdict import Verdict, quota_exceeded, refusal, remaining_of, standing
from billing_client import ValidationCode


@dataclass(frozen=True, slots=True)
class UsageReport:
    """What a caller says happened. `action` is `created` or `deleted`, `count` at least one."""

    license_key: str
    resource: Resource
    action: UsageAction
    count: int


async def report_usage(
    session: Session,
    index: BlindIndex,
    caller: ApiKey,
    report: UsageReport,
    *,
    idempotency_key: str,
    now: datetime,
) -> Verdict:
    """Count the report and return VALID or IN_GRACE with what is left, or the reason why nothing was counted.

    `created` needs a license in good standing and room in the quota; `deleted` is always accepted and never goes
    below zero. Must run in the transaction that remembers the idempotency key.
    """
    found = await find_for_caller(session, index, caller, report.license_key, lock=True)
    if found is None:
        return refusal(ValidationCode.NOT_FOUND)
    code = standing(found, now)
    if report.action is UsageAction.DELETED:
        counted: int | None = await repository.hand_back(session, found.id, report.resource, report.count)
        code = ValidationCode.VALID
    elif code not in {ValidationCode.VALID, ValidationCode.IN_GRACE}:
        return refusal(code)
    else:
        counted = await repository.consume(
            session, found.id, report.resource, report.count, found.maximum(report.resource)
        )
    if counted is None:
        used = (await repository.used(session, found.id))[report.resource]
        return quota_exceeded(report.resource, remaining_of(found.maximum(report.resource), used) or 0)
    session.add(
        UsageRecord(
            license_id=found.id,
            user_id=found.user_id,
            api_key_id=caller.id,
            idempotency_key=idempotency_key,
            resource=report.resource,
            action=report.action,
            count=report.count,
            used=counted,
        )
    )
    await session.flush()
    return Verdict(code, remaining_of(found.maximum(report.resource), counted))
