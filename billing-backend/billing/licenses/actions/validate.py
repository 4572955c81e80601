"""Answer whether a license may do something: a read that takes no lock."""

from dataclasses import dataclass
from datetime import datetime

from billing.kit.crypto import BlindIndex
from billing.kit.db import Session
from billing.licenses import repository
from billing.licenses.models import ApiKey, License
from billing.licenses.service import find_for_caller
from billing.licenses.verdict import Verdict, judge, refusal
from billing_client import ValidationCode


@dataclass(frozen=True, slots=True)
class Validation:
    """`license` is None when there is none the caller may ask about."""

    verdict: Verdict
    license: License | None


async def validate(
    session: Session,
    index: BlindIndex,
    caller: ApiKey,
    *,
    license_key: str,
    feature: str,
    fingerprint: str | None,
    now: datetime,
) -> Validation:
    """Return the verdict; a license that is missing and one the caller may not ask about look the same."""
    found = await find_for_caller(session, index, caller, license_key)
    if found is None:
        return Validation(refusal(ValidationCode.NOT_FOUND), None)
    verdict = judge(
        found,
        await repository.used(session, found.id),
        feature=feature,
        fingerprint=fingerprint,
        on_own_machine=caller.license_id is not None,
        now=now,
    )
    return Validation(verdict, found)
