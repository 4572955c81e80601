"""The life of a license after it was issued.

Each function locks the row it is given, reads it anew and flushes; the edge commits. `actor_user_id` is the member of
staff who did it, None for the system.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import update

from billing.audit.service import record
from billing.kit.db import Session
from billing.licenses import repository
from billing.licenses.entitlements import Entitlements
from billing.licenses.errors import EntitlementsBelowUsage, LicenseStateConflict
from billing.licenses.models import License, LicenseStatus, Resource


async def extend_license(
    session: Session, license_row: License, *, expires_at: datetime, grace_until: datetime | None = None
) -> None:
    """Move the expiry forward to `expires_at`, never back, so a renewal may come twice or late.

    An expired license is active again, a suspended one stays so. Raises `LicenseStateConflict` when cancelled.
    """
    await _lock(session, license_row)
    license_row.extend(expires_at, grace_until)
    await session.flush()


async def prolong_grace(session: Session, license_row: License, until: datetime) -> None:
    """Keep the license good until `until` at least, though its time is not paid for."""
    before = await _lock(session, license_row)
    license_row.prolong_grace(until)
    await _note(session, license_row, "license.grace_prolonged", before, None)


async def end_grace(session: Session, license_row: License) -> None:
    """Let the license end with its paid time."""
    await _lock(session, license_row)
    license_row.end_grace()
    await session.flush()


async def shorten_license(
    session: Session, license_row: License, expires_at: datetime, *, grace_until: datetime | None
) -> None:
    """Move the expiry back to `expires_at`: time was given back. Raises `LicenseStateConflict` when cancelled."""
    await _lock(session, license_row)
    license_row.shorten(expires_at, grace_until)
    await session.flush()


async def suspend_license(
    session: Session, license_row: License, *, reason: str, actor_user_id: uuid.UUID | None = None
) -> None:
    """Stop the license; raises `LicenseStateConflict` when cancelled."""
    before = await _lock(session, license_row)
    license_row.suspend(reason)
    await _note(session, license_row, "license.suspended", before, actor_user_id)


async def reinstate_license(session: Session, license_row: License, *, actor_user_id: uuid.UUID | None = None) -> None:
    """Undo a suspension; raises `LicenseStateConflict` when expired or cancelled."""
    before = await _lock(session, license_row)
    license_row.reinstate()
    await _note(session, license_row, "license.reinstated", before, actor_user_id)


async def expire_license(session: Session, license_row: License) -> None:
    """Mark that the paid time is over; raises `LicenseStateConflict` when cancelled."""
    before = await _lock(session, license_row)
    license_row.expire()
    await _note(session, license_row, "license.expired", before, None)


async def cancel_license(session: Session, license_row: License, *, actor_user_id: uuid.UUID | None = None) -> None:
    """End the license for good; repeating it changes nothing."""
    before = await _lock(session, license_row)
    license_row.cancel()
    await _note(session, license_row, "license.cancelled", before, actor_user_id)


async def change_entitlements(
    session: Session,
    license_row: License,
    entitlements: Entitlements,
    *,
    actor_user_id: uuid.UUID | None = None,
    even_below_usage: bool = False,
) -> None:
    """Give the license another plan's quotas and features.

    Raises `EntitlementsBelowUsage` when more is in use than they allow, unless `even_below_usage`: then what is there
    stays and nothing can be added. Raises `LicenseStateConflict` when cancelled.
    """
    await _lock(session, license_row)
    if license_row.status == LicenseStatus.CANCELLED:
        raise LicenseStateConflict(extra={"license_status": license_row.status})
    counters = await repository.lock_counters(session, license_row.id)
    over = beyond(entitlements, {resource: counter.used for resource, counter in counters.items()})
    if over and not even_below_usage:
        raise EntitlementsBelowUsage(extra={"over": over})
    before = {"plan_id": license_row.plan_id, **license_row.quotas()}
    for name, value in entitlements.columns().items():
        setattr(license_row, name, value)
    license_row.entitlements_version += 1
    await record(
        session,
        actor_user_id=actor_user_id,
        action="license.entitlements_changed",
        object_type="license",
        object_id=license_row.id,
        before=before,
        after={"plan_id": license_row.plan_id, **license_row.quotas()},
    )


def beyond(entitlements: Entitlements, used: Mapping[Resource, int]) -> dict[str, int]:
    """Return by resource how much more is used than `entitlements` allow; empty when all fits."""
    maxima = {resource: entitlements.maximum(resource) for resource in used}
    return {
        resource.value: used[resource] - maximum
        for resource, maximum in maxima.items()
        if maximum is not None and used[resource] > maximum
    }


async def record_panel_account(session: Session, license_id: uuid.UUID, nextpanel_account_id: str) -> None:
    """Remember which account the license has in NextPanel."""
    await session.execute(
        update(License)
        .where(License.id == license_id)
        .values(nextpanel_user_id=nextpanel_account_id)
        .execution_options(synchronize_session=False)
    )


async def _lock(session: Session, license_row: License) -> LicenseStatus:
    await session.refresh(license_row, with_for_update=True)
    return license_row.status


async def _note(
    session: Session, license_row: License, action: str, before: LicenseStatus, actor_user_id: uuid.UUID | None
) -> None:
    """Write the change of status to the audit trail, unless there was none."""
    if license_row.status == before:
        await session.flush()
        return
    await record(
        session,
        actor_user_id=actor_user_id,
        action=action,
        object_type="license",
        object_id=license_row.id,
        before={"status": before},
        after={"status": license_row.status, "reason": license_row.suspended_reason},
    )
