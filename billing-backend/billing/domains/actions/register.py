"""Register a domain exactly once, although no registrar knows an idempotency key.

The intent is committed before the call, the answer after it. Whoever finds an intent without an answer asks the
registrar before sending anything: owned means that it was done; not owned, seen twice with `recheck_delay` between,
and free means that it was not; not owned, seen so too, and taken means that somebody else was quicker. The process may
die at any line.

The account's balance is no witness here: every other order moves it, so it can only mislead.
"""

from billing.domains.actions.settle import Settlement, as_outcome
from billing.domains.commands import RegisterDomain, RegistrationPolicy
from billing.domains.models import OperationKind, OperationState, RegistrarOperation
from billing.domains.outcomes import Refused, RegistrationOutcome
from billing.domains.ports import (
    Availability,
    DomainContacts,
    OutcomeUnknown,
    PriceAction,
    RegisterRequest,
    Registrar,
    RegistrarError,
    RejectionCode,
)
from billing.domains.repository import plan_operation
from billing.kit.db import Database, Subject
from billing.kit.money import Money
from service_kit.clock import Clock


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
    policy = policy or RegistrationPolicy()
    operation = await _plan(database, registrar, command)
    settlement = Settlement(database, registrar, clock, policy, command, operation.id)
    if operation.state is OperationState.CONFIRMED:
        return await settlement.show()
    if operation.state is OperationState.REFUSED:
        return Refused(operation.last_error_code or "refused", operation.last_error or "")
    try:
        return await _advance(settlement, operation)
    except RegistrarError as error:
        # Raised by questions only: whatever was on the wire before has been written down by then.
        return as_outcome(error, clock.now())


async def _plan(database: Database, registrar: Registrar, command: RegisterDomain) -> RegistrarOperation:
    async with database.transaction(Subject.system()) as session:
        operation = await plan_operation(
            session,
            idempotency_key=command.idempotency_key,
            user_id=command.user_id,
            order_item_id=command.order_item_id,
            domain_name=command.domain_name,
            registrar=registrar.name,
            operation=OperationKind.REGISTER,
            years=command.years,
            expected_cost=command.expected_cost,
        )
    operation.require_same(
        operation=OperationKind.REGISTER, domain_name=command.domain_name, user_id=command.user_id, years=command.years
    )
    return operation


async def _advance(settlement: Settlement, operation: RegistrarOperation) -> RegistrationOutcome:
    if operation.attempts > 0:
        # Something may have been executed before, so the account is asked first, whatever the row says now.
        outcome = await settlement.ask()
        if outcome is not None:
            return outcome
    command = settlement.command
    (availability,) = await settlement.registrar.check([command.domain_name])
    refusal = await _guard(settlement, availability)
    if refusal is not None:
        return await settlement.refuse(*refusal)
    outcome = await settlement.claim()
    if outcome is not None:
        return outcome
    return await _send(settlement, availability.premium_price)


async def _guard(settlement: Settlement, availability: Availability) -> tuple[str, str] | None:
    """Return why this must not be bought: taken meanwhile, or at a price that nobody agreed to."""
    command, registrar = settlement.command, settlement.registrar
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
    if not _is_acceptable(cost, command.expected_cost, settlement.policy.cost_tolerance_percent):
        return RejectionCode.PRICE_CHANGED, f"costs {cost}, quoted with {command.expected_cost}"
    return None


def _is_acceptable(cost: Money, expected: Money, tolerance_percent: int) -> bool:
    limit = expected.amount * (100 + tolerance_percent)
    return cost.currency == expected.currency and cost.amount * 100 <= limit


async def _send(settlement: Settlement, premium_price: Money | None) -> RegistrationOutcome:
    command = settlement.command
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
        charge = await settlement.registrar.register(request)
    except OutcomeUnknown as error:
        await settlement.mark_unknown(error.message)
        return await settlement.ask_again()
    except RegistrarError as error:
        return await settlement.settle_refusal(error)
    return await settlement.settle_charge(charge)
