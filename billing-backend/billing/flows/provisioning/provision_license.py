"""Give a license its hosting account, with what the license grants and nothing the caller made up."""

import uuid
from dataclasses import dataclass

from sqlalchemy import select

from billing.catalog.models import Plan
from billing.kit.crypto import Vault
from billing.kit.db import Database, Session, Subject
from billing.licenses import service as licenses
from billing.licenses.actions.issue import reveal_key
from billing.licenses.actions.lifecycle import record_panel_account
from billing.licenses.errors import LicenseStateConflict
from billing.licenses.models import License, LicenseStatus
from billing.panels.actions.provision import create_at_panel, record_created, reserve
from billing.panels.models import PanelAccount
from billing.panels.ports import AccountSpec, PanelGateway
from service_kit.clock import Clock
from service_kit.errors import Conflict


class EntitlementsMismatch(Conflict):
    """The request names a plan or features that the license does not have."""

    code, title = "entitlements_mismatch", "The license grants something else"


@dataclass(frozen=True, slots=True)
class Claimed:
    """What the caller believes the license to grant; checked, never used."""

    plan: str | None = None
    features: dict[str, object] | None = None


async def provision_license(
    database: Database,
    gateway: PanelGateway,
    vault: Vault,
    clock: Clock,
    *,
    license_id: uuid.UUID,
    user_email: str,
    locale: str = "en",
    claimed: Claimed | None = None,
) -> PanelAccount:
    """Return the license's panel account, creating it at most once.

    Opens its own transactions, so call it outside any. Raises `LicenseNotFound`, `LicenseStateConflict` unless
    the license is active, `EntitlementsMismatch`, and what `reserve` and `create_at_panel` raise.
    """
    async with database.transaction(Subject.system()) as session:
        license_row = await licenses.get_license_or_raise(session, license_id)
        if license_row.status != LicenseStatus.ACTIVE:
            raise LicenseStateConflict(extra={"license_status": license_row.status})
        spec = await _spec(session, vault, license_row, user_email=user_email, locale=locale)
        _check(spec, claimed or Claimed())
        place = await reserve(session, license_row.user_id, license_id)
    remote = None if place.is_taken else await create_at_panel(gateway, place, spec)
    account = place.account
    async with database.transaction(Subject.system()) as session:
        if remote is not None:
            account = await record_created(session, vault, clock, account.id, remote)
        if account.nextpanel_account_id is not None:
            await record_panel_account(session, license_id, account.nextpanel_account_id)
    return account


async def _spec(session: Session, vault: Vault, license_row: License, *, user_email: str, locale: str) -> AccountSpec:
    plan = (await session.scalars(select(Plan).where(Plan.id == license_row.plan_id))).one()
    return AccountSpec(
        license_id=license_row.id,
        license_key=reveal_key(vault, license_row),
        user_email=user_email,
        plan=plan.code,
        features=license_row.features,
        quotas=license_row.quotas(),
        locale=locale,
    )


def _check(spec: AccountSpec, claimed: Claimed) -> None:
    if claimed.plan is not None and claimed.plan != spec.plan:
        raise EntitlementsMismatch(extra={"plan": spec.plan})
    different = sorted(
        name for name, value in (claimed.features or {}).items() if spec.features.get(name, False) != value
    )
    if different:
        raise EntitlementsMismatch(extra={"features": different})
