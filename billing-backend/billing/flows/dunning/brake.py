"""The brake: a run that would take something from unusually many customers stops before it takes from any.

What goes wrong in this trade goes wrong for all at once: a webhook endpoint that was switched off, a key that expired,
a clock. So each act passes here first, and the count goes over a day: a mass suspension in small bites is one, too.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from billing.accounts.permissions import Permission
from billing.accounts.service import mail_staff
from billing.audit.service import record
from billing.flows.dunning import repository
from billing.flows.dunning.advance import ADVANCE_TASK
from billing.flows.dunning.errors import BrakeDecided, BrakeNotFound
from billing.flows.dunning.models import BrakeStatus, CaseStage, DunningBrake, DunningCase
from billing.flows.dunning.periods import Periods
from billing.kit.db import Session
from billing.licenses.actions.lifecycle import prolong_grace
from billing.licenses.models import License
from billing.settings import Settings
from service_kit.clock import Clock
from service_kit.ids import uuid7
from service_kit.logs import get_logger

log = get_logger(__name__)

# A license lives by time, not by runs: looking ahead leaves no moment in which it would be over while the run is held.
LOOK_AHEAD = timedelta(minutes=10)
_HOLD = timedelta(days=1)


async def clear_due(session: Session, settings: Settings, clock: Clock) -> int:
    """Let the acts that are due pass, or hold them all; return how many may happen. The caller holds the run lock."""
    now = clock.now()
    waiting = await repository.list_uncleared(session, now + LOOK_AHEAD)
    if not waiting:
        return 0
    limit = await _limit(session, settings)
    brake = await repository.lock_pending_brake(session)
    done = await repository.count_cleared(session, now - settings.dunning_brake_window)
    if brake is None and done + len(waiting) <= limit:
        due = [case for case in waiting if case.act_at <= now]
        for case in due:
            case.clear(now)
        return len(due)
    if brake is None:
        brake = DunningBrake(id=uuid7(), status=BrakeStatus.PENDING, limit=limit, account_count=0)
        session.add(brake)
        await session.flush()
        log.error("dunning run stopped", brake_id=str(brake.id), due=len(waiting), done=done, limit=limit)
        await _alert(session, settings, brake, waiting, done)
    await _hold(session, brake, waiting, now)
    return 0


async def _limit(session: Session, settings: Settings) -> int:
    share = settings.dunning_brake_percent * await repository.count_accounts(session) / 100
    return max(settings.dunning_brake_accounts, int(share))


async def _hold(session: Session, brake: DunningBrake, cases: Sequence[DunningCase], now: datetime) -> None:
    licenses = await _licenses_in_grace(session, cases)
    for case in cases:
        if case.brake_id != brake.id:
            case.brake_id = brake.id
            brake.account_count += 1
        if case.stage is CaseStage.GRACE:
            license_row = licenses[case.license_id]
            if license_row.grace_until is None or license_row.grace_until < now + _HOLD / 2:
                await prolong_grace(session, license_row, now + _HOLD)
    await session.flush()


async def _licenses_in_grace(session: Session, cases: Sequence[DunningCase]) -> Mapping[uuid.UUID, License]:
    """Return the licenses of the cases that are still in grace, by id: there may be thousands when something broke."""
    ids = [case.license_id for case in cases if case.stage is CaseStage.GRACE]
    rows = (await session.execute(select(License).where(License.id.in_(ids)))).scalars() if ids else ()
    return {row.id: row for row in rows}


async def _alert(
    session: Session, settings: Settings, brake: DunningBrake, cases: Sequence[DunningCase], done: int
) -> None:
    acts: dict[str, int] = {}
    for case in cases:
        name = case.act.value if case.act is not None else "none"
        acts[name] = acts.get(name, 0) + 1
    await mail_staff(
        session,
        Permission.DUNNING_DECIDE,
        key=f"dunning-brake:{brake.id}",
        template="staff_notice",
        context={
            "title": f"A dunning run would hit {len(cases)} accounts and was stopped",
            "text": "Nothing was done to any of them. The run waits until somebody confirms or rejects it.",
            "facts": [
                *((f"Accounts to {name}", str(count)) for name, count in sorted(acts.items())),
                ("Done within a day", str(done)),
                ("Allowed within a day", str(brake.limit)),
                ("Confirm or reject", str(brake.id)),
            ],
            "url": f"{settings.portal_url}/admin/dunning/brakes/{brake.id}",
        },
    )


async def confirm(session: Session, clock: Clock, brake_id: uuid.UUID, *, actor: uuid.UUID | None) -> DunningBrake:
    """Let everything pass that the brake holds; raises `BrakeNotFound`, `BrakeDecided`."""
    brake = await _lock_pending(session, brake_id)
    now = clock.now()
    held = await repository.held_by(session, brake.id)
    for case in held:
        case.clear(now, brake.id)
        session.enqueue(ADVANCE_TASK, str(case.id))
    await _decide(session, brake, BrakeStatus.CONFIRMED, actor, now, len(held))
    return brake


async def reject(
    session: Session, settings: Settings, clock: Clock, brake_id: uuid.UUID, *, actor: uuid.UUID | None
) -> DunningBrake:
    """Put off everything that the brake holds by `dunning_brake_postpone`; raises `BrakeNotFound`, `BrakeDecided`."""
    brake = await _lock_pending(session, brake_id)
    now, periods = clock.now(), Periods.of(settings)
    held = await repository.held_by(session, brake.id)
    licenses = await _licenses_in_grace(session, held)
    for case in held:
        case.push_back(settings.dunning_brake_postpone, now)
        case.plan(periods)
        if case.stage is CaseStage.GRACE:
            await prolong_grace(session, licenses[case.license_id], case.suspend_at)
    await _decide(session, brake, BrakeStatus.REJECTED, actor, now, len(held))
    return brake


async def _lock_pending(session: Session, brake_id: uuid.UUID) -> DunningBrake:
    brake = await repository.lock_brake(session, brake_id)
    if brake is None:
        raise BrakeNotFound
    if brake.status is not BrakeStatus.PENDING:
        raise BrakeDecided(extra={"brake_status": brake.status})
    return brake


async def _decide(
    session: Session, brake: DunningBrake, status: BrakeStatus, actor: uuid.UUID | None, at: datetime, cases: int
) -> None:
    brake.decide(status, actor, at)
    await record(
        session,
        actor_user_id=actor,
        action=f"dunning_brake.{status.value}",
        object_type="dunning_brake",
        object_id=brake.id,
        after={"cases": cases},
    )
