"""What is written down about an order at a registrar, one short transaction at a time, and what follows from it."""

import uuid
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Generic, TypeVar

from billing.domains import repository
from billing.domains.commands import RegisterDomain, RegistrationPolicy, RenewDomain
from billing.domains.models import Domain, OperationState, RegistrarOperation
from billing.domains.outcomes import Confirmed, NeedsAttention, Pending, Refused, RegistrationOutcome
from billing.domains.ports import (
    ActionRequired,
    Charge,
    RegisteredDomain,
    Registrar,
    RegistrarError,
    Rejected,
    RejectionCode,
    Retriable,
)
from billing.kit.db import Database, Session, Subject
from billing.kit.money import Money
from service_kit.clock import Clock

_UNKNOWN = "registrar_outcome_unknown"
_IN_PROGRESS = "registration_in_progress"
_REGISTRY_PENDING = "registry_pending"
_UNAVAILABLE = "registrar_unavailable"
# Charged, and refused all the same: where money and name are, only a person can find out.
_CHARGED_AND_FAILED = "charged_and_failed"


@dataclass(frozen=True, slots=True)
class StartingPoint:
    """The expiry that a renewal starts from: `asked` at the registrar, while `held` stood in our own row."""

    held: date | None
    asked: date


CommandT = TypeVar("CommandT", RegisterDomain, RenewDomain)


@dataclass(frozen=True, slots=True)
class Settlement(ABC, Generic[CommandT]):
    """One operation and all that is needed to bring it to an end.

    `FINAL` are the refusals for which the customer gets the money back; others are ours to put right.
    """

    FINAL: ClassVar[frozenset[RejectionCode]]

    database: Database
    registrar: Registrar
    clock: Clock
    policy: RegistrationPolicy
    command: CommandT
    operation_id: uuid.UUID

    @abstractmethod
    def _is_done(self, operation: RegistrarOperation, facts: RegisteredDomain | None) -> bool:
        """Tell by what the registrar says of the domain whether an earlier call was executed."""

    @abstractmethod
    def _obstacle(self, domain: Domain | None) -> tuple[RejectionCode, str] | None:
        """Tell by our own row why this must not be ordered at all."""

    @abstractmethod
    async def _confirm(
        self, session: Session, operation: RegistrarOperation, facts: RegisteredDomain | None, charge: Charge | None
    ) -> RegistrationOutcome:
        """Write down that it is done; the operation is locked."""

    async def outcome_of(self, operation: RegistrarOperation) -> RegistrationOutcome | None:
        """Return what an operation has come to; None as long as it is open."""
        if operation.state is OperationState.REFUSED:
            return Refused(operation.last_error_code or "refused", operation.last_error or "")
        if not operation.is_confirmed:
            return None
        async with self.database.transaction(Subject.system()) as session:
            domain = await repository.get_domain_by_name(session, self.command.domain_name)
        if domain is None or domain.user_id != self.command.user_id:
            return NeedsAttention("domain_missing", "The order is confirmed, yet the domain's row is not there")
        return Confirmed(domain)

    async def claim(self, start: StartingPoint | None = None) -> RegistrationOutcome | None:
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
            obstacle = self._obstacle(held)
            if obstacle is not None:
                return refuse(operation, *obstacle)
            if start is not None and held is not None and held.expiry_date != start.held:
                # Another renewal ended after the registrar was asked: its year must not be taken for this one's.
                return Pending(now, _IN_PROGRESS, "The domain has changed meanwhile")
            operation.mark_sent(now, start.asked if start else None)
        return None

    async def refuse(self, code: str, message: str) -> RegistrationOutcome:
        """End an operation that has nothing on the wire."""
        async with self.database.transaction(Subject.system()) as session:
            operation = await self._lock(session)
            if operation.state is OperationState.PLANNED:
                return refuse(operation, code, message)
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
        facts = await self.registrar.get_domain(self.command.domain_name)
        now = self.clock.now()
        async with self.database.transaction(Subject.system()) as session:
            operation = await self._lock(session)
            if self._is_done(operation, facts):
                return await self._confirm(session, operation, facts, None)
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
        async with self.database.transaction(Subject.system()) as session:
            return await self._confirm(session, await self._lock(session), facts, charge)

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
                case Rejected(code=code) if code in self.FINAL:
                    return refuse(operation, code, error.message)
                case ActionRequired(code=code) if code == _CHARGED_AND_FAILED:
                    operation.mark_unknown(code, error.message)
                    return NeedsAttention(code, error.message)
                case _:
                    outcome = as_outcome(error, now)
                    operation.mark_not_executed(now, outcome.code, error.message)
                    return outcome
        return await self.ask_again()

    def overpriced(self, cost: Money) -> str | None:
        """Return why the registrar's price of now is too much; None when it is what was quoted, or little more."""
        expected = self.command.expected_cost
        limit = expected.amount * (100 + self.policy.cost_tolerance_percent)
        if cost.currency == expected.currency and cost.amount * 100 <= limit:
            return None
        return f"costs {cost}, quoted with {expected}"

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


def refuse(operation: RegistrarOperation, code: str, message: str) -> Refused:
    """End an operation for good."""
    operation.mark_refused(code, message)
    return Refused(code, message)


def add_years(day: date, years: int) -> date:
    """Return the same day of a later year; the 28th for a 29th of February."""
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + years, day=28 if leap else day.day)


def _latest(*instants: datetime | None) -> datetime:
    return max(instant for instant in instants if instant is not None)
