"""Handler of `invoice.payment_failed` and `invoice.payment_action_required`."""

from billing.flows.dunning.facts import take_facts
from billing.flows.purchase.paid import PaidFacts, ask_provider
from billing.inbound.ports import Ignore, ReceivedEvent
from billing.kit.db import Session
from billing.payments.ports import PaymentProvider
from billing.settings import Settings
from service_kit.clock import Clock


class RenewalFailed:
    """A renewal could not be collected; which of the two events says so is no matter."""

    def __init__(self, provider: PaymentProvider, settings: Settings, clock: Clock) -> None:
        self._provider = provider
        self._settings = settings
        self._clock = clock

    async def fetch(self, event: ReceivedEvent) -> PaidFacts:
        return await ask_provider(self._provider, str(event.object.get("id")))

    async def apply(self, session: Session, event: ReceivedEvent, fetched: PaidFacts) -> None:
        if fetched.invoice.status != "open":
            raise Ignore(f"the invoice is {fetched.invoice.status} by now")
        await take_facts(session, self._settings, self._clock, fetched)
