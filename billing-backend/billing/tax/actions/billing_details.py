"""A customer says who is to stand on the invoice."""

import uuid
from datetime import datetime

from billing.accounts.models import BILLING_SYNC_TASK, User
from billing.accounts.service import get_user_or_raise
from billing.audit.service import record
from billing.kit.db import Session
from billing.tax import repository
from billing.tax.actions.check_vat import ask_about
from billing.tax.errors import AddressIncomplete
from billing.tax.models import VatStatus
from billing.tax.numbers import VatNumber, parse_vat_number
from billing.tax.schemas import BillingDetailsIn


async def set_billing_details(
    session: Session, *, user_id: uuid.UUID, body: BillingDetailsIn, now: datetime, ip: str
) -> User:
    """Replace company, address and VAT number; ask the registry about a number that is new, later and elsewhere.

    Raises `AddressIncomplete` and what `parse_vat_number` raises.
    """
    number = _parse(body)
    user = await get_user_or_raise(session, user_id)
    wanted: dict[str, object] = {
        **body.address(),
        "vat_number": number.text if number else None,
        "vat_country": number.country if number else None,
    }
    before = {name: getattr(user, name) for name, value in wanted.items() if getattr(user, name) != value}
    for name in before:
        setattr(user, name, wanted[name])
    if number is not None:
        await _ask_unless_known(session, user, number, now)
    if not before:
        return user
    user.mark_billing_changed(now)
    if user.billing_sync_due_at is not None:
        session.enqueue(BILLING_SYNC_TASK, str(user.id))
    await session.flush()
    await record(
        session,
        actor_user_id=user_id,
        action="user.billing_details_changed",
        object_type="user",
        object_id=user_id,
        before=before,
        after={name: wanted[name] for name in before},
        ip=ip,
    )
    return user


def _parse(body: BillingDetailsIn) -> VatNumber | None:
    if body.vat_number is None:
        return None
    if body.country is None:
        raise AddressIncomplete
    return parse_vat_number(body.vat_number, body.country)


async def _ask_unless_known(session: Session, user: User, number: VatNumber, now: datetime) -> None:
    """Ask about a number that is new, or that was refuted: it may have been entered in the register meanwhile."""
    known = await repository.latest_check(session, user.id, number.text)
    if known is None or known.status is VatStatus.INVALID:
        await ask_about(session, user.id, number, now)
