"""Ask the registry about a VAT number: in the background, as often as it takes, never in the way of a sale."""

import uuid
from datetime import datetime, timedelta

from billing.accounts.models import BILLING_SYNC_TASK, User
from billing.kit.container import Container
from billing.kit.db import Database, Session, Subject
from billing.settings import Settings
from billing.tax import repository
from billing.tax.models import VatCheck, VatStatus
from billing.tax.numbers import VatNumber
from billing.tax.places import country_of_prefix
from billing.tax.ports import VatAnswer, VatRegistry, VatRegistryUnavailable
from service_kit.clock import Clock
from service_kit.ids import uuid7
from service_kit.logs import get_logger

log = get_logger(__name__)

CHECK_TASK = "tax.check_vat"
_MARGIN = timedelta(seconds=30)


async def ask_about(session: Session, user_id: uuid.UUID, number: VatNumber, now: datetime) -> VatCheck:
    """Write the question down and have a worker ask it; a number no registry knows of is only noted."""
    check = VatCheck(
        id=uuid7(),
        user_id=user_id,
        vat_number=number.text,
        status=VatStatus.PENDING if number.can_be_checked else VatStatus.UNCHECKED,
        next_attempt_at=now if number.can_be_checked else None,
    )
    session.add(check)
    await session.flush()
    if check.is_pending:
        session.enqueue(CHECK_TASK, str(check.id))
    return check


async def check_vat(container: Container, check_id: uuid.UUID) -> bool:
    """Make one attempt at a question that is due; False when it isn't, or somebody else is at it."""
    check = await _claim(container, check_id)
    if check is None:
        return False
    number = VatNumber(country_of_prefix(check.vat_number[:2]), check.vat_number)
    try:
        answer = await container.get(VatRegistry).check(number)
    except VatRegistryUnavailable as error:
        await _postpone(container, check, error)
    else:
        await _answer(container, check_id, answer)
    return True


def backoff(settings: Settings, attempts: int) -> timedelta:
    """Return how long to wait after so many attempts: doubling up to the longest, for ever."""
    doubled: timedelta = settings.vies_first_backoff * (1 << min(attempts - 1, 20))
    return min(doubled, settings.vies_longest_backoff)


async def _claim(container: Container, check_id: uuid.UUID) -> VatCheck | None:
    now = container.get(Clock).now()
    lease = container.get(Settings).vies_timeout + _MARGIN
    async with container.get(Database).transaction(Subject.system()) as session:
        check = await repository.lock_check(session, check_id)
        if check is None or not check.is_pending or check.next_attempt_at is None or check.next_attempt_at > now:
            return None
        check.lease(now, lease)
        return check


async def _postpone(container: Container, claimed: VatCheck, error: VatRegistryUnavailable) -> None:
    wait = backoff(container.get(Settings), claimed.attempts)
    wait = max(wait, timedelta(seconds=error.after or 0))
    async with container.get(Database).transaction(Subject.system()) as session:
        check = await repository.lock_check(session, claimed.id)
        if check is None or not check.is_pending or check.attempts != claimed.attempts:
            return
        check.postpone(container.get(Clock).now() + wait, str(error))
    log.info("vat number not answered", check_id=str(claimed.id), attempts=claimed.attempts, error=str(error))


async def _answer(container: Container, check_id: uuid.UUID, answer: VatAnswer) -> None:
    async with container.get(Database).transaction(Subject.system()) as session:
        check = await repository.lock_check(session, check_id)
        if check is None or not check.is_pending:
            return
        check.mark_answered(
            valid=answer.valid,
            at=answer.answered_at,
            consultation_number=answer.consultation_number,
            name=answer.name,
            address=answer.address,
        )
        user = await session.get_one(User, check.user_id, with_for_update=True)
        if user.vat_number == check.vat_number:
            # A number that turns out wrong changes what the coming invoices are taxed by.
            user.mark_billing_changed(container.get(Clock).now())
            if user.billing_sync_due_at is not None:
                session.enqueue(BILLING_SYNC_TASK, str(user.id))
    log.info("vat number answered", check_id=str(check_id), valid=answer.valid)
