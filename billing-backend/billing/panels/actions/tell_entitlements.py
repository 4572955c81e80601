"""Tell the panel what an account's license grants now; repeatable, and outside any transaction.

The license counts its changes and the account keeps which the panel knows: no message has to survive.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import column, select, table

from billing.kit.db import Database, Session, Subject
from billing.panels import repository
from billing.panels.models import PanelAccount, PanelAccountStatus
from billing.panels.ports import ActionRequired, PanelGateway, Rejected, Retriable
from billing.panels.service import address_of
from service_kit.clock import Clock
from service_kit.logs import get_logger

log = get_logger(__name__)

TELL_TASK = "panels.tell_entitlements"
_FIRST_PAUSE = timedelta(seconds=10)
_LONGEST_PAUSE = timedelta(hours=1)
_ALIVE = (PanelAccountStatus.ACTIVE, PanelAccountStatus.SUSPENDED)
# Licenses live on the same floor, so their table is known here by name only, as in a foreign key.
_LICENSES = table("licenses", column("id"), column("entitlements_version"))


@dataclass(frozen=True, slots=True)
class Granted:
    """What a license grants, and the number of that state."""

    version: int
    plan: str
    features: Mapping[str, object]
    quotas: Mapping[str, int | None]


async def tell_panel(
    database: Database, gateway: PanelGateway, clock: Clock, license_id: uuid.UUID, granted: Granted
) -> bool:
    """Bring the account up to `granted`; False when it has to be tried again later. Nothing to do is done."""
    async with database.transaction(Subject.system()) as session:
        account = await repository.get_account_by_license(session, license_id)
        if account is None or account.status not in _ALIVE or account.nextpanel_account_id is None:
            return True
        if account.entitlements_version >= granted.version:
            return True
        server = await repository.get_server_or_raise(session, account.panel_server_id)
    error: str | None = None
    pause = _pause(account)
    try:
        await gateway.change(
            address_of(server),
            account.nextpanel_account_id,
            plan=granted.plan,
            features=granted.features,
            quotas=granted.quotas,
            idempotency_key=f"entitlements-{account.id}-{granted.version}",
        )
    except Retriable as caught:
        error, pause = caught.message, max(pause, caught.after)
    except (Rejected, ActionRequired) as caught:
        error, pause = f"{caught.code}: {caught.message}", _LONGEST_PAUSE
        log.warning("the panel refuses a license's entitlements", license_id=str(license_id), code=caught.code)
    async with database.transaction(Subject.system()) as session:
        row = await repository.get_account_or_raise(session, account.id)
        if error is None:
            row.mark_told(granted.version)
        else:
            row.postpone_telling(clock.now() + pause, error)
    return error is None


def _pause(account: PanelAccount) -> timedelta:
    doubled: timedelta = _FIRST_PAUSE * 2 ** min(account.sync_failures, 10)
    return min(doubled, _LONGEST_PAUSE)


async def list_untold(session: Session, now: datetime, limit: int) -> Sequence[uuid.UUID]:
    """Return licenses whose account at the panel has older entitlements, and is due to be told."""
    statement = (
        select(PanelAccount.license_id)
        .join(_LICENSES, _LICENSES.c.id == PanelAccount.license_id)
        .where(
            PanelAccount.entitlements_version < _LICENSES.c.entitlements_version,
            PanelAccount.status.in_(_ALIVE),
            PanelAccount.nextpanel_account_id.is_not(None),
            (PanelAccount.next_sync_at.is_(None)) | (PanelAccount.next_sync_at <= now),
        )
        .limit(limit)
    )
    return (await session.execute(statement)).scalars().all()
