"""Staff want to know about a VAT number now."""

import uuid
from datetime import datetime

from billing.kit.db import Session
from billing.tax import repository
from billing.tax.actions.check_vat import CHECK_TASK, ask_about
from billing.tax.errors import VatCheckNotCheckable, VatCheckNotFound
from billing.tax.models import VatCheck, VatStatus
from billing.tax.numbers import VatNumber
from billing.tax.places import country_of_prefix


async def recheck(session: Session, check_id: uuid.UUID, now: datetime) -> VatCheck:
    """Return the question that is asked now: this one while it waits, else a new one, as an answer is evidence.

    Raises `VatCheckNotFound`, `VatCheckNotCheckable`.
    """
    check = await repository.lock_check(session, check_id)
    if check is None:
        raise VatCheckNotFound
    if check.status is VatStatus.UNCHECKED:
        raise VatCheckNotCheckable
    if not check.is_pending:
        number = VatNumber(country_of_prefix(check.vat_number[:2]), check.vat_number)
        return await ask_about(session, check.user_id, number, now)
    check.look_now(now)
    session.enqueue(CHECK_TASK, str(check.id))
    await session.flush()
    return check
