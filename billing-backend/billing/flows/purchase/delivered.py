"""What an order's customer holds already: the license it delivered, its account, the domains."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from billing.kit.db import Session
from billing.licenses.models import License, LicenseStatus
from billing.panels.models import PanelAccount, PanelAccountStatus


async def license_of_item(session: Session, item_id: uuid.UUID) -> License | None:
    return (await session.execute(select(License).where(License.order_item_id == item_id))).scalar_one_or_none()


async def license_for_order(session: Session, user_id: uuid.UUID, item_ids: Sequence[uuid.UUID]) -> License | None:
    """Return the license of this order, else the customer's newest active one: a domain bought alone goes there."""
    own = select(License).where(License.order_item_id.in_(item_ids)).limit(1)
    found = (await session.execute(own)).scalar_one_or_none()
    if found is not None:
        return found
    newest = (
        select(License)
        .where(License.user_id == user_id, License.status == LicenseStatus.ACTIVE)
        .order_by(License.id.desc())
        .limit(1)
    )
    return (await session.execute(newest)).scalar_one_or_none()


async def active_account(session: Session, license_id: uuid.UUID) -> PanelAccount | None:
    found = select(PanelAccount).where(
        PanelAccount.license_id == license_id, PanelAccount.status != PanelAccountStatus.CREATING
    )
    return (await session.execute(found)).scalar_one_or_none()
