"""What is written down about a registration, one short transaction at a time, and what follows from it."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from billing.domains import repository
from billing.domains.commands import RegisterDomain, RegistrationPolicy
from billing.domains.models import Domain, OperationState, RegistrarOperation
from billing.domains.outcomes import Confirmed, NeedsAttention, Pending, Refused, RegistrationOutcome
from billing.domains.ports import (
    ActionRequired,
    Charge,
    DomainStatus,
    RegisteredDomain,
    Registrar,
    RegistrarError,
    Rejected,
    RejectionCode,
    Retriable,
)
from billing.kit.db import Database, Session, Subject
from service_kit.clock import Clock

_UNKNOWN = "registrar_outcome_unknown"
_IN_PROGRESS = "registration_in_progress"
_REGISTRY_PENDING = "registry_pending"
_UNAVAILABLE = "registrar_unavailable"
# Charged, and refused all the same: where money and name are, only a person can find out.
_CHARGED_AND_FAILED = "charged_and_failed"
# For these the customer gets the money back; other refusals are ours to put right.
_FINAL = frozenset({RejectionCode.NAME_TAKEN, RejectionCode.PRICE_CHANGED, RejectionCode.TLD_UNSUPPORTED})


@dataclass(frozen=True, slots=True)
class Settlement:
    """One operation and all that is needed to bring it to an end."""

    database: Database
    registrar: Registrar
    clock: Clock
    policy: RegistrationPolicy
    command: RegisterDomain
    operation_id: uuid.UUID

    async def show(self) -> RegistrationOutcome:
        """Return the outcome of an operation that is confirmed."""
        async with self.database.transaction(Subject.system()) as session:
            domain = await repository.get_domain_by_name(session, self.command.domain_name)
        if domain is None or domain.user_id != self.command.user_id:
            return NeedsAttention("domain_missing", "The registration is confirmed, yet the domain's row is not there")
        return Confirmed(domain)

    async def claim(self) -> RegistrationOutcome | None:
        """Mark the operation sent; or return why the call must not be made now."""
        async with self.database.transaction(Subject.system()) as session:
            operation = await self._lock(session)
            now = self.clock.now()
            if operation.state is not OperationState.PLANNED:
                return Pending(now + self.policy.recheck_delay, _IN_PROGRESS, "Somebody else is at it")
            other = await repository.find_operation_under_way(
                session, self.command.domain_name, other_than=self.operation_id
            )
            if other is not None:
                return Pending(now + self.policy.recheck_delay, _IN_PROGRESS, "Another order for this name is open")
            held = await repository.get_domain_by_name(session, self.command.domain_name)
            if held is not None and not held.is_gone:
                return _refuse(operation, RejectionCode.NAME_TAKEN, "The name is held for another customer")
            operation.mark_sent(now)
        return None

    async def refuse(self, code: str, message: str) -> RegistrationOutcome:
        """End an operation that has nothing on the wire."""
        async with self.database.transaction(Subject.system()) as session:
            operation = await self._lock(session)
            if operation.state is OperationState.PLANNED:
                return _refuse(operation, code, message)
            now = self.clock.now()
        return Pending(now + self.policy.recheck_delay, _IN_PROGRESS, "Somebody else is at it")

    async def mark_unknown(self, message: str) -> None:
        """Keep that a call was made whose outcome is open."""
        async with self.database.transaction(Subject.system()) as session:
            operation = await self._lock(session)
            if operation.state is OperationState.SENT:
                operation.mark_unknown(_UNKNOWN, message)

    async def ask(self) -> RegistrationOutcome | None:
        """Find out at the registrar what became of earlier calls; None when it is certain that nothing did.

        Raises RegistrarError when the registrar does not tell.
        """
        owned = await self.registrar.get_domain(self.command.domain_name)
        if owned is not None:
            return await self._confirm(owned, None)
        now = self.clock.now()
        async with self.database.transaction(Subject.system()) as session:
            operation = await self._lock(session)
            if operation.state is OperationState.PLANNED:
                return None
            if operation.accepted_at is not None:
                return self._await_registry(operation.accepted_at, now)
            operation.mark_absent(now)
            certain_at = _latest(operation.absent_since, operation.sent_at) + self.policy.recheck_delay
            if now < certain_at:
                return Pending(certain_at, _UNKNOWN, operation.last_error or "The registrar did not answer")
            operation.plan_again()
        return None

    async def ask_again(self) -> RegistrationOutcome:
        """Ask right after a lost answer: mostly the registrar knows already."""
        try:
            outcome = await self.ask()
        except RegistrarError as error:
            return as_outcome(error, self.clock.now())
        return outcome or Pending(self.clock.now(), _UNKNOWN, "The last call had no effect")

    async def settle_charge(self, charge: Charge) -> RegistrationOutcome:
        """Write the receipt down, then finish with what the registrar says about the domain."""
        now = self.clock.now()
        async with self.database.transaction(Subject.system()) as session:
            operation = await self._lock(session)
            operation.mark_accepted(now, charge)
        if charge.is_pending:
            return self._await_registry(now, now)
        try:
            facts = await self.registrar.get_domain(self.command.domain_name)
        except RegistrarError:
            # The order is confirmed; the dates can be had later.
            facts = None
        return await self._confirm(facts, charge)

    async def settle_refusal(self, error: RegistrarError) -> RegistrationOutcome:
        """Write a refusal down. After an earlier call, "taken" may well mean that the name is ours."""
        now = self.clock.now()
        async with self.database.transaction(Subject.system()) as session:
            operation = await self._lock(session)
            if operation.state is not OperationState.SENT:
                return Pending(now, _IN_PROGRESS, "Somebody else is at it")
            match error:
                case Rejected(code=RejectionCode.NAME_TAKEN) if operation.attempts > 1:
                    operation.mark_unknown(_UNKNOWN, error.message)
                case Rejected(code=code) if code in _FINAL:
                    return _refuse(operation, code, error.message)
                case ActionRequired(code=code) if code == _CHARGED_AND_FAILED:
                    operation.mark_unknown(code, error.message)
                    return NeedsAttention(code, error.message)
                case _:
                    outcome = as_outcome(error, now)
                    operation.mark_not_executed(now, outcome.code, error.message)
                    return outcome
        return await self.ask_again()

    async def _confirm(self, facts: RegisteredDomain | None, charge: Charge | None) -> RegistrationOutcome:
        now = self.clock.now()
        async with self.database.transaction(Subject.system()) as session:
            operation = await self._lock(session)
            domain = await repository.get_domain_by_name(session, self.command.domain_name)
            if operation.state is OperationState.CONFIRMED and domain is not None:
                return Confirmed(domain)
            if domain is not None and not domain.is_gone:
                return _refuse(operation, RejectionCode.NAME_TAKEN, "The name is held for another customer")
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
        domain.registration_date, domain.expiry_date = today, _add_years(today, command.years)
        domain.auto_renew = command.auto_renew
        domain.nameservers = list(command.nameservers)
        domain.status = DomainStatus.ACTIVE
        domain.is_private, domain.is_premium = command.privacy, command.is_premium
        domain.registrant_contact_id = command.contact_id
        domain.synced_at = None

    def _await_registry(self, accepted_at: datetime, now: datetime) -> RegistrationOutcome:
        if now - accepted_at > self.policy.pending_limit:
            return NeedsAttention(_REGISTRY_PENDING, "The order was accepted, and the registry never answered")
        retry_at = now + self.policy.pending_recheck
        return Pending(retry_at, _REGISTRY_PENDING, "The order is accepted, the registry has yet to answer")

    async def _lock(self, session: Session) -> RegistrarOperation:
        # Always in this order: the name first, then the operation.
        await repository.lock_name(session, self.command.domain_name)
        return await repository.lock_operation(session, self.operation_id)


def as_outcome(error: RegistrarError, now: datetime) -> Pending | NeedsAttention:
    """Return what a failure means when nothing was executed."""
    match error:
        case Retriable(after=after):
            return Pending(now + after, _UNAVAILABLE, error.message)
        case ActionRequired(code=code) | Rejected(code=code):
            return NeedsAttention(code, error.message)
        case _:
            return NeedsAttention("registrar_failed", error.message)


def _refuse(operation: RegistrarOperation, code: str, message: str) -> Refused:
    operation.mark_refused(code, message)
    return Refused(code, message)


def _latest(*instants: datetime | None) -> datetime:
    return max(instant for instant in instants if instant is not None)


def _add_years(day: date, years: int) -> date:
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + years, day=28 if leap else day.day)
