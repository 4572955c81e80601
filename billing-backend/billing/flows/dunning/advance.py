"""Do what is due in a case: a mail, or the next act. Before anything is taken away the provider is asked once more."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from billing.accounts.permissions import Permission
from billing.accounts.service import mail_staff
from billing.flows.dunning import mails, repository
from billing.flows.dunning.cases import NON_PAYMENT
from billing.flows.dunning.facts import take_in
from billing.flows.dunning.models import Act, CaseStage, DunningCase
from billing.flows.dunning.periods import Periods
from billing.flows.dunning.ports import DunningProvider
from billing.flows.purchase.paid import PaidFacts, ask_provider
from billing.inbound.ports import Ignore, TryLater
from billing.kit.container import Container
from billing.kit.db import Database, Session, Subject
from billing.kit.retry import RetryPolicy
from billing.licenses.actions.lifecycle import cancel_license, expire_license, suspend_license
from billing.licenses.models import License, LicenseStatus
from billing.panels.actions.want_status import want_status
from billing.panels.models import PanelAccountStatus
from billing.payments.ports import PaymentProvider, PaymentProviderRefused, PaymentProviderUnavailable
from billing.settings import Settings
from billing.subscriptions.models import Subscription
from billing.subscriptions.repository import lock
from service_kit.clock import Clock
from service_kit.logs import get_logger

log = get_logger(__name__)

ADVANCE_TASK = "dunning.advance"
LEASE = timedelta(minutes=2)
_ASKING = frozenset({Act.SUSPEND, Act.CANCEL})
Trouble = TryLater | Ignore | PaymentProviderUnavailable | PaymentProviderRefused


@dataclass(frozen=True, slots=True)
class Claimed:
    """A case as it was taken, detached; `act` is None when only a mail is due."""

    case_id: uuid.UUID
    attempt: int
    subscription_id: uuid.UUID
    stripe_subscription_id: str
    stripe_invoice_id: str | None
    act: Act | None


async def advance(container: Container, case_id: uuid.UUID) -> None:
    """Work on the case if it is due. What the provider can't do now becomes a retry, never an exception here."""
    claimed = await _claim(container, case_id)
    if claimed is None:
        return
    try:
        facts = await _ask(container, claimed)
        if claimed.act is Act.CANCEL and not _is_paid(facts):
            await container.get(DunningProvider).end_unpaid(claimed.stripe_subscription_id)
    except (TryLater, Ignore, PaymentProviderUnavailable, PaymentProviderRefused) as error:
        await _postpone(container, claimed, error)
        return
    async with container.get(Database).transaction(Subject.system()) as session:
        await _finish(session, container, claimed, facts)


async def _claim(container: Container, case_id: uuid.UUID) -> Claimed | None:
    now = container.get(Clock).now()
    async with container.get(Database).transaction(Subject.system()) as session:
        case = await repository.claim_case(session, case_id, now=now, lease=LEASE)
        if case is None:
            return None
        act = case.due_act(now)
        if act is Act.CANCEL:
            case.start_cancelling()
        row = await session.get_one(Subscription, case.subscription_id)
        return Claimed(case.id, case.attempts, row.id, row.stripe_subscription_id, case.stripe_invoice_id, act)


async def _ask(container: Container, claimed: Claimed) -> PaidFacts | None:
    """Return how the unpaid invoice stands now: the event that it was paid may be lost, or under way."""
    if claimed.act not in _ASKING or claimed.stripe_invoice_id is None:
        return None
    return await ask_provider(container.get(PaymentProvider), claimed.stripe_invoice_id)


def _is_paid(facts: PaidFacts | None) -> bool:
    """Whether the money came and the provider goes on with the subscription."""
    if facts is None or facts.subscription is None:
        return False
    return facts.invoice.status == "paid" and facts.subscription.status in repository.RUNNING


async def _finish(session: Session, container: Container, claimed: Claimed, facts: PaidFacts | None) -> None:
    settings, clock = container.get(Settings), container.get(Clock)
    await lock(session, claimed.subscription_id)
    case = await repository.lock_claimed(session, claimed.case_id, claimed.attempt)
    if case is None:
        return
    periods, now = Periods.of(settings), clock.now()
    if (facts is not None and claimed.act is not Act.CANCEL) or _is_paid(facts):
        assert facts is not None
        await take_in(session, container, facts)
    if case.is_open and claimed.act is not None:
        await _carry_out(session, settings, clock, case, claimed.act)
    elif case.is_open:
        label = case.due_mail(periods, now)
        if label is not None:
            await mails.tell_unpaid(session, settings, case, label)
    case.plan(periods)
    log.info("dunning case advanced", case_id=str(case.id), stage=case.stage, act=claimed.act)


async def _carry_out(session: Session, settings: Settings, clock: Clock, case: DunningCase, act: Act) -> None:
    license_row = await session.get_one(License, case.license_id)
    is_over = license_row.status is LicenseStatus.CANCELLED
    wanted, reason = PanelAccountStatus.SUSPENDED, NON_PAYMENT
    now = clock.now()
    match act:
        case Act.SUSPEND:
            if not is_over:
                await suspend_license(session, license_row, reason=NON_PAYMENT)
            case.suspend(now)
            await mails.tell_suspended(session, settings, case)
        case Act.END:
            if not is_over:
                await expire_license(session, license_row)
            reason = "subscription ended"
            case.cancel(now, Periods.of(settings))
            await mails.tell_ended(session, settings, case)
        case Act.CANCEL:
            await cancel_license(session, license_row)
            case.cancel(now, Periods.of(settings))
            await mails.tell_ended(session, settings, case)
        case Act.TERMINATE:
            await cancel_license(session, license_row)
            wanted, reason = PanelAccountStatus.TERMINATED, "subscription ended"
            case.terminate(now)
            await mails.tell_terminated(session, settings, case)
    await want_status(session, clock, case.license_id, wanted, reason=reason)


async def _postpone(container: Container, claimed: Claimed, error: Trouble) -> None:
    """Come back later; after many failures, or a refusal, staff are told as well."""
    settings, now = container.get(Settings), container.get(Clock).now()
    policy = RetryPolicy(settings.step_max_failures, settings.step_first_backoff, settings.step_longest_backoff)
    async with container.get(Database).transaction(Subject.system()) as session:
        case = await repository.lock_claimed(session, claimed.case_id, claimed.attempt)
        if case is None:
            return
        refused = isinstance(error, PaymentProviderRefused | Ignore)
        pause = policy.longest if refused else policy.pause(case.failures + 1)
        case.postpone(now + pause, f"{type(error).__name__}: {error}")
        log.warning("dunning case postponed", case_id=str(case.id), error=case.last_error)
        if refused or case.failures == policy.max_failures:
            await _alert(session, settings, case)


async def _alert(session: Session, settings: Settings, case: DunningCase) -> None:
    stage = case.stage if case.stage is not CaseStage.CANCELLING else CaseStage.SUSPENDED
    await mail_staff(
        session,
        Permission.DUNNING_DECIDE,
        key=f"dunning-attention:{case.id}:{stage}",
        template="staff_notice",
        context={
            "title": "A dunning case does not get on",
            "text": "The payment provider does not answer, or refuses. It is tried again every hour.",
            "facts": [
                ("Case", str(case.id)),
                ("Stage", stage.value),
                ("Error", case.last_error or ""),
            ],
            "url": f"{settings.portal_url}/admin/dunning/cases/{case.id}",
        },
    )
