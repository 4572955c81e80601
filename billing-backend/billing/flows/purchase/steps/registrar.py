"""What the steps that order at a registrar have in common."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final, TypeVar

from billing.domains.commands import RegisterDomain, RegistrationPolicy, RenewDomain
from billing.domains.models import Domain
from billing.domains.outcomes import Confirmed, NeedsAttention, Pending, Refused, RegistrationOutcome
from billing.domains.ports import ActionRequired, Registrar, Registrars
from billing.flows.purchase.context import StepContext
from billing.flows.purchase.refund import refund_item
from billing.kit.db import Database
from billing.orders import outcomes
from billing.settings import Settings
from service_kit.clock import Clock

# Three calls at most, each bounded by the registrar's own time-out of 60 s.
CALLS: Final = timedelta(seconds=150)
CommandT = TypeVar("CommandT", RegisterDomain, RenewDomain)
Ordering = Callable[[Database, Registrar, Clock, CommandT, RegistrationPolicy], Awaitable[RegistrationOutcome]]


async def order_at_registrar(
    context: StepContext,
    order: Ordering[CommandT],
    command: CommandT,
    done: Callable[[Domain], outcomes.Outcome],
) -> outcomes.Outcome:
    """Bring the item's order at its registrar as far as it goes; what can never be had is refunded."""
    container, item = context.container, context.item
    assert item.registrar is not None
    try:
        registrar = container.get(Registrars).get(item.registrar)
    except ActionRequired as error:
        return outcomes.NeedsAttention(error.code, error.message)
    clock = container.get(Clock)
    policy = RegistrationPolicy(recheck_delay=container.get(Settings).registrar_recheck_delay)
    outcome = await order(container.get(Database), registrar, clock, command, policy)
    match outcome:
        case Confirmed(domain=domain):
            return done(domain)
        case Refused(code=code, message=message):
            return await refund_item(context, code, message)
        case Pending():
            after = max(outcome.retry_at - clock.now(), timedelta(seconds=1))
            return outcomes.Later(outcome.code, outcome.message, after=after, counts=False)
        case NeedsAttention(code=code, message=message):
            return outcomes.NeedsAttention(code, message)
