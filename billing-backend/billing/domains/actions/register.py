"""Register a domain exactly once, although no registrar knows an idempotency key.

The intent is committed before the call, the answer after it. Whoever finds an intent without an answer asks the
registrar before sending anything: owned means that it was done; not owned, seen twice with `recheck_delay` between,
and free means that it was not; not owned, seen so too, and taken means that somebody else was quicker. The process may
die at any line.

The account's balance is no witness here: every other order moves it, so it can only mislead.
"""

from datetime import date
from typing import ClassVar

from billing.domains import repository
from billing.domains.actions.settle import Settlement, add_years, as_outcome, refuse
from billing.domains.commands import RegisterDomain, RegistrationPolicy
from billing.domains.models import Domain, OperationKind, RegistrarOperation
from billing.domains.outcomes import Confirmed, RegistrationOutcome
from billing.domains.ports import (
    Availability,
    Charge,
    DomainContacts,
    DomainStatus,
    OutcomeUnknown,
    PriceAction,
    RegisteredDomain,
    RegisterRequest,
    Registrar,
    RegistrarError,
    RejectionCode,
)
from billing.domains.repository import plan_operation
from billing.kit.db import Database, Session, Subject
from billing.kit.money import Money
from service_kit.clock import Clock

_HELD = (RejectionCode.NAME_TAKEN, "The name is held for another customer")


async def register_domain(
    database: Database,
    registrar: Registrar,
    clock: Clock,
    command: RegisterDomain,
    policy: RegistrationPolicy | None = None,
) -> RegistrationOutcome:
    """Bring the registration as far as it goes now; call again with the same command until it is settled.

    Opens its own transactions and must not be called inside one. Raises OperationMismatch when the key was used for
    another registration.
    """
    async with database.transaction(Subject.system()) as session:
        operation = await plan_operation(session, OperationKind.REGISTER, command, registrar.name)
    registration = _Registration(database, registrar, clock, policy or RegistrationPolicy(), command, operation.id)
    settled = await registration.outcome_of(operation)
    if settled is not None:
        return settled
    try:
        return await _advance(registration, operation)
    except RegistrarError as error:
        # Raised by questions only: whatever was on the wire before has been written down by then.
        return as_outcome(error, clock.now())


class _Registration(Settlement[RegisterDomain]):
    __slots__ = ()
    FINAL: ClassVar = frozenset({RejectionCode.NAME_TAKEN, RejectionCode.PRICE_CHANGED, RejectionCode.TLD_UNSUPPORTED})

    def _is_done(self, operation: RegistrarOperation, facts: RegisteredDomain | None) -> bool:
        return facts is not None

    def _obstacle(self, domain: Domain | None) -> tuple[RejectionCode, str] | None:
        return _HELD if domain is not None and not domain.is_gone else None

    async def _confirm(
        self, session: Session, operation: RegistrarOperation, facts: RegisteredDomain | None, charge: Charge | None
    ) -> RegistrationOutcome:
        now = self.clock.now()
        domain = await repository.get_domain_by_name(session, self.command.domain_name)
        if operation.is_confirmed and domain is not None:
            return Confirmed(domain)
        if domain is not None and not domain.is_gone:
            return refuse(operation, *_HELD)
        if domain is None:
            domain = Domain(domain_name=self.command.domain_name)
            session.add(domain)
        self._fill(domain, operation, charge, now.date())
        if facts is not None:
            domain.apply(facts, now)
        operation.mark_confirmed()
        await session.flush()
        return Confirmed(domain)

    def _fill(self, domain: Domain, operation: RegistrarOperation, charge: Charge | None, today: date) -> None:
        command = self.command
        domain.user_id, domain.license_id = command.user_id, command.license_id
        domain.registrar = self.registrar.name
        domain.registrar_domain_id = charge.registrar_domain_id if charge else operation.registrar_domain_id
        domain.registration_date, domain.expiry_date = today, add_years(today, command.years)
        domain.auto_renew = command.auto_renew
        domain.nameservers = list(command.nameservers)
        domain.status = DomainStatus.ACTIVE
        domain.is_private, domain.is_premium = command.privacy, command.is_premium
        domain.registrant_contact_id = command.contact_id
        domain.synced_at = None


async def _advance(registration: _Registration, operation: RegistrarOperation) -> RegistrationOutcome:
    if operation.attempts > 0:
        # Something may have been executed before, so the account is asked first, whatever the row says now.
        outcome = await registration.ask()
        if outcome is not None:
            return outcome
    (availability,) = await registration.registrar.check([registration.command.domain_name])
    refusal = await _guard(registration, availability)
    if refusal is not None:
        return await registration.refuse(*refusal)
    outcome = await registration.claim()
    if outcome is not None:
        return outcome
    return await _send(registration, availability.premium_price)


async def _guard(registration: _Registration, availability: Availability) -> tuple[str, str] | None:
    """Return why this must not be bought: taken meanwhile, or at a price that nobody agreed to."""
    command, registrar = registration.command, registration.registrar
    if not availability.is_available:
        return RejectionCode.NAME_TAKEN, f"{command.domain_name} is no longer available"
    if availability.is_premium != command.is_premium:
        word = "a premium name now" if availability.is_premium else "no premium name any more"
        return RejectionCode.PRICE_CHANGED, f"{command.domain_name} is {word}"
    if availability.is_premium:
        cost = availability.price
    else:
        tld = command.domain_name.partition(".")[2]
        cost = await registrar.price(tld, PriceAction.REGISTER, command.years)
    if cost is None:
        return RejectionCode.TLD_UNSUPPORTED, f"{registrar.name} does not sell this for {command.years} years"
    overpriced = registration.overpriced(cost)
    return None if overpriced is None else (RejectionCode.PRICE_CHANGED, overpriced)


async def _send(registration: _Registration, premium_price: Money | None) -> RegistrationOutcome:
    command = registration.command
    request = RegisterRequest(
        name=command.domain_name,
        years=command.years,
        contacts=DomainContacts.same(command.contact),
        expected_cost=command.expected_cost,
        nameservers=command.nameservers,
        privacy=command.privacy,
        premium_price=premium_price,
        idn_language=command.idn_language,
        tld_attributes=command.tld_attributes,
    )
    try:
        charge = await registration.registrar.register(request)
    except OutcomeUnknown as error:
        await registration.mark_unknown(error.message)
        return await registration.ask_again()
    except RegistrarError as error:
        return await registration.settle_refusal(error)
    return await registration.settle_charge(charge)
