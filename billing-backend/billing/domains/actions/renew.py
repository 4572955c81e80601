"""Renew a domain exactly once, although no registrar guards against adding a second year.

As for a registration the intent is committed before the call and the answer after it. The intent carries the expiry it
starts from, as the registrar had it just before: an expiry beyond that means that the call was executed, the same one,
seen twice with `recheck_delay` between, that it was not. Two renewals of one domain are never under way at once, so
neither can take the other's year for its own.
"""

from datetime import date, timedelta
from typing import ClassVar

from billing.domains import repository
from billing.domains.actions.settle import Settlement, StartingPoint, add_years, as_outcome
from billing.domains.commands import RegistrationPolicy, RenewDomain
from billing.domains.models import Domain, OperationKind, RegistrarOperation
from billing.domains.outcomes import Confirmed, NeedsAttention, RegistrationOutcome
from billing.domains.ports import (
    Charge,
    DomainStatus,
    OutcomeUnknown,
    PriceAction,
    RegisteredDomain,
    Registrar,
    RegistrarError,
    RejectionCode,
    RenewRequest,
)
from billing.domains.repository import plan_operation
from billing.kit.db import Database, Session, Subject
from service_kit.clock import Clock

# A year is the least that anybody adds; our own dates may be off by some days.
_ANOTHER_YEAR = timedelta(days=180)
_NOT_OURS = (RejectionCode.NOT_OURS, "The domain is not held for this customer")


async def renew_domain(
    database: Database,
    registrar: Registrar,
    clock: Clock,
    command: RenewDomain,
    policy: RegistrationPolicy | None = None,
) -> RegistrationOutcome:
    """Bring the renewal as far as it goes now; call again with the same command until it is settled.

    An expired domain is brought back if that costs no more than was agreed. Opens its own transactions and must not be
    called inside one. Raises OperationMismatch when the key was used for another order.
    """
    async with database.transaction(Subject.system()) as session:
        operation = await plan_operation(session, OperationKind.RENEW, command, registrar.name)
        domain = await repository.get_domain_by_name(session, command.domain_name)
    renewal = _Renewal(database, registrar, clock, policy or RegistrationPolicy(), command, operation.id)
    settled = await renewal.outcome_of(operation)
    if settled is not None:
        return settled
    try:
        return await _advance(renewal, operation, domain.expiry_date if domain else None)
    except RegistrarError as error:
        # Raised by questions only: whatever was on the wire before has been written down by then.
        return as_outcome(error, clock.now())


class _Renewal(Settlement[RenewDomain]):
    __slots__ = ()
    FINAL: ClassVar = frozenset(
        {
            RejectionCode.PRICE_CHANGED,
            RejectionCode.TLD_UNSUPPORTED,
            RejectionCode.YEARS_INVALID,
            RejectionCode.NOT_OURS,
        }
    )

    def _is_done(self, operation: RegistrarOperation, facts: RegisteredDomain | None) -> bool:
        before = operation.previous_expiry
        return facts is not None and before is not None and facts.expiry_date > before

    def _obstacle(self, domain: Domain | None) -> tuple[RejectionCode, str] | None:
        return None if domain is not None and domain.user_id == self.command.user_id else _NOT_OURS

    async def _confirm(
        self, session: Session, operation: RegistrarOperation, facts: RegisteredDomain | None, charge: Charge | None
    ) -> RegistrationOutcome:
        domain = await repository.get_domain_by_name(session, self.command.domain_name)
        if domain is None or domain.user_id != self.command.user_id:
            return NeedsAttention("domain_missing", "The domain was renewed, yet its row is not there")
        if operation.is_confirmed:
            return Confirmed(domain)
        if facts is not None and self._is_done(operation, facts):
            domain.apply(facts, self.clock.now())
        elif operation.previous_expiry is not None:
            # The receipt is there, the registrar's own pages are not up to date: asked for later.
            domain.mark_renewed(add_years(operation.previous_expiry, self.command.years))
        operation.mark_confirmed()
        return Confirmed(domain)


async def _advance(renewal: _Renewal, operation: RegistrarOperation, held_expiry: date | None) -> RegistrationOutcome:
    if operation.attempts > 0:
        # Something may have been executed before, so the registrar is asked first, whatever the row says now.
        outcome = await renewal.ask()
        if outcome is not None:
            return outcome
    command = renewal.command
    facts = await renewal.registrar.get_domain(command.domain_name)
    if facts is None:
        return await renewal.refuse(RejectionCode.NOT_OURS, f"{command.domain_name} is not in our account any more")
    if _was_renewed_otherwise(facts.expiry_date, command.renews_from):
        return await renewal.refuse(RejectionCode.ALREADY_RENEWED, f"{command.domain_name} was renewed meanwhile")
    action = PriceAction.REACTIVATE if facts.status is DomainStatus.EXPIRED else PriceAction.RENEW
    refusal = await _guard(renewal, action)
    if refusal is not None:
        return await renewal.refuse(*refusal)
    outcome = await renewal.claim(StartingPoint(held_expiry, facts.expiry_date))
    if outcome is not None:
        return outcome
    return await _send(renewal, action)


def _was_renewed_otherwise(expiry: date, renews_from: date | None) -> bool:
    return renews_from is not None and expiry - renews_from > _ANOTHER_YEAR


async def _guard(renewal: _Renewal, action: PriceAction) -> tuple[str, str] | None:
    """Return why this must not be bought: not sold any more, or at a price that nobody agreed to."""
    command, registrar = renewal.command, renewal.registrar
    cost = await registrar.price(command.domain_name.partition(".")[2], action, command.years)
    if cost is None:
        return RejectionCode.TLD_UNSUPPORTED, f"{registrar.name} does not sell this for {command.years} years"
    overpriced = renewal.overpriced(cost)
    return None if overpriced is None else (RejectionCode.PRICE_CHANGED, overpriced)


async def _send(renewal: _Renewal, action: PriceAction) -> RegistrationOutcome:
    request = RenewRequest(name=renewal.command.domain_name, years=renewal.command.years)
    send = renewal.registrar.reactivate if action is PriceAction.REACTIVATE else renewal.registrar.renew
    try:
        charge = await send(request)
    except OutcomeUnknown as error:
        await renewal.mark_unknown(error.message)
        return await renewal.ask_again()
    except RegistrarError as error:
        return await renewal.settle_refusal(error)
    return await renewal.settle_charge(charge)
